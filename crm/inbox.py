"""Use cases: the inbox as a list: conversations by whose turn it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    TextClause,
    and_,
    case,
    func,
    literal_column,
    null,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import aliased

from crm.models import Contact, Message, Thread
from crm.models.thread import OPEN_THREAD, UNSURE
from crm.together import Rows
from crm.turns import Turn, decide_turn
from kit.db import Instant
from kit.errors import NotFoundError, say
from kit.tx import Tx
from mailer.said import ASKS_BELOW

_LIMIT = 100
TO_CHECK = "to_check"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadRow:
    """One conversation in a list, with its newest mail; `waits_since` on our turn: their first unanswered mail."""

    thread: Thread
    contact_id: int | None
    name: str
    message: Message | None
    turn: Turn
    language: str | None
    waits_since: datetime | None = None

    @property
    def label(self) -> str | None:
        """The kind to show: what a reply is taken for, else what the machine mail is."""
        if self.message is None or self.message.direction == "out":
            return None
        return self.message.reply_kind or (None if self.message.kind == "reply" else self.message.kind)

    @property
    def asks(self) -> bool:
        """Whether the machine is unsure of the label, and no person has said yet."""
        return self.message is not None and asks_for_a_look(self.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxCounts:
    """How many conversations there are, by turn, and how many per mailbox."""

    you: int
    them: int
    all: int
    snoozed: int
    mailboxes: dict[int, int]


def asks_for_a_look(message: Message) -> bool:
    """Return whether what a reply says is a guess that a person should check."""
    sure = message.reply_confidence
    return sure is not None and sure < ASKS_BELOW and not message.reply_kind_by


def is_open() -> TextClause:
    """Return the condition that a conversation is anybody's turn or sleeps, as the index of these knows it."""
    return text(f"({OPEN_THREAD})")


