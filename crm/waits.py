"""Use cases: how long people wait for our answer: since their first mail that we have not answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from crm.inbox import ThreadRow
from crm.models import Message, Thread
from crm.turns import Turn
from crm.working_hours import working_time
from crm.working_hours_setting import read_working_hours
from kit.db import Instant
from kit.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A wait for our answer: since when, by the calendar, and how much of it was our working time."""

    since: datetime
    passed: timedelta
    working: timedelta


def read_clocks(tx: Tx, rows: Iterable[ThreadRow]) -> dict[int, Clock]:
    """Return the reply clock of each conversation that waits for us, by its number. At most three queries."""
    waiting = [row.thread.id for row in rows if row.turn is Turn.YOU]
    if not waiting:
        return {}
    query = (
        select(Message.thread_id, func.min(Message.at, type_=Instant()))
        .join(Thread, Thread.id == Message.thread_id)
        .where(
            Thread.id.in_(waiting), Message.direction == "in", Message.kind == "reply",
            or_(Thread.last_out_at.is_(None), Message.at >= Thread.last_out_at),
            or_(Thread.done_at.is_(None), Message.at > Thread.done_at),
        )
        .group_by(Message.thread_id)
    )  # fmt: skip
    hours = read_working_hours(tx)
    return {
        thread_id: Clock(since=since, passed=tx.now - since, working=working_time(since, tx.now, hours))
        for thread_id, since in tx.session.execute(query)
        if thread_id is not None
    }
