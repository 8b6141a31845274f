"""Use cases: the mailboxes that may write for a sequence: room left today, bounces, and whom they carry already."""

from collections.abc import Sequence

from sqlalchemy import func, select

from crm.mailboxes import find_mailbox, list_mailboxes
from crm.models import Mailbox
from kit.errors import InvalidError, NotFoundError, say
from kit.tx import Tx
from sequences.course.runs import OPEN
from sequences.models import Enrolment
from sequences.sending.breaker import AT_LEAST
from sequences.sending.breakers import mailbox_rate
from sequences.sending.limits import read_pace
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
    found = [find_mailbox(tx, address) for address in wanted]
    missing = [address for address, box in zip(wanted, found, strict=True) if box is None]
    if missing:
        raise NotFoundError(say("No mailbox %(value)s is connected.", value=missing[0]))
    return [box for box in found if box]


def read_senders(tx: Tx, pool: Sequence[Mailbox]) -> list[Sender]:
    """Return how much each mailbox can take on, and how well it is."""
    return [
        Sender(
            mailbox_id=box.id,
            room=read_pace(tx, box).room(tx.now),
            bounce_rate=_bounce_rate(tx, box),
            is_paused=box.paused_at is not None,
        )
        for box in pool
    ]


def count_assigned(tx: Tx, pool: Sequence[Mailbox]) -> dict[int, int]:
    """Return how many open runs wait for their first mail, by mailbox."""
    query = (
        select(Enrolment.mailbox_id, func.count())
        .where(
            Enrolment.state.in_(OPEN),
            Enrolment.last_sent_at.is_(None),
            Enrolment.mailbox_id.in_([box.id for box in pool]),
        )
        .group_by(Enrolment.mailbox_id)
    )
    return {row[0]: row[1] for row in tx.session.execute(query)}


def _bounce_rate(tx: Tx, box: Mailbox) -> float:
    rate = mailbox_rate(tx, box)
    return rate.share if rate.sent >= AT_LEAST else 0.0
