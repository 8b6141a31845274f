"""Use cases: many conversations at once: what is known of them, new ones, and the instants of their last mails."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import Column, ColumnElement, Table, bindparam, case, func, select, update

from crm.models import ContactAddress, Message, MessageId, Relationship, Thread
from crm.pipeline import ensure_relationship
from crm.pulses import refresh_pulses
from crm.threads import open_threads
from kit.db import Instant
from kit.tx import Tx

_THREADS, _RELATIONSHIPS = (cast("Table", model.__table__) for model in (Thread, Relationship))
_AT_ONCE = 500  # values in one list: far below every database's limit


@dataclass(slots=True, kw_only=True)
class Talk:
    """One conversation as a batch of mail sees it; `id` None until it is opened."""

    id: int | None
    mailbox_id: int
    contact_id: int | None
    brand_id: int | None
    subject: str
    last_at: datetime


class KnownMail(NamedTuple):
    """A stored mail that an id leads to; `send_id` if it is one that Rapport sent."""

    mailbox_id: int
    contact_id: int | None
    thread_id: int | None
    send_id: int | None


class Touched(NamedTuple):
    """A new mail of a conversation; `side` is in, out, or empty for a machine's, which moves no turn."""

    talk: Talk
    at: datetime
    side: str


def find_owners(tx: Tx, emails: Collection[str]) -> dict[str, int]:
    """Return the contact that each of these addresses belongs to, as far as there is one."""
    found: dict[str, int] = {}
    for part in split(emails):
        query = select(ContactAddress.email, ContactAddress.contact_id).where(ContactAddress.email.in_(part))
        found.update((row[0], row[1]) for row in tx.session.execute(query))
    return found


def find_aliases(tx: Tx, emails: Collection[str]) -> dict[str, int]:
    """Return the one contact for whom people have answered from each of these addresses; an agent of two has none."""
    found: dict[str, int] = {}
    for part in split(emails):
        query = (
            select(Message.sender, func.min(Message.contact_id))
            .where(Message.sender.in_(part), Message.direction == "in", Message.kind == "reply")
            .group_by(Message.sender)
            .having(func.min(Message.contact_id) == func.max(Message.contact_id))
        )
        found.update((row[0], row[1]) for row in tx.session.execute(query) if row[1] is not None)
    return found


def find_stored(tx: Tx, mailbox_id: int, dedupes: Collection[str]) -> set[str]:
    """Return which of these keys name mail that this mailbox has stored."""
    found: set[str] = set()
    for part in split(dedupes):
        query = select(Message.dedupe).where(Message.mailbox_id == mailbox_id, Message.dedupe.in_(part))
        found.update(tx.session.scalars(query))
    return found


def find_mails(tx: Tx, rfc_ids: Collection[str]) -> dict[str, list[KnownMail]]:
    """Return the stored mails that each of these ids is known by, oldest first."""
    found: dict[str, list[KnownMail]] = {}
    for part in split(rfc_ids):
        query = (
            select(MessageId.rfc_id, Message.mailbox_id, Message.contact_id, Message.thread_id, Message.facts)
            .join(Message, MessageId.message_id == Message.id)
            .where(MessageId.rfc_id.in_(part))
            .order_by(Message.id)
        )
        for rfc_id, mailbox_id, contact_id, thread_id, facts in tx.session.execute(query):
            found.setdefault(rfc_id, []).append(KnownMail(mailbox_id, contact_id, thread_id, facts.get("send")))
    return found


def read_talks(tx: Tx, mailbox_id: int, contact_ids: Collection[int], thread_ids: Collection[int]) -> list[Talk]:
    """Return the conversations of these contacts on this mailbox, and those with these numbers, newest first."""
    columns = (
        Thread.id,
        Thread.mailbox_id,
        Thread.contact_id,
        Thread.brand_id,
        Thread.subject,
        Thread.last_at,
    )
    found: dict[int, Talk] = {}
    ours = (Thread.contact_id.in_(part) & (Thread.mailbox_id == mailbox_id) for part in split(contact_ids))
    named = (Thread.id.in_(part) for part in split(thread_ids))
    for clause in (*ours, *named):
        for row in tx.session.execute(select(*columns).where(clause)):
            found[row.id] = Talk(**row._mapping)  # noqa: SLF001  the public name of a row's mapping begins so
    return sorted(found.values(), key=lambda talk: (talk.last_at, talk.id or 0), reverse=True)


