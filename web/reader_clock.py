"""Pure: the reader's clock: when it is night there, and good times to send, on both clocks."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_EVENING, _MORNING, _GOOD = time(21), time(7), time(9)
_SATURDAY = 5
_AWHILE = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """A time that may be chosen with one click: `key` names it in the form."""

    key: str
    at: datetime


def is_night(at: datetime, zone: ZoneInfo) -> bool:
    """Return whether people sleep at `at` in a zone: from nine in the evening to seven."""
    clock = at.astimezone(zone).time()
    return clock >= _EVENING or clock < _MORNING


def suggest(now: datetime, zone: ZoneInfo) -> list[Later]:
    """Return good times ahead: in two hours when that is day there, the next morning, and the next working one."""
    later = [Later(key="awhile", at=now + _AWHILE)] if not is_night(now + _AWHILE, zone) else []
    local = now.astimezone(zone)
    morning = local.date() + timedelta(days=0 if local.time() < _MORNING else 1)
    work = morning
    while work.weekday() >= _SATURDAY:
        work += timedelta(days=1)
    days = [("morning", morning)] + ([("workday", work)] if work != morning else [])
    return later + [Later(key=key, at=datetime.combine(day, _GOOD, zone).astimezone(UTC)) for key, day in days]


def read_local(text: str, zone: ZoneInfo) -> datetime | None:
    """Return the instant of a form's local date and time (2026-11-24T09:00); None when it is none."""
    try:
        at = datetime.fromisoformat(text.strip())
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
