"""Pure: from a wait to an instant. Used alike by the engine, the preview and the forecast.

Source: docs/architecture.md C2: a wait counts days in the recipient's zone at the same wall time, then moves into
the window.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from kit.errors import InvalidError, say
from sequences.course.windows import WORKDAYS, IsHoliday, Window, next_open_both, no_holidays

_UNITS = {
    "s": "seconds",
    "sec": "seconds",
    "second": "seconds",
    "seconds": "seconds",
    "m": "minutes",
    "min": "minutes",
    "minute": "minutes",
    "minutes": "minutes",
    "h": "hours",
    "hour": "hours",
    "hours": "hours",
    "d": "days",
    "day": "days",
    "days": "days",
    "business day": "business days",
    "business days": "business days",
    "working day": "business days",
    "working days": "business days",
    "w": "weeks",
    "week": "weeks",
    "weeks": "weeks",
}
_WAIT = re.compile(r"\s*(\d{1,6})\s*([a-z]+(?: [a-z]+)?)\s*")
_FAR_DAYS = 366
PREFERENCE_WAITS = timedelta(days=2)
UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long to wait: `unit` is seconds, minutes, hours, days, business days or weeks."""

    amount: int
    unit: str

    def __str__(self) -> str:
        unit = self.unit[:-1] if self.amount == 1 else self.unit
        return f"{self.amount} {unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Everything that decides when one person may be written to, and from where each part was taken.

    `preferred` hours lie inside the window: mail moves there when they come within two days.
    """

    zone: ZoneInfo
    zone_from: str
    window: Window | None
    preferred: Window | None = None
    is_holiday: IsHoliday = no_holidays
    mailbox_window: Window | None = None
    mailbox_zone: ZoneInfo = UTC_ZONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a step is due, when the wait alone would have ended, and what moved it."""

    at: datetime
    wanted_at: datetime
    shifts: tuple[str, ...]


def parse_wait(text: str) -> Wait:
    """Return the wait that `3 business days` and the like describe.

    Raises InvalidError with a sentence.
    """
    found = _WAIT.fullmatch(str(text).lower())
    unit = _UNITS.get(found.group(2)) if found else None
    if found is None or unit is None:
        raise InvalidError(
            say(
                "%(text)r is not a wait; write a number and seconds, minutes, hours, days, business days or weeks.",
                text=text,
            )
        )
    wait = Wait(amount=int(found.group(1)), unit=unit)
    if _rough_days(wait) > _FAR_DAYS:
        raise InvalidError(say("A wait of %(text)s is more than a year.", text=text))
    return wait


def add_wait(start: datetime, wait: Wait, zone: ZoneInfo, is_holiday: IsHoliday = no_holidays) -> datetime:
    """Return when `wait` after `start` ends; days keep the wall time of `zone`.

    A wall time that a clock change skips comes as much later as the change; one that happens twice keeps its turn.
    """
    if wait.unit in ("seconds", "minutes", "hours"):
        return start + timedelta(**{wait.unit: wait.amount})
    local = start.astimezone(zone)
    if wait.unit == "business days":
        day = _add_business_days(local.date(), wait.amount, is_holiday)
    else:
        day = local.date() + timedelta(days=wait.amount * (7 if wait.unit == "weeks" else 1))
    wall = datetime.combine(day, local.time(), tzinfo=zone)
    # In a skipped hour the second reading is the earlier instant, and a wait must never come out shorter.
    return max(wall.replace(fold=fold).astimezone(UTC) for fold in range(local.fold + 1))


def decide_due(start: datetime, wait: Wait | None, hours: Hours, *, not_before: datetime | None = None) -> Due:
    """Return when a step is due: wait, then the first moment at which every window is open."""
    wanted = add_wait(start, wait, hours.zone, hours.is_holiday) if wait else start
    begin = max(wanted, not_before) if not_before else wanted
    at = open_from(begin, hours)
    shifts: list[str] = []
    if begin > wanted:
        shifts.append("not before")
    if at > begin:
        shifts.append(_why_shifted(begin, at, hours))
    better = _preferred_from(at, hours)
    if better > at:
        at = better
        shifts.append(say("moved into the preferred hours"))
    return Due(at=at, wanted_at=wanted, shifts=tuple(shifts))


def open_from(at: datetime, hours: Hours) -> datetime:
    """Return the first instant from `at` on at which both the recipient's and the mailbox's window are open."""
    return next_open_both(
        (
            (hours.window, hours.zone, hours.is_holiday),
            (hours.mailbox_window, hours.mailbox_zone, no_holidays),
        ),
        at,
    )


def _preferred_from(at: datetime, hours: Hours) -> datetime:
    """Return the first preferred moment from `at` on; `at` itself if none comes soon: a preference is no rule."""
    if hours.preferred is None:
        return at
    try:
        better = next_open_both(
            (
                (hours.preferred, hours.zone, hours.is_holiday),
                (hours.window, hours.zone, hours.is_holiday),
                (hours.mailbox_window, hours.mailbox_zone, no_holidays),
            ),
            at,
        )
    except InvalidError:
        return at
    return better if better - at <= PREFERENCE_WAITS else at


def _add_business_days(day: date, amount: int, is_holiday: IsHoliday) -> date:
    left = amount
    while left:
        day += timedelta(days=1)
        if day.weekday() in WORKDAYS and not is_holiday(day):
            left -= 1
    return day


def _why_shifted(begin: datetime, at: datetime, hours: Hours) -> str:
    if hours.window is not None:
        day, last = begin.astimezone(hours.zone).date(), at.astimezone(hours.zone).date()
        while day < last:
            if day.weekday() in hours.window.days and hours.is_holiday(day):
                return say("holiday on %(day)s", day=day.isoformat())
            day += timedelta(days=1)
    return say("outside the sending window")


def _rough_days(wait: Wait) -> float:
    per_day = {"seconds": 86400.0, "minutes": 1440.0, "hours": 24.0, "days": 1.0, "business days": 0.7, "weeks": 1 / 7}
    return wait.amount / per_day[wait.unit]