def open_talks(tx: Tx, talks: Iterable[Talk]) -> None:
    """Begin the conversations that have no number yet: nobody of us has written in them."""
    new = [talk for talk in talks if talk.id is None]
    rows = [
        {
            "mailbox_id": talk.mailbox_id,
            "contact_id": talk.contact_id,
            "brand_id": talk.brand_id,
            "subject": talk.subject,
            "last_at": talk.last_at,
            "last_out_at": None,
        }
        for talk in new
    ]
    for talk, number in zip(new, open_threads(tx, rows), strict=True):
        talk.id = number


def touch_talks(tx: Tx, touches: Sequence[Touched]) -> None:
    """Note new mail on conversations and relationships: machine mail moves the list, never the turn (B4)."""
    newest: dict[tuple[int, str], datetime] = {}
    relations: dict[tuple[int, int, str], datetime] = {}
    for talk, at, side in touches:
        key = (talk.id or 0, side)
        newest[key] = max(at, newest.get(key, at))
        if side and talk.contact_id is not None and talk.brand_id is not None:
            with_whom = (talk.contact_id, talk.brand_id, side)
            relations[with_whom] = max(at, relations.get(with_whom, at))
    for side in ("", "in", "out"):
        values = [{"key": number, "at": at} for (number, of), at in newest.items() if of == side]
        if values:
            tx.run(_TOUCH[side], values)
    refresh_pulses(tx, {one.talk.contact_id for one in touches if one.side == "in" and one.talk.contact_id})
    for contact_id, brand_id in _without_relationship(tx, {(c, b) for c, b, _ in relations}):
        ensure_relationship(tx, contact_id, brand_id)
    for side in ("in", "out"):
        values = [{"contact": c, "brand": b, "at": at} for (c, b, of), at in relations.items() if of == side]
        if values:
            tx.run(_RELATE[side], values)


def split(values: Collection[int] | Collection[str]) -> list[list[int | str]]:
    """Return the values in lists that fit into one statement, each value once."""
    ordered: list[int | str] = list(dict.fromkeys(values))
    return [ordered[begin : begin + _AT_ONCE] for begin in range(0, len(ordered), _AT_ONCE)]


def _without_relationship(tx: Tx, pairs: set[tuple[int, int]]) -> list[tuple[int, int]]:
    known: set[tuple[int, int]] = set()
    for part in split({contact_id for contact_id, _ in pairs}):
        query = select(Relationship.contact_id, Relationship.brand_id).where(Relationship.contact_id.in_(part))
        known.update((row[0], row[1]) for row in tx.session.execute(query))
    return sorted(pairs - known)


def _later(column: Column[datetime]) -> ColumnElement[datetime]:
    at = bindparam("at", type_=Instant())
    return case((column > at, column), else_=at)


_TOUCH = {
    "": update(_THREADS).where(_THREADS.c.id == bindparam("key")).values(last_at=_later(_THREADS.c.last_at)),
    # Whoever writes wakes a conversation that was put off.
    "in": update(_THREADS)
    .where(_THREADS.c.id == bindparam("key"))
    .values(last_at=_later(_THREADS.c.last_at), last_in_at=_later(_THREADS.c.last_in_at), snoozed_until=None),
    "out": update(_THREADS)
    .where(_THREADS.c.id == bindparam("key"))
    .values(last_at=_later(_THREADS.c.last_at), last_out_at=_later(_THREADS.c.last_out_at)),
}
_RELATE = {
    side: update(_RELATIONSHIPS)
    .where(_RELATIONSHIPS.c.contact_id == bindparam("contact"), _RELATIONSHIPS.c.brand_id == bindparam("brand"))
    .values(
        {
            column: _later(column),
            _RELATIONSHIPS.c.talked_at: _later(_RELATIONSHIPS.c.talked_at),
            _RELATIONSHIPS.c.rest_until: None,
        }
    )
    for side, column in (("in", _RELATIONSHIPS.c.last_in_at), ("out", _RELATIONSHIPS.c.last_out_at))
}
