"""Use cases: how relationships go: who answers how fast, who returns, and how long stages take."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, text
from sqlalchemy.orm import aliased

from crm.models import Contact, Message, Stage, TimelineEntry
from crm.models.thread import HUMAN_MAIL
from crm.models.timeline import STAGE_MOVE
from kit.db import Instant
from kit.tx import Tx

# Of very many, the newest are enough to know a median by.
MOST, MOST_MAILS = 2_000, 3_000
TAKEN_BACK = "taken back"
_LAST_STAGE = "Alumni"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Waits for an answer of one side: how many, the median, and the slowest tenth begins at."""

    count: int = 0
    typical: timedelta | None = None
    slow: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """From one stage to another: how often, and the median of days that people had stood in the first."""

    before: str
    after: str
    count: int
    days: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """Moves between stages in a time; `alumni` came to the last stage, `returned` left it again for another.

    `back` are those who returned, who did so last first: who, to which stage, when.
    """

    passages: tuple[Passage, ...]
    alumni: int
    returned: int
    back: tuple[tuple[int, str, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A mail at which the word passed from one side to the other: whose, when, and when it had passed before."""

    message_id: int
    direction: str
    at: datetime
    since: datetime


def list_answers(tx: Tx, since: datetime, until: datetime) -> list[Answer]:
    """Return the answers in a time. One query.

    A wait runs from the first mail of one side to the first one of the other after it; only people's own mail counts,
    and of very much the newest.
    """
    newest = (
        select(Message.contact_id, Message.id, Message.direction, Message.at)
        # In the words of the partial index, so that no planner has to prove that it fits.
        .where(text(HUMAN_MAIL), Message.at >= since, Message.at < until)
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(MOST_MAILS)
        .subquery()
    )
    mail = newest.c
    before = func.lag(mail.direction).over(partition_by=mail.contact_id, order_by=(mail.at, mail.id))
    lines = select(mail.contact_id, mail.id, mail.direction, mail.at, before.label("before")).subquery()
    begun = func.lag(lines.c.at, type_=Instant()).over(
        partition_by=lines.c.contact_id, order_by=(lines.c.at, lines.c.id)
    )
    turns = (
        select(lines.c.id, lines.c.direction, lines.c.at, lines.c.before, begun.label("since"))
        .where(lines.c.before.is_(None) | (lines.c.before != lines.c.direction))
        .subquery()
    )  # fmt: skip
    query = select(turns.c.id, turns.c.direction, turns.c.at, turns.c.since).where(turns.c.before.is_not(None))
    return [Answer(*row) for row in tx.session.execute(query)]


def measure_sides(answers: Iterable[Answer]) -> dict[str, Answers]:
    """Return the waits for their answers ("in") and for ours ("out")."""
    waits: dict[str, list[float]] = {"in": [], "out": []}
    for answer in answers:
        waits[answer.direction].append((answer.at - answer.since).total_seconds())
    return {side: _answers(found) for side, found in waits.items()}


def measure_stages(tx: Tx, since: datetime, until: datetime) -> Stages:
    """Return the moves from stage to stage that stand, of very many the newest. One query.

    How long somebody stood is known where the move before is. A move that was taken back counts for nothing.
    """
    newest = (
        select(TimelineEntry.id, TimelineEntry.contact_id, TimelineEntry.brand_id, TimelineEntry.at)
        .where(text(STAGE_MOVE), TimelineEntry.at >= since, TimelineEntry.at < until, *_stands(TimelineEntry))
        .order_by(TimelineEntry.at.desc(), TimelineEntry.id.desc())
        .limit(MOST)
        .subquery()
    )
    move, before = newest.c, aliased(TimelineEntry)
    entered = (
        select(before.at)
        .where(
            before.contact_id == move.contact_id, before.kind == "stage",
            before.brand_id.is_not_distinct_from(move.brand_id), before.at <= move.at,
            (before.at < move.at) | (before.id < move.id), *_stands(before),
        )
        .order_by(before.at.desc(), before.id.desc())
        .limit(1)
        .scalar_subquery()
    )  # fmt: skip
    last = select(Stage.name).order_by(Stage.position.desc(), Stage.id).limit(1).scalar_subquery()
    query = (
        select(*move, TimelineEntry.data, entered.label("entered"), last.label("last"))
        .join(TimelineEntry, TimelineEntry.id == move.id)
        .order_by(move.at.desc(), move.id.desc())
    )
    rows = _drop_taken_back(tx.session.execute(query).all())
    return count_moves(
        (
            (row.contact_id, str(row.data.get("from", "")), str(row.data.get("to", "")), row.at, row.entered)
            for row in rows
        ),
        last_stage=rows[0].last if rows else _LAST_STAGE,
    )


def _stands(entry: type[TimelineEntry]) -> tuple[ColumnElement[bool], ...]:
    """Return that a move neither takes another one back nor was taken back itself."""
    later = aliased(TimelineEntry)
    # Not as a plain "is null": SQLite would then look through everything that undoes nothing by that index.
    return func.coalesce(entry.undoes_id, 0) == 0, ~exists().where(later.undoes_id == entry.id)


def _drop_taken_back(rows: Sequence[Any]) -> list[Any]:
    """Leave out what moves of many, before they named what they take back, took back; given newest first."""
    gone: set[tuple[int, int | None]] = set()
    left: list[Any] = []
    for row in rows:
        who = row.contact_id, row.brand_id
        if row.data.get("cause") == TAKEN_BACK:
            gone.add(who)
        elif who in gone:
            # Only the newest move of somebody can be taken back.
            gone.remove(who)
        else:
            left.append(row)
    return left


def name_people(tx: Tx, contact_ids: Iterable[int]) -> dict[int, Contact]:
    """Return these people, but not who was erased, by their number."""
    query = select(Contact).where(Contact.id.in_(set(contact_ids)), Contact.erased_at.is_(None))
    return {contact.id: contact for contact in tx.session.scalars(query)}


def count_moves(
    moves: Iterable[tuple[int, str, str, datetime, datetime | None]], *, last_stage: str = _LAST_STAGE
) -> Stages:
    """Return moves, given newest first as (person, from, to, at, since when they stood there), counted by passage.

    days = median(at - since) of the passage; alumni = people moved to the last stage; returned = people moved from it.
    """
    counts: dict[tuple[str, str], int] = defaultdict(int)
    stays: dict[tuple[str, str], list[float]] = defaultdict(list)
    alumni: set[int] = set()
    back: dict[int, tuple[int, str, datetime]] = {}
    for person, before, after, at, entered in moves:
        counts[before, after] += 1
        if entered:
            stays[before, after].append((at - entered) / timedelta(days=1))
        if after == last_stage:
            alumni.add(person)
        if before == last_stage:
            back.setdefault(person, (person, after, at))
    passages = [
        Passage(before=pair[0], after=pair[1], count=count, days=median(stays[pair]) if stays[pair] else None)
        for pair, count in counts.items()
    ]
    passages.sort(key=lambda one: (-one.count, one.before, one.after))
    return Stages(passages=tuple(passages), alumni=len(alumni), returned=len(back), back=tuple(back.values()))


def _answers(waits: list[float]) -> Answers:
    if not waits:
        return Answers()
    ordered = sorted(waits)
    slow = ordered[min(len(ordered) - 1, len(ordered) * 9 // 10)]
    return Answers(count=len(waits), typical=timedelta(seconds=median(ordered)), slow=timedelta(seconds=slow))
