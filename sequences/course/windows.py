"""Pure: when mail may leave. A window is days and hours on somebody's wall clock; it may cross midnight.

Source: docs/architecture.md C2 and C3. Instants are aware UTC; the zone turns them into wall time.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kit.errors import InvalidError, say

IsHoliday = Callable[[date], bool]

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HORIZON_DAYS = 400
_DAY_MINUTES = 24 * 60
_TIME = re.compile(r"\s*([01]?\d|2[0-3]):([0-5]\d)\s*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Hours of certain days: from `opens` up to, not including, `closes`; earlier `closes` means the next day.

    `days` are the weekdays on which the window opens, Monday is 0.
    """

    days: frozenset[int]
    opens: time
    closes: time

    def __post_init__(self) -> None:
        """Refuse a window that never opens."""
        if not self.days or self.opens == self.closes:
            raise InvalidError(say("This sending window never opens: give it at least one day, and hours that differ."))


ALWAYS: Window | None = None
WORKDAYS = frozenset(range(5))
DEFAULT_WINDOW = Window(days=WORKDAYS, opens=time(8), closes=time(17))


def no_holidays(_day: date) -> bool:
    """Call no day a holiday."""
    return False


def next_open(window: Window | None, at: datetime, zone: ZoneInfo, is_holiday: IsHoliday = no_holidays) -> datetime:
    """Return the first instant from `at` on at which the window is open; `at` itself for no window.

    Raises InvalidError when it does not open within 400 days.
    """
    if window is None:
        return at
    today = at.astimezone(zone).date()
    for offset in range(-1, _HORIZON_DAYS):
        day = today + timedelta(days=offset)
        if day.weekday() not in window.days or is_holiday(day):
            continue
        opens, closes = _span(window, day, zone)
        if at < closes and opens < closes:
            return max(at, opens)
    raise InvalidError(say("This sending window does not open within the next year."))


def next_open_both(windows: tuple[tuple[Window | None, ZoneInfo, IsHoliday], ...], at: datetime) -> datetime:
    """Return the first instant from `at` on at which all of `windows` are open.

    Raises InvalidError when they never meet.
    """
    for _ in range(_HORIZON_DAYS):
        begin = at
        for window, zone, is_holiday in windows:
            at = next_open(window, at, zone, is_holiday)
        if at == begin:
            return at
    raise InvalidError(say("The window of the sequence and the window of the mailbox are never open at the same time."))


def _span(window: Window, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when the window of `day` opens and closes, in UTC.

    A wall time that a clock change skips is the instant of the change, so a window wholly inside the skipped hour
    is empty; one that happens twice is its first occurrence, so no window opens twice in a night.
    """
    closing_day = day if window.closes > window.opens else day + timedelta(days=1)
    return _instant(day, window.opens, zone), _instant(closing_day, window.closes, zone)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    wall = datetime.combine(day, at, tzinfo=zone)
    instant = wall.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant
    # Skipped: the clock before the change and the clock after it read the wall time as two instants round the change.
    early, late = wall.replace(fold=1).astimezone(UTC), instant
    new_offset = late.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == new_offset:
            late = middle
        else:
            early = middle
    return late


def read_window(value: object) -> Window | None:
    """Return the window that a stored document or `08:00-17:00` describes; `always` is no window.

    Raises InvalidError with a sentence.
    """
    if value in (None, "always"):
        return ALWAYS
    if isinstance(value, str):
        begin, _, end = value.partition("-")
        return Window(days=frozenset(range(7)), opens=_read_time(begin), closes=_read_time(end))
    if not isinstance(value, dict):
        raise InvalidError(say("A window is `always` or has days, from and to."))
    days = value.get("days", list(DAY_NAMES[:5]))
    if not isinstance(days, list | tuple):
        raise InvalidError(say("The days of a window are a list, such as [mon, tue]."))
    unknown = [str(day) for day in days if str(day).lower()[:3] not in DAY_NAMES]
    if unknown:
        raise InvalidError(
            say("Unknown day %(value)r in the window; days are %(list)s.", value=unknown[0], list=", ".join(DAY_NAMES))
        )
    return Window(
        days=frozenset(DAY_NAMES.index(str(day).lower()[:3]) for day in days),
        opens=_read_time(value.get("from", "08:00")),
        closes=_read_time(value.get("to", "17:00")),
    )


def write_window(window: Window | None) -> str | dict[str, object]:
    """Return a window as a document that `read_window` understands."""
    if window is None:
        return "always"
    return {
        "days": [DAY_NAMES[day] for day in sorted(window.days)],
        "from": window.opens.strftime("%H:%M"),
        "to": window.closes.strftime("%H:%M"),
    }


def _read_time(value: object) -> time:
    if isinstance(value, int) and 0 <= value < _DAY_MINUTES:
        # YAML reads an unquoted 17:00 as a number of base 60.
        return time(*divmod(value, 60))
    found = _TIME.fullmatch(str(value))
    if found is None:
        raise InvalidError(say("%(value)r is not a time of day such as 08:00.", value=value))
    return time(int(found.group(1)), int(found.group(2)))
