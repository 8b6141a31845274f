"""Pure: what a query string or a form field means. Unknown or broken values are ignored, never an error page."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kit.errors import InvalidError, say

Bounds = tuple[float | None, float | None]
PLATFORMS = (
    "youtube", "instagram", "tiktok", "twitch", "x", "newsletter", "podcast", "website", "facebook", "linkedin",
    "pinterest",
)  # fmt: skip
_YEARS = range(1990, 2991)
_UNITS = {"k": 1_000.0, "m": 1_000_000.0}


def read_number(text: str) -> float | None:
    """Return 20000 for 20k and 1200000 for 1.2M; None when it is no number."""
    text = text.strip().lower().rstrip("%")
    unit = _UNITS.get(text[-1:], 1.0)
    try:
        value = float(text[:-1] if unit > 1 else text) * unit
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def read_range(text: str) -> Bounds:
    """Return the bounds of `a..b`, `a..` or `..b`; a lone number is the lower bound."""
    low, _, high = text.partition("..")
    return read_number(low), read_number(high)


def join_range(low: str, high: str) -> str:
    """Return what `read_range` reads; empty when both ends are open."""
    low, high = low.strip(), high.strip()
    return f"{low}..{high}" if low or high else ""


def read_list(text: str) -> tuple[str, ...]:
    """Return the words of a comma list."""
    return tuple(word for word in (part.strip() for part in text.split(",")) if word)


def read_int(text: str | None) -> int | None:
    """Return a whole number that a database column holds, or None."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("9999999999") else None


def read_limit(text: str, none: str) -> int | None:
    """Return a whole number, or None for the word that means no limit, and for nothing.

    Raises InvalidError for anything else.
    """
    word = text.strip().lower()
    if word in ("", none):
        return None
    number = read_int(word)
    if number is None:
        raise InvalidError(say("Write a whole number, or %(none)s, not %(given)r.", none=none, given=text.strip()))
    return number


def read_day(text: str | None) -> date | None:
    """Return a day written as 2026-11-24; None for nothing.

    Raises InvalidError for anything else, and for a year in which nothing here can have happened or will.
    """
    text = (text or "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        raise InvalidError(say("Write the day as year-month-day, such as 2026-11-24."))
    return day


def read_rest_until(choice: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when a snoozed conversation wakes: at eight in the viewer's morning of the day chosen."""
    today = now.astimezone(zone).date()
    if choice == "tomorrow":
        day = today + timedelta(days=1)
    elif choice == "monday":
        day = today + timedelta(days=7 - today.weekday())
    elif choice == "fortnight":
        day = today + timedelta(days=14)
    else:
        day = read_day(choice) or today
    return datetime.combine(day, time(8), zone)


def change_query(query: Mapping[str, str], **changes: str | None) -> dict[str, str]:
    """Return a query with some parameters changed; empty ones leave, unknown ones stay, the page starts anew."""
    merged = {**query, "page": "", **{name: value or "" for name, value in changes.items()}}
    return {name: value for name, value in merged.items() if value}


def choose(given: str, allowed: Iterable[str], otherwise: str) -> str:
    """Return `given` when it is one of `allowed`, else `otherwise`."""
    return given if given in tuple(allowed) else otherwise
