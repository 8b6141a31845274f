"""Use cases: mail as Today shows it: by the hour, week by week with those who go quiet, and seven days against seven.

Of very many mails only the count is taken anew; how long people wait for us is kept by the beat.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, text, union_all

from crm.exchange import HUMAN, AnswerTimes, Exchange, count_weeks, measure_answers
from crm.kept import ask_kept, is_due, keep
from crm.models import Message
from crm.models.thread import HUMAN_MAIL
from crm.together import Rows, Together
from kit.tx import Database, Tx

_WEEK = timedelta(weeks=1)
_KEPT = "answers"
# Up to so many mails of two weeks a page measures the waits for itself.
MANY = 2_000
STRIP_WEEKS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Replies of the last seven days, how that compares, and how long people typically wait for us.

    `as_of` is when the wait was measured, if that was not now.
    """

    replies: int
    before: int
    answers: AnswerTimes
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """The day's mail as (direction, instant), the exchange with some people, and the week."""

    day: tuple[tuple[str, datetime], ...]
    strips: dict[int, Exchange]
    week: Week


def list_mail_between(tx: Tx, start: datetime, end: datetime) -> list[tuple[str, datetime]]:
    """Return human mail as (direction, instant), in time order."""
    return _by_time(tx.session.execute(_ask_between(start, end)))


def read_lately(tx: Tx, start: datetime, end: datetime, *, strips_of: Collection[int]) -> Lately:
    """Return the mail of a day, of some people, and of two weeks; one query, and one more until the beat has run."""
    strip = select(Message.contact_id, Message.direction, Message.at).where(
        Message.contact_id.in_(strips_of), Message.kind.in_(HUMAN), Message.at > tx.now - STRIP_WEEKS * _WEEK
    )
    measured = ask_kept(_KEPT, tx.now)
    day, strips, came, recent, kept = Together(
        _ask_between(start, end),
        strip,
        _ask_replies(tx.now),
        # Two thousand rows are read only where nobody has measured yet.
        _ask_recent(tx.now).where(~measured.exists()).limit(MANY + 1),
        measured,
    ).ask(tx)
    return Lately(day=tuple(_by_time(day)), strips=_strips(tx, strips, strips_of), week=_week(tx, came, recent, kept))


def keep_answers(database: Database) -> bool:
    """Measure anew how long people wait for us, where that is old and there is much mail; return whether it was."""
    with database.reading() as tx:
        if not is_due(tx, _KEPT) or len(tx.session.execute(_ask_recent(tx.now).limit(MANY + 1)).all()) <= MANY:
            return False
        wait, began = _typical_wait(tx.session.execute(_ask_recent(tx.now)).all()), tx.now
    with database.transaction() as tx:
        keep(tx, _KEPT, {"ours_s": wait.total_seconds() if wait else None}, at=began)
    return True


def _ask_between(start: datetime, end: datetime) -> Select[*tuple[Any, ...]]:
    mail = select(Message.direction, Message.at).where(Message.at >= start, Message.at < end)
    # Of people and of strangers apart, each in the words of an index.
    known, strangers = mail.where(text(HUMAN_MAIL)), mail.where(_of_strangers())
    return select(union_all(known, strangers).subquery())


def _of_strangers() -> ColumnElement[bool]:
    return Message.contact_id.is_(None) & Message.kind.in_(HUMAN)


def _ask_replies(now: datetime) -> Select[*tuple[Any, ...]]:
    """Return the question for how many mails came in this week and the one before, of people and of strangers."""
    mail = select(
        func.count().filter(Message.at >= now - _WEEK).label("recent"), func.count().label("all")
    ).select_from(Message).where(Message.direction == "in", Message.at >= now - 2 * _WEEK)  # fmt: skip
    known, strangers = mail.where(text(HUMAN_MAIL)), mail.where(_of_strangers())
    both = union_all(known, strangers).subquery()
    return select(func.sum(both.c.recent), func.sum(both.c.all))


def _ask_recent(now: datetime) -> Select[*tuple[Any, ...]]:
    """Return the question for the mail of people in two weeks."""
    mail = select(Message.contact_id, Message.direction, Message.at)
    return mail.where(text(HUMAN_MAIL), Message.at >= now - 2 * _WEEK)


def _week(tx: Tx, came: Rows, recent: Rows, kept: Rows) -> Week:
    [(lately, both)] = came
    as_of, wait = None, None
    if kept:
        as_of, seconds = kept[0][0], kept[0][1]["ours_s"]
        wait = None if seconds is None else timedelta(seconds=seconds)
    else:
        rows = recent if len(recent) <= MANY else tx.session.execute(_ask_recent(tx.now)).all()
        wait = _typical_wait(rows)
    answers = AnswerTimes(theirs=None, ours=wait)
    return Week(replies=lately or 0, before=(both or 0) - (lately or 0), answers=answers, as_of=as_of)


def _typical_wait(mails: Sequence[Any]) -> timedelta | None:
    """Return the median over people of how long each typically waits: within one person's mail only."""
    groups: dict[int, list[tuple[str, datetime]]] = {}
    for contact_id, direction, at in mails:
        groups.setdefault(contact_id, []).append((direction, at))
    waits = (measure_answers(sorted(own, key=_at)).ours for own in groups.values())
    known = sorted(wait for wait in waits if wait)
    return known[len(known) // 2] if known else None


def _strips(tx: Tx, mails: Rows, contact_ids: Collection[int]) -> dict[int, Exchange]:
    groups: dict[int, list[tuple[str, datetime]]] = {contact_id: [] for contact_id in contact_ids}
    for contact_id, direction, at in mails:
        groups[contact_id].append((direction, at))
    return {who: count_weeks(own, weeks=STRIP_WEEKS, now=tx.now) for who, own in groups.items()}


def _by_time(rows: Any) -> list[tuple[str, datetime]]:
    return sorted(((direction, at) for direction, at in rows), key=_at)


def _at(mail: tuple[str, datetime]) -> datetime:
    return mail[1]
