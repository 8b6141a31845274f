"""Use cases: mails whose end nobody knows, with what a person needs to find them in the Sent folder."""

from dataclasses import dataclass

from sqlalchemy import select

from crm.models import Contact, Mailbox
from kit.tx import Tx
from sequences.models import Send, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """One mail that may or may not have left."""

    send: Send
    contact: Contact | None
    mailbox: Mailbox
    sequence: str


def list_unclear(tx: Tx, *, limit: int = 50) -> list[Unclear]:
    """Return mails whose end nobody knows, the oldest first."""
    query = (
        select(Send, Contact, Mailbox, Sequence.name)
        .join(Mailbox, Mailbox.id == Send.mailbox_id)
        .outerjoin(Contact, Contact.id == Send.contact_id)
        .outerjoin(Sequence, Sequence.id == Send.sequence_id)
        .where(Send.state == "unknown")
        .order_by(Send.id)
        .limit(limit)
    )
    return [
        Unclear(send=send, contact=contact, mailbox=mailbox, sequence=sequence or "")
        for send, contact, mailbox, sequence in tx.session.execute(query)
    ]