def is_snoozed(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a conversation sleeps."""
    return and_(Thread.snoozed_until.is_not(None), Thread.snoozed_until > now)


def is_our_turn(now: datetime) -> ColumnElement[bool]:
    """Return the condition that we owe an answer: `crm.turns.decide_turn` in SQL."""
    return and_(
        Thread.last_in_at.is_not(None),
        or_(Thread.last_out_at.is_(None), Thread.last_in_at >= Thread.last_out_at),
        or_(Thread.done_at.is_(None), Thread.done_at < Thread.last_in_at),
        or_(Thread.snoozed_until.is_(None), Thread.snoozed_until <= now),
    )


def is_their_turn(now: datetime) -> ColumnElement[bool]:
    """Return the condition that we wrote last and wait."""
    return and_(
        Thread.last_out_at.is_not(None),
        or_(Thread.last_in_at.is_(None), Thread.last_in_at < Thread.last_out_at),
        or_(Thread.done_at.is_(None), Thread.done_at < Thread.last_out_at),
        or_(Thread.snoozed_until.is_(None), Thread.snoozed_until <= now),
    )


def thread_questions(now: datetime) -> tuple[Select[*tuple[Any, ...]], ...]:
    """Return what is to be asked for the counts that the inbox and the navigation show."""
    turns = (
        select(*(func.count().filter(fits) for fits in (is_our_turn(now), is_their_turn(now), is_snoozed(now))))
        .select_from(Thread)
        .where(is_open())
    )
    return turns, select(Thread.mailbox_id, func.count()).group_by(Thread.mailbox_id)


def read_counts(turns: Rows, boxes: Rows) -> InboxCounts:
    """Return the counts from the answers to `thread_questions`."""
    [(you, them, snoozed)] = turns
    mailboxes: dict[int, int] = {row[0]: row[1] for row in boxes}
    return InboxCounts(all=sum(mailboxes.values()), you=you, them=them, snoozed=snoozed, mailboxes=mailboxes)


def list_threads(
    tx: Tx, *, turn: str = "", kind: str = "", mailbox_id: int | None = None, limit: int = _LIMIT
) -> list[ThreadRow]:
    """Return conversations: our turn first with the longest wait on top, then theirs, then resting, newest first.

    `turn` is you, them, rest or snoozed; `kind` is a kind of reply, or `to_check` for unsure guesses.
    """
    parts = _first_of_each(tx, turn, kind, mailbox_id, limit)
    if not parts:
        return []
    found = union_all(*(select(part.subquery()) for part in parts)).subquery()
    last = aliased(Message)
    waits = case((is_our_turn(tx.now), _first_unanswered()), else_=null())
    query = (
        select(Thread, Contact.name, Contact.language, last, waits)
        .join(found, found.c.id == Thread.id)
        .outerjoin(Contact, Contact.id == Thread.contact_id)
        .outerjoin(last, last.id == _newest())
        .order_by(found.c.part, case((is_our_turn(tx.now), Thread.last_in_at)), *_BY_TIME)
        .limit(limit)
    )
    return [
        _row(thread, name, language, message, tx.now, waits_since)
        for thread, name, language, message, waits_since in tx.session.execute(query)
    ]


def _first_of_each(tx: Tx, turn: str, kind: str, mailbox_id: int | None, limit: int) -> list[Select[*tuple[Any, ...]]]:
    """Return the first of each turn by itself, so that an index gives them: all together would have to be sorted."""
    ours, theirs, asleep = is_our_turn(tx.now), is_their_turn(tx.now), is_snoozed(tx.now)
    groups: dict[str, tuple[tuple[ColumnElement[bool] | TextClause, ...], tuple[Any, ...]]] = {
        "you": ((is_open(), ours), (Thread.last_in_at, *_BY_TIME)),
        "them": ((is_open(), theirs), _FEW_BY_TIME),
        "rest": ((~or_(ours, theirs),), _BY_TIME),
        "snoozed": ((is_open(), asleep), _FEW_BY_TIME),
    }
    parts: list[Select[*tuple[Any, ...]]] = []
    for number, name in enumerate((turn,) if turn else ("you", "them", "rest")):
        if name in groups:
            clauses, order = groups[name]
            part = literal_column(str(number), Integer).label("part")
            chosen = _narrow(select(Thread.id, part).where(*clauses), kind, mailbox_id)
            parts.append(chosen.order_by(*order).limit(limit))
    return parts


def _narrow(query: Select[*tuple[Any, ...]], kind: str, mailbox_id: int | None) -> Select[*tuple[Any, ...]]:
    if mailbox_id is not None:
        query = query.where(Thread.mailbox_id == mailbox_id)
    if not kind:
        return query
    last = aliased(Message)
    query = query.join(last, last.id == _newest())
    if kind == TO_CHECK:
        unsure = select(Message.thread_id).where(text(UNSURE), Message.reply_confidence < ASKS_BELOW)
        query = query.where(Thread.id.in_(unsure))
        return query.where(last.reply_confidence < ASKS_BELOW, last.reply_kind_by == "")
    return query.where(or_(last.reply_kind == kind, last.kind == kind))


def _newest() -> ScalarSelect[int]:
    """Return the number of a conversation's newest mail."""
    mails = select(Message.id).where(Message.thread_id == Thread.id)
    return mails.order_by(Message.at.desc(), Message.id.desc()).limit(1).scalar_subquery()


_BY_TIME: tuple[Any, ...] = (Thread.last_at.desc(), Thread.id.desc())
# Written so that no planner walks all conversations by time to find the few that are open.
_FEW_BY_TIME: tuple[Any, ...] = (func.coalesce(Thread.last_at, Thread.last_at).desc(), Thread.id.desc())


def _first_unanswered() -> ScalarSelect[datetime]:
    """Return when they first wrote what we have not answered, nor called done."""
    return (
        select(func.min(Message.at, type_=Instant()))
        .where(
            Message.thread_id == Thread.id, Message.direction == "in", Message.kind == "reply",
            or_(Thread.last_out_at.is_(None), Message.at >= Thread.last_out_at),
            or_(Thread.done_at.is_(None), Message.at > Thread.done_at),
        )
        .correlate(Thread)
        .scalar_subquery()
    )  # fmt: skip


def get_thread(tx: Tx, thread_id: int) -> Thread:
    """Return a conversation by its number, or refuse."""
    thread = tx.session.get(Thread, thread_id)
    if thread is None:
        raise NotFoundError(say("There is no such conversation."))
    return thread


def turn_of(thread: Thread, now: datetime) -> Turn:
    """Return whose move a conversation waits for."""
    return decide_turn(
        last_in_at=thread.last_in_at,
        last_out_at=thread.last_out_at,
        done_at=thread.done_at,
        snoozed_until=thread.snoozed_until,
        now=now,
    )


def _row(
    thread: Thread, name: str | None, language: str | None, message: Message | None, now: datetime,
    waits_since: datetime | None,
) -> ThreadRow:  # fmt: skip
    sender = (message.sender_name or message.sender) if message and message.direction == "in" else ""
    return ThreadRow(
        thread=thread,
        contact_id=thread.contact_id,
        name=name or sender or "Somebody unknown",
        message=message,
        turn=turn_of(thread, now),
        language=language,
        waits_since=waits_since,
    )
