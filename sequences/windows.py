"""Pure: when mail may leave. A window is days and hours on somebody's wall clock; it may cross midnight.

Source: engine.md C2 and C3. Instants are aware UTC; the zone turns them into wall time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kit.errors import InvalidError

IsHoliday = Callable[[date], bool]

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HORIZON_DAYS = 400


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
            raise InvalidError("This sending window never opens: give it at least one day, and hours that differ.")


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
    raise InvalidError("This sending window does not open within the next year.")


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
    raise InvalidError("The window of the sequence and the window of the mailbox are never open at the same time.")


def _span(window: Window, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when the window of `day` opens and closes, in UTC.

    A wall time that a clock change skips maps to the same instant shifted by the change; one that happens twice
    is its first occurrence, so a window never begins in the repeated hour twice.
    """
    closing_day = day if window.closes > window.opens else day + timedelta(days=1)
    opens = datetime.combine(day, window.opens, tzinfo=zone).astimezone(UTC)
    closes = datetime.combine(closing_day, window.closes, tzinfo=zone).astimezone(UTC)
    return opens, closes


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
        raise InvalidError("A window is `always` or has days, from and to.")
    days = value.get("days", list(DAY_NAMES[:5]))
    unknown = [str(day) for day in days if str(day).lower()[:3] not in DAY_NAMES]
    if unknown:
        raise InvalidError(f"Unknown day {unknown[0]!r} in the window; days are {', '.join(DAY_NAMES)}.")
    return Window(
        days=frozenset(DAY_NAMES.index(str(day).lower()[:3]) for day in days),
        opens=_read_time(str(value.get("from", "08:00"))),
        closes=_read_time(str(value.get("to", "17:00"))),
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


def _read_time(text: str) -> time:
    try:
        return time.fromisoformat(text.strip().zfill(5))
    except ValueError as error:
        raise InvalidError(f"{text!r} is not a time of day such as 08:00.") from error
