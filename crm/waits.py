"""Pure: how long people wait for our answer: since their first mail that we have not answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm.inbox import ThreadRow
from crm.working_hours import WorkingHours, working_times


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A wait for our answer: since when, by the calendar, how much of it was our working time, and a working day."""

    since: datetime
    passed: timedelta
    working: timedelta
    per_day: timedelta


def read_clocks(rows: Iterable[ThreadRow], hours: WorkingHours, now: datetime) -> dict[int, Clock]:
    """Return the reply clock of each conversation that waits for us, by its number."""
    waiting = {row.thread.id: row.waits_since for row in rows if row.waits_since is not None}
    worked = working_times(waiting.values(), now, hours)
    return {
        thread_id: Clock(since=since, passed=now - since, working=worked[since], per_day=hours.per_day)
        for thread_id, since in waiting.items()
    }
