"""Pure: how much working time lies between two instants, by the working hours of the workspace."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MOST_DAYS = 400
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """Hours of certain days on one clock: Monday is 0; nobody works on the `closed` days."""

    days: frozenset[int] = frozenset(range(5))
    opens: time = time(9)
    closes: time = time(17)
    zone: ZoneInfo = _UTC
    closed: Collection[date] = field(default=frozenset())

    @property
    def per_day(self) -> timedelta:
        """How much is worked on one day."""
        return datetime.combine(date.min, self.closes) - datetime.combine(date.min, self.opens)


def working_time(begin: datetime, end: datetime, hours: WorkingHours) -> timedelta:
    """Return the working time between two instants: the sum over all days of what lies inside their hours.

    A wait of more than 400 days counts its newest 400.
    """
    begin = max(begin, end - timedelta(days=MOST_DAYS))
    day, last = begin.astimezone(hours.zone).date(), end.astimezone(hours.zone).date()
    total = timedelta()
    while day <= last:
        if day.weekday() in hours.days and day not in hours.closed:
            opens = datetime.combine(day, hours.opens, hours.zone)
            closes = datetime.combine(day, hours.closes, hours.zone)
            # By way of UTC, so that an hour is an hour when clocks change.
            late, early = max(begin, opens.astimezone(_UTC)), min(end, closes.astimezone(_UTC))
            total += max(timedelta(), early - late)
        day += timedelta(days=1)
    return total


def working_times(begins: Iterable[datetime], end: datetime, hours: WorkingHours) -> dict[datetime, timedelta]:
    """Return the working time from each of several instants until one end; no day is looked at twice."""
    found: dict[datetime, timedelta] = {}
    oldest, later, total = end - timedelta(days=MOST_DAYS), end, timedelta()
    for begin in sorted(set(begins), reverse=True):
        earlier = min(end, max(begin, oldest))
        total += working_time(earlier, later, hours)
        found[begin], later = total, earlier
    return found
