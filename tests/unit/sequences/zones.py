"""Every zone of the world and the moments round its clock changes; and a second reading of what "open" means.

`is_open` looks at the wall clock of one moment, where the engine computes spans: two ways to one answer.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

from sequences.course.windows import Window, no_holidays

ZONE_NAMES = sorted(available_timezones() - {"localtime"})
FIRST, LAST = datetime(2025, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)


def zones() -> st.SearchStrategy[ZoneInfo]:
    """Any zone."""
    return st.sampled_from(ZONE_NAMES).map(ZoneInfo)


@cache
def clock_changes(zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the days of three years after which the zone's offset from UTC is another one."""
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    return tuple(day for day, (old, new) in zip(days, pairwise(offsets), strict=False) if old != new)


@cache
def clock_change_instants(zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the first second of each new offset from UTC in three years."""
    return tuple(_find_change(zone, day) for day in clock_changes(zone))


@cache
def clocks() -> dict[ZoneInfo, list[str]]:
    """Return every clock of the world: one zone for all names whose offsets agree throughout the three years."""
    found: dict[tuple[object, ...], list[str]] = {}
    for name in ZONE_NAMES:
        zone = ZoneInfo(name)
        offsets = [at.astimezone(zone).utcoffset() for at in (FIRST, *clock_change_instants(zone))]
        found.setdefault((clock_change_instants(zone), tuple(offsets)), []).append(name)
    return {ZoneInfo(names[0]): names for names in found.values()}


def _find_change(zone: ZoneInfo, day: datetime) -> datetime:
    early, late = day, day + timedelta(days=1)
    old = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        early, late = (middle, late) if middle.astimezone(zone).utcoffset() == old else (early, middle)
    return late


@st.composite
def instants_near_clock_changes(draw: st.DrawFn, zone: ZoneInfo) -> datetime:
    """A moment within three days of a clock change of `zone`; any moment where clocks never change."""
    changes = clock_changes(zone)
    if not changes:
        return draw(st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None))).replace(tzinfo=UTC)
    minutes = draw(st.integers(-3 * 1440, 4 * 1440))
    return draw(st.sampled_from(changes)) + timedelta(minutes=minutes, seconds=draw(st.sampled_from((0, 0, 1, 59))))


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Any window, whole minutes, half of them across midnight."""
    days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    minutes = st.one_of(st.integers(0, 1439), st.sampled_from((0, 60, 90, 120, 150, 480, 1020, 1380, 1439)))
    opens = draw(minutes)
    closes = draw(minutes.filter(lambda minute: minute != opens))
    return Window(days=days, opens=time(*divmod(opens, 60)), closes=time(*divmod(closes, 60)))


def is_open(window: Window, at: datetime, zone: ZoneInfo, is_holiday: Callable[[date], bool] = no_holidays) -> bool:
    """Say whether the wall clock of `zone` stands in the window at `at`.

    In a repeated hour the clock that was not put back counts too.
    """
    local = at.astimezone(zone)
    readings = [local.replace(tzinfo=None)]
    if local.fold:
        before = local.replace(fold=0).utcoffset()
        assert before is not None
        readings.append(at.replace(tzinfo=None) + before)
    return any(_reads_open(window, wall, is_holiday) for wall in readings)


def _reads_open(window: Window, wall: datetime, is_holiday: Callable[[date], bool]) -> bool:
    for opening_day in (wall.date(), wall.date() - timedelta(days=1)):
        closing_day = opening_day + timedelta(days=window.closes < window.opens)
        begin, end = datetime.combine(opening_day, window.opens), datetime.combine(closing_day, window.closes)
        if begin <= wall < end and opening_day.weekday() in window.days and not is_holiday(opening_day):
            return True
    return False
