"""Use cases: one mail of a sequence to a colleague, to look at it in a real inbox: marked, limited, counted nowhere.

It belongs to no run and no conversation, so no number of a sequence or a person changes. It is handed over once, in
this call; what became of it is said at once and never tried again.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from crm.models import Brand, Mailbox, User
from kit.errors import RefusedError, say
from kit.tx import Tx
from mailer.compose import compose, needs_smtputf8
from mailer.dkim import sign
from mailer.errors import MailError
from mailer.message_id import new_message_id
from mailer.types import Address, Letter
from sequences.draft_models import TrialMail
from sequences.engine import Engine
from sequences.mailboxes.dkim import read_signers
from sequences.mailboxes.line import Line
from sequences.pitches.pitch import Rendered
from sequences.sending.letters import as_document
from sequences.sending.links import Links

AN_HOUR, A_DAY = 10, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A composed test and the mailbox it leaves from."""

    mailbox: Mailbox
    email: str
    raw: bytes
    smtputf8: bool


def write_test(
    tx: Tx, *, user: User, sequence_id: int, step_key: str, mailbox: Mailbox, brand: Brand, made: Rendered, links: Links
) -> Parcel:
    """Compose a test to `user` and count it against their limit; refused beyond it and from a paused mailbox."""
    if mailbox.id is None:
        raise RefusedError(say("Connect a mailbox first: a test leaves through a real one."))
    if mailbox.paused_at:
        raise RefusedError(say("%(address)s is paused, so no test leaves from it.", address=mailbox.address))
    _check_pace(tx, user)
    letter = Letter(
        message_id=new_message_id(tx.rng, domain=mailbox.address.rpartition("@")[2], now=tx.now),
        date=tx.now,
        sender=Address(email=mailbox.address, name=mailbox.name or brand.name),
        to=Address(email=user.email, name=user.name),
        subject=f"[Test] {made.subject or 'In the same conversation'}",
        text=made.text,
        html=as_document(made.html),
    )
    raw = sign(compose(letter), read_signers(tx, links.seal, mailbox.address.rpartition("@")[2]), now=tx.now)
    tx.session.add(
        TrialMail(user_id=user.id, sequence_id=sequence_id, mailbox_id=mailbox.id, email=user.email, step_key=step_key,
                 at=tx.now)
    )  # fmt: skip
    tx.session.flush()
    tx.session.expunge(mailbox)
    return Parcel(mailbox=mailbox, email=user.email, raw=raw, smtputf8=needs_smtputf8(letter))


def hand_over(engine: Engine, parcel: Parcel) -> None:
    """Hand a test to the server; no transaction is open meanwhile. Refused in the server's words."""
    try:
        with Line(engine, parcel.mailbox) as line:
            port = line.smtp()
            port.prepare(parcel.mailbox.address, parcel.email, size=len(parcel.raw), smtputf8=parcel.smtputf8)
            port.transmit(parcel.raw)
    except MailError as error:
        raise RefusedError(
            say("The test did not leave: %(reason)s Nothing else is affected.", reason=str(error)), code="test_failed"
        ) from error


def _check_pace(tx: Tx, user: User) -> None:
    for span, most in ((timedelta(hours=1), AN_HOUR), (timedelta(days=1), A_DAY)):
        query = select(func.count(TrialMail.id)).where(TrialMail.user_id == user.id, TrialMail.at > tx.now - span)
        if (tx.session.scalar(query) or 0) >= most:
            raise RefusedError(
                say("You sent yourself %(num)s tests already; that is the limit for now. The preview shows the same.",
                    num=most), code="too_many_tests",
            )  # fmt: skip
