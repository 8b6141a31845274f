"""Use cases: conversations: finding whose a mail is, and storing mail in and out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Column, ColumnElement, Table, case, insert, select, update

from crm.models import ContactAddress, Message, MessageBody, MessageId, Relationship, Thread
from crm.pipeline import ensure_relationship
from crm.pulses import refresh_pulses
from kit.errors import say
from kit.tx import Tx

SNIPPET = 200
REFERENCED = ("sent", "manual", "reply")

_MESSAGES, _BODIES, _IDS, _THREADS, _RELATIONSHIPS = (
    cast("Table", model.__table__) for model in (Message, MessageBody, MessageId, Thread, Relationship)
)
_ADD_BODIES, _ADD_IDS = insert(_BODIES), insert(_IDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMail:
    """One mail of ours that has left; `kind` is sent or manual, `also_known_as` the ids that servers gave it."""

    send_id: int
    mailbox_id: int
    thread_id: int
    contact_id: int
    kind: str
    rfc_id: str
    also_known_as: tuple[str, ...]
    sender: str
    sender_name: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    at: datetime


def make_snippet(text: str) -> str:
    """Return the beginning of a text for lists, on one line."""
    return " ".join(text[: 4 * SNIPPET].split())[:SNIPPET]


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


def store_message(
    tx: Tx, message: Message, *, new_text: str, text: str, html: str | None, raw: bytes | None, ids: Iterable[str]
) -> Message:
    """Store one mail with every id it is known by. IntegrityError when it is stored already (B5)."""
    message.snippet = make_snippet(new_text or text)
    tx.session.add(message)
    tx.session.flush()
    tx.session.add(MessageBody(message_id=message.id, new_text=new_text, text=text, html=html, raw=raw))
    for rfc_id in dict.fromkeys(ids):
        tx.session.add(MessageId(message_id=message.id, rfc_id=rfc_id))
    tx.session.flush()
    return message


def store_sent(tx: Tx, mails: Sequence[SentMail]) -> list[int]:
    """Store many mails of ours in a few statements; return their ids in the same order."""
    rows = [
        {
            "mailbox_id": mail.mailbox_id,
            "thread_id": mail.thread_id,
            "contact_id": mail.contact_id,
            "direction": "out",
            "kind": mail.kind,
            "dedupe": mail.rfc_id,
            "rfc_id": mail.rfc_id,
            "sender": mail.sender,
            "sender_name": mail.sender_name,
            "recipients": list(mail.recipients),
            "subject": mail.subject,
            "snippet": make_snippet(mail.text),
            "at": mail.at,
            "dated_at": mail.at,
            "folder": "sent",
            "matched_by": say("sent by Rapport"),
            "facts": {"send": mail.send_id},
        }
        for mail in mails
    ]
    bodies = [{"new_text": mail.text, "text": mail.text, "html": mail.html or None, "raw": None} for mail in mails]
    return store_rows(tx, rows, bodies, [(mail.rfc_id, *mail.also_known_as) for mail in mails])


def store_rows(
    tx: Tx,
    rows: Sequence[Mapping[str, object]],
    bodies: Sequence[Mapping[str, object]],
    ids: Sequence[Sequence[str]],
) -> list[int]:
    """Store many messages (columns by name, all alike) in a few statements; return their ids in the same order.

    IntegrityError when one of them is stored already (B5).
    """
    if not rows:
        return []
    # Unordered: in order, SQLite would take them one by one.
    key = (_MESSAGES.c.mailbox_id, _MESSAGES.c.dedupe)
    stored = tx.session.execute(insert(_MESSAGES).returning(_MESSAGES.c.id, *key), rows)
    found = {(row[1], row[2]): row[0] for row in stored}
    numbers = [found[row["mailbox_id"], row["dedupe"]] for row in rows]
    tx.run_many(_ADD_BODIES, [{"message_id": n, **body} for n, body in zip(numbers, bodies, strict=True)])
    known = [
        {"message_id": number, "rfc_id": rfc_id}
        for number, own in zip(numbers, ids, strict=True)
        for rfc_id in dict.fromkeys(own)
    ]
    tx.run_many(_ADD_IDS, known)
    return numbers


def open_threads(tx: Tx, rows: Sequence[Mapping[str, object]]) -> list[int]:
    """Begin many conversations with our mail; `rows` name mailbox_id, contact_id, brand_id, subject and last_at."""
    if not rows:
        return []
    values = [{"last_out_at": row["last_at"], **row} for row in rows]
    names = ("mailbox_id", "contact_id", "brand_id", "subject", "last_at")
    key = tuple(_THREADS.c[name] for name in names)
    opened: dict[tuple[object, ...], list[int]] = {}
    for number, *of in tx.session.execute(insert(_THREADS).returning(_THREADS.c.id, *key), values):
        opened.setdefault(tuple(of), []).append(number)
    # Two alike in everything are interchangeable.
    return [opened[tuple(row[name] for name in names)].pop() for row in rows]


def touch_out(tx: Tx, thread_ids: Collection[int], relationship_ids: Collection[int], at: datetime) -> None:
    """Note that we wrote at `at` in these conversations and relationships; instants only move forward."""
    if thread_ids:
        tx.session.execute(
            update(_THREADS)
            .where(_THREADS.c.id.in_(thread_ids))
            .values(last_at=_later(_THREADS.c.last_at, at), last_out_at=_later(_THREADS.c.last_out_at, at))
        )
    if relationship_ids:
        tx.session.execute(
            update(_RELATIONSHIPS)
            .where(_RELATIONSHIPS.c.id.in_(relationship_ids))
            .values(
                last_out_at=_later(_RELATIONSHIPS.c.last_out_at, at),
                talked_at=_later(_RELATIONSHIPS.c.talked_at, at),
                rest_until=None,
            )
        )


def _later(column: Column[datetime], at: datetime) -> ColumnElement[datetime]:
    return case((column > at, column), else_=at)


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
    if relationship is not None:
        relationship.talked_at, relationship.rest_until = max(relationship.talked_at or at, at), None
    if inbound and thread.contact_id is not None:
        tx.session.flush()
        refresh_pulses(tx, [thread.contact_id])


def _relationship(tx: Tx, thread: Thread) -> Relationship | None:
    if thread.contact_id is None or thread.brand_id is None:
        return None
    return ensure_relationship(tx, thread.contact_id, thread.brand_id)
