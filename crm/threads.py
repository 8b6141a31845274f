"""Use cases: conversations: finding whose a mail is, and storing mail in and out."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from crm.models import ContactAddress, Message, MessageBody, MessageId, Relationship, Thread
from crm.pipeline import ensure_relationship
from kit.tx import Tx

SNIPPET = 200


def find_by_ids(tx: Tx, rfc_ids: Iterable[str], *, mailbox_id: int | None = None) -> Message | None:
    """Return the message known by the first of `rfc_ids` that is known, in their order; our own mailbox's first."""
    for rfc_id in rfc_ids:
        query = select(Message).join(MessageId, MessageId.message_id == Message.id).where(MessageId.rfc_id == rfc_id)
        found = list(tx.session.scalars(query.limit(5)))
        if found:
            return next((message for message in found if message.mailbox_id == mailbox_id), found[0])
    return None


def list_open_threads(tx: Tx, mailbox_id: int, contact_id: int) -> list[Thread]:
    """Return the conversations of a contact on a mailbox, newest first."""
    query = select(Thread).where(Thread.mailbox_id == mailbox_id, Thread.contact_id == contact_id)
    return list(tx.session.scalars(query.order_by(Thread.last_at.desc())))


def find_owner(tx: Tx, email: str) -> int | None:
    """Return the contact that an address belongs to."""
    return tx.session.scalar(select(ContactAddress.contact_id).where(ContactAddress.email == email))


def open_thread(
    tx: Tx, *, mailbox_id: int, contact_id: int | None, brand_id: int | None, subject: str, at: datetime
) -> Thread:
    """Begin a conversation."""
    thread = Thread(mailbox_id=mailbox_id, contact_id=contact_id, brand_id=brand_id, subject=subject, last_at=at)
    tx.session.add(thread)
    tx.session.flush()
    return thread


def is_known(tx: Tx, mailbox_id: int, dedupe: str) -> bool:
    """Return whether this mailbox's mail is stored already."""
    query = select(Message.id).where(Message.mailbox_id == mailbox_id, Message.dedupe == dedupe)
    return tx.session.scalar(query) is not None


def store_message(
    tx: Tx, message: Message, *, new_text: str, text: str, html: str | None, raw: bytes | None, ids: Iterable[str]
) -> Message:
    """Store one mail with every id it is known by. IntegrityError when it is stored already (B5)."""
    message.snippet = " ".join((new_text or text).split())[:SNIPPET]
    tx.session.add(message)
    tx.session.flush()
    tx.session.add(MessageBody(message_id=message.id, new_text=new_text, text=text, html=html, raw=raw))
    for rfc_id in dict.fromkeys(ids):
        tx.session.add(MessageId(message_id=message.id, rfc_id=rfc_id))
    tx.session.flush()
    return message


def touch_thread(tx: Tx, thread: Thread, *, at: datetime, inbound: bool, counts_as_turn: bool) -> None:
    """Note a new message on its conversation and relationship; machine mail moves the list, never the turn."""
    thread.last_at = max(thread.last_at, at)
    if not counts_as_turn:
        return
    relationship = _relationship(tx, thread)
    for row in (thread, relationship):
        if row is None:
            continue
        if inbound:
            row.last_in_at = max(row.last_in_at or at, at)
        else:
            row.last_out_at = max(row.last_out_at or at, at)


def list_messages(tx: Tx, thread_id: int) -> list[tuple[Message, MessageBody]]:
    """Return a conversation's mails with their texts, oldest first."""
    query = (
        select(Message, MessageBody)
        .join(MessageBody, MessageBody.message_id == Message.id)
        .where(Message.thread_id == thread_id)
        .order_by(Message.at, Message.id)
    )
    return [(message, body) for message, body in tx.session.execute(query)]


def reference_chain(tx: Tx, thread_id: int) -> list[str]:
    """Return the ids of a conversation's mails, oldest first: what References carries."""
    query = (
        select(Message.rfc_id)
        .where(
            Message.thread_id == thread_id, Message.rfc_id.is_not(None), Message.kind.in_(("sent", "manual", "reply"))
        )
        .order_by(Message.at, Message.id)
    )
    return [rfc_id for rfc_id in tx.session.scalars(query) if rfc_id]


def _relationship(tx: Tx, thread: Thread) -> Relationship | None:
    if thread.contact_id is None or thread.brand_id is None:
        return None
    return ensure_relationship(tx, thread.contact_id, thread.brand_id)
