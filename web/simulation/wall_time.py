"""Pure: hours, days and waits on somebody's clock, computed apart from the engine's own rules, to hold it to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from web.simulation.company import ZONE_OF

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WORKDAYS = 5
_DEFAULT = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "17:00"}
_UNITS = {"hour": timedelta(hours=1), "minute": timedelta(minutes=1), "week": timedelta(weeks=1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a person lives, as far as we know."""

    zone: str | None
    country: str | None


def zone_of(place: Place, fallback: str) -> str:
    """Return on whose clock a person is written to."""
    return place.zone or ZONE_OF.get(place.country or "", fallback)


def is_open(window: object, at: datetime, zone: str, country: str | None) -> bool:
    """Tell whether a window is open at `at` on the clock of `zone`; `country` names whose holidays count."""
    if window == "always":
        return True
    shape: Mapping[str, Any] = window if isinstance(window, dict) else _DEFAULT
    local = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    opens, closes = _clock(shape["from"]), _clock(shape["to"])
    for day in (local.date(), local.date() - timedelta(days=1)):
        if _DAYS[day.weekday()] not in shape["days"] or is_holiday(day, country):
            continue
        end = datetime.combine(day if closes > opens else day + timedelta(days=1), closes)
        if datetime.combine(day, opens) <= local < end:
            return True
    return False


def has_waited(wait: str | None, begin: datetime, end: datetime, zone: str, country: str | None) -> bool:
    """Tell whether `wait` has passed between two instants, on the clock of `zone`."""
    if wait is None:
        return end >= begin
    words = wait.split()
    amount, unit = int(words[0]), " ".join(words[1:]).removesuffix("s")
    if unit in ("hour", "minute"):
        return end - begin >= amount * _UNITS[unit]
    first, last = (at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for at in (begin, end))
    if unit == "business day":
        days = (last.date() - first.date()).days
        passed = sum(_is_workday(first.date() + timedelta(days=n), country) for n in range(1, days + 1))
        return passed > amount or (passed == amount and (last.time() >= first.time() or not _is_workday(last, country)))
    return last - first >= amount * (_UNITS["week"] if unit == "week" else timedelta(days=1))


def is_holiday(day: date, country: str | None) -> bool:
    """Tell whether a country rests on a day."""
    return country is not None and _is_holiday(day, country)


@lru_cache(maxsize=20_000)
def _is_holiday(day: date, country: str) -> bool:
    return day in _calendar(country)


@lru_cache(maxsize=100)
def _calendar(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)


def _is_workday(day: date, country: str | None) -> bool:
    day = day.date() if isinstance(day, datetime) else day
    return day.weekday() < _WORKDAYS and not is_holiday(day, country)


def _clock(text: str) -> time:
    hours, minutes = text.split(":")
    return time(int(hours), int(minutes))
