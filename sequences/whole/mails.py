"""Use cases: the stored mails, all or one person's, with the bytes that came where they are kept."""

from collections.abc import Iterator

from sqlalchemy import Select, select

from crm.models import Message, MessageBody
from kit.tx import Tx
from sequences.models import Send, SendBody
from sequences.whole.mail_file import StoredMail


def iterate_mails(tx: Tx, contact_id: int | None = None) -> Iterator[tuple[Message, StoredMail]]:
    """Yield mails in the order they were stored; with `contact_id`, one person's."""
    for message, body, sent in tx.session.execute(_query(contact_id)).yield_per(200):
        yield message, _stored(message, body, sent)


def _query(contact_id: int | None) -> Select[Message, MessageBody, SendBody]:
    query = (
        select(Message, MessageBody, SendBody)
        .outerjoin(MessageBody, MessageBody.message_id == Message.id)
        .outerjoin(Send, (Send.rfc_id == Message.rfc_id) & (Message.direction == "out"))
        .outerjoin(SendBody, SendBody.send_id == Send.id)
        .order_by(Message.id)
    )
    return query if contact_id is None else query.where(Message.contact_id == contact_id)


def _stored(message: Message, body: MessageBody | None, sent: SendBody | None) -> StoredMail:
    raw = body.raw if body and body.raw else sent.raw if sent else None
    return StoredMail(
        at=message.at,
        sender=message.sender,
        sender_name=message.sender_name,
        recipients=tuple(message.recipients),
        subject=message.subject,
        rfc_id=message.rfc_id or "",
        text=(body.text or body.new_text) if body else sent.text if sent else "",
        html=(body.html or "") if body else sent.html if sent else "",
        raw=raw,
    )
