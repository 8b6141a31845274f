"""Use cases: whose move a person waits for: by conversations, tasks that are due, and pitches that wait in Review."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Select,
    String,
    Subquery,
    Table,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    text,
    union_all,
)

from crm.inbox import is_open, is_our_turn, is_their_turn, turn_of
from crm.models import Task, Thread
from crm.together import as_objects, every
from crm.turns import Turn
from kit.db import Base, Instant
from kit.tx import Tx

Ids = Select[*tuple[Any, ...]]
# In the words of the index of drafts, so that no planner has to prove that it fits.
_WAITS = text("state = 'draft'")
_THREADS = every(Thread).where(Thread.contact_id.in_(bindparam("contact_ids", expanding=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is ours to do about a person, since when: a task on its day or later, or a pitch that waits in Review."""

    kind: Literal["task", "pitch"]
    id: int
    title: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactTurn:
    """Whose move it is with a person, and what decides it: a conversation, or something due from us."""

    kind: Turn = Turn.RESTING
    thread: Thread | None = None
    due: Due | None = None

    @property
    def since(self) -> datetime | None:
        """Since when it is so; None while it rests."""
        if self.due:
            return self.due.since
        if self.thread is None:
            return None
        return self.thread.last_in_at if self.kind is Turn.YOU else self.thread.last_out_at


def decide_contact_turn(threads: Iterable[Thread], dues: Sequence[Due], now: datetime) -> ContactTurn:
    """Return whose turn it is: whoever waits for an answer comes before what else is due, and that before our waiting.

    Of several conversations the one that waits longest counts. Snoozing one puts off neither task nor pitch.
    """
    waiting: Mapping[Turn, list[Thread]] = defaultdict(list)
    for thread in threads:
        waiting[turn_of(thread, now)].append(thread)
    if waiting[Turn.YOU]:
        return ContactTurn(kind=Turn.YOU, thread=_longest(waiting[Turn.YOU]))
    if dues:
        return ContactTurn(kind=Turn.YOU, due=min(dues, key=lambda due: (due.since, due.kind, due.id)))
    if waiting[Turn.THEM]:
        return ContactTurn(kind=Turn.THEM, thread=_longest(waiting[Turn.THEM]))
    return ContactTurn()


def list_contact_threads(tx: Tx, contact_ids: Iterable[int]) -> dict[int, list[Thread]]:
    """Return each contact's conversations to read from, in one query; a contact without any has none."""
    threads: dict[int, list[Thread]] = defaultdict(list)
    rows = tx.run(_THREADS, {"contact_ids": list(contact_ids)})
    for thread in as_objects(Thread, rows):
        threads[thread.contact_id or 0].append(thread)
    return threads


def list_dues(tx: Tx, contact_ids: Iterable[int]) -> Mapping[int, list[Due]]:
    """Return what is due from us about each contact, in one query; of whom nothing is, there is nothing."""
    return gather_dues(tx.run(dues_question(), dues_values(contact_ids, tx.now)))


@lru_cache(maxsize=1)
def dues_question() -> Ids:
    """Return the question for what is due from us: whom about, kind, number, title, and its day or its instant.

    For the life of the program; asked with `dues_values`.
    """
    ids: Any = bindparam("contact_ids", expanding=True)
    sends = _sends()
    kinds = [literal_column(f"'{kind}'", String).label("kind") for kind in ("task", "pitch")]
    no_day, no_instant = cast(null(), Date).label("due_on"), cast(null(), Instant).label("created_at")
    task = select(Task.contact_id, kinds[0], Task.id, Task.title, Task.due_on, no_instant)
    pitch = select(sends.c.contact_id, kinds[1], sends.c.id, sends.c.subject, no_day, sends.c.created_at)
    task = task.where(Task.contact_id.in_(ids), *_is_due(bindparam("today", type_=Date())))
    return select(union_all(task, pitch.where(sends.c.contact_id.in_(ids), _WAITS)).subquery())


def dues_values(contact_ids: Iterable[int], now: datetime) -> dict[str, Any]:
    """Return what `dues_question` is asked with."""
    return {"contact_ids": list(contact_ids), "today": now.date()}


def gather_dues(rows: Iterable[Sequence[Any]]) -> Mapping[int, list[Due]]:
    """Return by contact what is due, from the answers to `dues_question`. A day begins at midnight UTC."""
    found: Mapping[int, list[Due]] = defaultdict(list)
    for contact_id, kind, number, title, due_on, at in rows:
        since = at or datetime.combine(due_on, time.min, UTC)
        found[contact_id].append(Due(kind=kind, id=number, title=title, since=since))
    return found


def ask_ours(now: datetime) -> CompoundSelect[*tuple[Any, ...]]:
    """Return the question for everybody whose turn is ours: `decide_contact_turn` in SQL."""
    return union_all(_waiting(is_our_turn(now)), *_with_dues(now))


def ask_theirs(now: datetime) -> Ids:
    """Return the question for everybody who has a mail of ours to answer, whatever else is due."""
    return _waiting(is_their_turn(now))


def ask_awake(now: datetime) -> Subquery:
    """Return everybody who does not rest, with 0 in `turn` for those whose turn is ours and 1 for the others."""
    mail = _waiting(_is_either(now)).add_columns(case((is_our_turn(now), 0), else_=1).label("turn"))
    dues = (one.add_columns(literal_column("0").label("turn")) for one in _with_dues(now))
    each = union_all(mail, *dues).subquery()
    return select(each.c.contact_id, func.min(each.c.turn).label("turn")).group_by(each.c.contact_id).subquery()


def is_asleep(contact_id: Any, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that somebody rests. Conversations are asked for by the person, dues once: they are few."""
    waits = exists(literal_column("1")).where(Thread.contact_id == contact_id, is_open(), _is_either(now))
    return ~waits, *(contact_id.not_in(one) for one in _with_dues(now))


def _is_either(now: datetime) -> ColumnElement[bool]:
    return or_(is_our_turn(now), is_their_turn(now))


def _waiting(held: ColumnElement[bool]) -> Ids:
    return select(Thread.contact_id).where(Thread.contact_id.is_not(None), is_open(), held)


def _with_dues(now: datetime) -> tuple[Ids, Ids]:
    task = select(Task.contact_id).where(Task.contact_id.is_not(None), *_is_due(now.date()))
    return task, select(_sends().c.contact_id).where(_WAITS)


def _is_due(today: Any) -> tuple[ColumnElement[bool], ...]:
    return Task.done_at.is_(None), Task.due_on <= today


def _sends() -> Table:
    # The table of the engine, which stands above: known here by its name, as merging knows it.
    return Base.metadata.tables["sends"]


def _longest(threads: Iterable[Thread]) -> Thread:
    return min(threads, key=lambda thread: (thread.last_at, thread.id))
