"""Use cases: the mailboxes that may write for a sequence: room left today, bounces, and whom they carry already."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select

from crm.mailboxes import list_mailboxes
from crm.models import Mailbox
from kit.errors import InvalidError, NotFoundError, say
from kit.tx import Tx
from sequences.course.runs import OPEN
from sequences.models import Enrolment
from sequences.sending.breaker import AT_LEAST
from sequences.sending.breakers import ask_mailbox_rate, read_rate
from sequences.sending.limits import read_paces
from sequences.sending.sender_pool import Sender
from sequences.versions.sequence_file import SequenceFile


def find_pool(tx: Tx, document: SequenceFile, mailbox: str | None = None) -> list[Mailbox]:
    """Return the mailboxes that may write: the one asked for, those of the file, or the only one there is."""
    wanted = (mailbox,) if mailbox else document.mailboxes
    if not wanted:
        boxes = list_mailboxes(tx)
        if len(boxes) != 1:
            raise InvalidError(say("Say which mailbox writes: name it in the sequence, or with --mailbox ADDRESS."))
        return boxes
    named = {address: address.strip().lower() for address in wanted}
    rows = tx.session.scalars(select(Mailbox).where(Mailbox.address.in_(named.values())))
    found = {box.address: box for box in rows}
    missing = [address for address, stored in named.items() if stored not in found]
    if missing:
        raise NotFoundError(say("No mailbox %(value)s is connected.", value=missing[0]))
    return [found[named[address]] for address in wanted]


def read_senders(tx: Tx, pool: Sequence[Mailbox]) -> tuple[list[Sender], Counter[int]]:
    """Return how much each mailbox can take on and how well it is, and how many open runs wait for a first mail."""
    numbers = [box.id for box in pool]
    early = Enrolment.state.in_(OPEN), Enrolment.last_sent_at.is_(None), Enrolment.mailbox_id.in_(numbers)
    waits = select(Enrolment.mailbox_id, func.count()).where(*early).group_by(Enrolment.mailbox_id)
    paces, (waiting, *bounced) = read_paces(tx, pool, (waits, *(ask_mailbox_rate(tx.now, box) for box in pool)))
    senders = [
        Sender(
            mailbox_id=box.id,
            room=pace.room(tx.now),
            bounce_rate=rate.share if rate.sent >= AT_LEAST else 0.0,
            is_paused=box.paused_at is not None,
        )
        for box, pace, rate in zip(pool, paces, map(read_rate, bounced), strict=True)
    ]
    return senders, Counter({row[0]: row[1] for row in waiting})
