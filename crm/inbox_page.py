"""Use cases: one page of the inbox: our turn first with the longest wait on top, then theirs, then resting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Self, TypeVar

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

from crm.inbox import TO_CHECK, ThreadRow, is_open, is_our_turn, is_snoozed, is_their_turn, turn_of
from crm.models import Contact, Message, Thread
from crm.models.thread import UNSURE
from crm.whose import is_thread_mine
from kit.db import Instant
from kit.tx import Tx
from mailer.said import ASKS_BELOW

_LIMIT = 50
_PARTS = ("you", "them", "rest", "snoozed")
T = TypeVar("T")
Query = Select[*tuple[Any, ...]]


class Spot(NamedTuple):
    """A place in the list: the conversation after which a page begins. It stays right when others come or go."""

    part: int
    at: datetime
    thread_id: int

    def __str__(self) -> str:
        """Return how an address names it."""
        return f"{self.part}~{self.at.isoformat()}~{self.thread_id}"

    @classmethod
    def read(cls, words: str) -> Self | None:
        """Return the place that an address names; None for the beginning, and for anything else."""
        try:
            part, at, thread_id = words.split("~")
            spot = cls(int(part), datetime.fromisoformat(at), int(thread_id))
        except ValueError:
            return None
        return spot if spot.at.tzinfo and 0 <= spot.part < len(_PARTS) and 0 < spot.thread_id < 2**31 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which conversations: `turn` is you, them, rest or snoozed; `kind` a kind of reply, or `to_check` for guesses.

    `mine_of` is the colleague whose they are; None for everyone's.
    """

    turn: str = ""
    kind: str = ""
    mailbox_id: int | None = None
    mine_of: int | None = None
    brand_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage:
    """Some conversations in order, and the place after which the next ones follow, if there are more."""

    rows: Sequence[ThreadRow]
    onward: Spot | None = None


def read_page(tx: Tx, wanted: Wanted, *, after: Spot | None = None, limit: int = _LIMIT) -> InboxPage:
    """Return a page of conversations. One query, narrowed by indexes however many there are."""
    parts = _first_of_each(tx, wanted, after, limit + 1)
    if not parts:
        return InboxPage(rows=())
    found = union_all(*(select(part.subquery()) for part in parts)).subquery()
    last = aliased(Message)
    waits = case((is_our_turn(tx.now), _first_unanswered()), else_=null())
    ours = found.c.part == _PARTS.index("you")
    query = (
        select(found.c.part, Thread, Contact.name, Contact.language, last, waits)
        .join(found, found.c.id == Thread.id)
        .outerjoin(Contact, Contact.id == Thread.contact_id)
        .outerjoin(last, last.id == _newest(Message.id.expression))
        .order_by(found.c.part, case((ours, Thread.last_in_at)), case((ours, Thread.id)), *_BY_TIME)
        .limit(limit + 1)
    )
    rows = tx.session.execute(query).all()
    shown = [_row(thread, tx.now, *rest) for _part, thread, *rest in rows[:limit]]
    if len(rows) <= limit:
        return InboxPage(rows=shown)
    part, thread = rows[limit - 1][0], rows[limit - 1][1]
    at = thread.last_in_at if _PARTS[part] == "you" else thread.last_at
    return InboxPage(rows=shown, onward=Spot(part, at, thread.id))


def count_waiting(tx: Tx, wanted: Wanted) -> int:
    """Return how many of these conversations wait, or sleep: those above the resting ones."""
    return count_waiting_and_find(tx, wanted, None)[0]


def count_waiting_and_find(tx: Tx, wanted: Wanted, thread_id: int | None) -> tuple[int, Thread | None]:
    """Return the same, and one conversation that no page in view shows. One query."""
    waits = or_(is_our_turn(tx.now), is_snoozed(tx.now))
    query = select(func.count().label("number")).select_from(Thread).where(is_open(), waits)
    counted = _narrow(tx, query, wanted).subquery()
    asked = aliased(Thread)
    row = tx.session.execute(select(counted.c.number, asked).outerjoin(asked, asked.id == thread_id)).one()
    return row[0], row[1]


def _first_of_each(tx: Tx, wanted: Wanted, after: Spot | None, limit: int) -> list[Query]:
    """Return the first of each turn by itself, so that an index gives them: all together would have to be sorted."""
    ours, theirs, asleep = is_our_turn(tx.now), is_their_turn(tx.now), is_snoozed(tx.now)
    groups: dict[str, tuple[tuple[ColumnElement[bool] | TextClause, ...], tuple[Any, ...]]] = {
        "you": ((is_open(), ours), (Thread.last_in_at, Thread.id)),
        "them": ((is_open(), theirs), _FEW_BY_TIME),
        "rest": ((~or_(ours, theirs),), _BY_TIME),
        "snoozed": ((is_open(), asleep), _FEW_BY_TIME),
    }
    parts: list[Query] = []
    for name in (wanted.turn,) if wanted.turn else ("you", "them", "rest"):
        number = _PARTS.index(name) if name in groups else -1
        if number < (after.part if after else 0):
            continue
        clauses, order = groups[name]
        query = select(Thread.id, literal_column(str(number), Integer).label("part")).where(*clauses)
        if after and number == after.part:
            query = query.where(_comes_after(after))
        parts.append(_narrow(tx, query, wanted).order_by(*order).limit(limit))
    return parts


def _comes_after(spot: Spot) -> ColumnElement[bool]:
    if _PARTS[spot.part] == "you":
        later = or_(Thread.last_in_at > spot.at, Thread.id > spot.thread_id)
        return and_(Thread.last_in_at >= spot.at, later)
    at = Thread.last_at if _PARTS[spot.part] == "rest" else _LAST_OF_FEW
    return and_(at <= spot.at, or_(at < spot.at, Thread.id < spot.thread_id))


def _narrow(tx: Tx, query: Query, wanted: Wanted) -> Query:
    kind = wanted.kind
    if wanted.mine_of is not None:
        query = query.where(is_thread_mine(wanted.mine_of, tx.now))
    if wanted.brand_id is not None:
        query = query.where(Thread.brand_id == wanted.brand_id)
    if wanted.mailbox_id is not None:
        query = query.where(Thread.mailbox_id == wanted.mailbox_id)
    if not kind:
        return query
    if kind == TO_CHECK:
        unsure = select(Message.thread_id).where(text(UNSURE), Message.reply_confidence < ASKS_BELOW)
        query = query.where(Thread.id.in_(unsure))
        return query.where(_newest(and_(Message.reply_confidence < ASKS_BELOW, Message.reply_kind_by == "")))
    return query.where(_newest(or_(Message.reply_kind == kind, Message.kind == kind)))


def _newest(what: ColumnElement[T]) -> ScalarSelect[T]:
    """Return something of a conversation's newest mail. Asked of each: as a join, all mails may be read to find few."""
    mails = select(what).where(Message.thread_id == Thread.id).correlate(Thread)
    return mails.order_by(Message.at.desc(), Message.id.desc()).limit(1).scalar_subquery()


_BY_TIME: tuple[Any, ...] = (Thread.last_at.desc(), Thread.id.desc())
# Written so that no planner walks all conversations by time to find the few that are open.
_LAST_OF_FEW = func.coalesce(Thread.last_at, Thread.last_at)
_FEW_BY_TIME: tuple[Any, ...] = (_LAST_OF_FEW.desc(), Thread.id.desc())


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


def _row(
    thread: Thread, now: datetime, name: str | None, language: str | None, message: Message | None,
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
