"""Wire: how instants and waits read to a person, in that person's zone and in the language of the request.

Date patterns go through gettext as `date:...`, because languages order and dot them differently.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel.dates import format_date, format_datetime

from web.words import _, ngettext, this_locale

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_DAYS_SHOWN = 100
_MONTH_DAYS = 30.4


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """Return the zones a person may choose, in order."""
    return tuple(sorted(name for name in available_timezones() if "/" in name or name == "UTC"))


def read_zone(name: str | None) -> ZoneInfo:
    """Return the zone of that name; UTC when there is none, so that a page never fails on a stale name."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def zone_city(name: str | None) -> str:
    """Return the place a zone is named for: America/Toronto is Toronto."""
    return (name or "UTC").rpartition("/")[2].replace("_", " ")


def wait(passed: timedelta) -> str:
    """Return a wait in its largest unit: 50 min, 16 h, 71 d, 14 mo."""
    seconds = max(0.0, passed.total_seconds())
    if seconds < _MINUTE:
        return _("now")
    if seconds < _HOUR:
        return _("%(n)s min", n=int(seconds // _MINUTE))
    if seconds < _DAY:
        return _("%(n)s h", n=int(seconds // _HOUR))
    days = int(seconds // _DAY)
    return _("%(n)s d", n=days) if days < _DAYS_SHOWN else _("%(n)s mo", n=int(days / _MONTH_DAYS))


def working(passed: timedelta, per_day: timedelta) -> str:
    """Return working time as a person counts it: 40 min, 3 h, and from one working day on, whole ones."""
    if passed < per_day:
        return wait(passed)
    return ngettext("%(num)s working day", "%(num)s working days", int(passed / per_day))


def wait_in_words(passed: timedelta) -> str:
    """Return a wait as a sentence needs it: 50 minutes, 1 hour, 3 days."""
    seconds = max(0.0, passed.total_seconds())
    if seconds >= _DAY:
        return ngettext("%(num)s day", "%(num)s days", int(seconds // _DAY))
    if seconds >= _HOUR:
        return ngettext("%(num)s hour", "%(num)s hours", int(seconds // _HOUR))
    if seconds >= _MINUTE:
        return ngettext("%(num)s minute", "%(num)s minutes", int(seconds // _MINUTE))
    return _("a moment")


def clock(at: datetime, zone: ZoneInfo) -> str:
    """Return the hour: 22:14."""
    return _format(at, _("date:HH:mm"), zone)


def brief(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return what a list has room for: 09:12 today, Yesterday, Mon 16 Nov, 3 Nov 2025."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    days = (today.date() - local.date()).days
    if days == 0:
        return clock(at, zone)
    if days == 1:
        return _("Yesterday")
    return _format(at, _("date:EEE d MMM") if local.year == today.year else _("date:d MMM y"), zone)


def stamp(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return day and hour: Mon 23 Nov, 22:14."""
    same_year = at.astimezone(zone).year == now.astimezone(zone).year
    return _format(at, _("date:EEE d MMM, HH:mm") if same_year else _("date:d MMM y, HH:mm"), zone)


def full(at: datetime, zone: ZoneInfo) -> str:
    """Return everything, with the zone's place: Monday 23 November 2026, 22:14 Copenhagen."""
    return f"{_format(at, _('date:EEEE d MMMM y, HH:mm'), zone)} {zone_city(zone.key)}"


def day(on: date) -> str:
    """Return a day that is on no clock: Fri 4 Dec."""
    return _format_day(on, _("date:EEE d MMM"), this_locale())


def dated(on: date, today: date) -> str:
    """Return a day on record: Fri 4 Dec, and of another year 4 Dec 2025."""
    pattern = _("date:EEE d MMM") if on.year == today.year else _("date:d MMM y")
    return _format_day(on, pattern, this_locale())


def date_of(at: datetime, zone: ZoneInfo | None = None) -> str:
    """Return the day of an instant: Fri 4 Dec; in UTC where no zone is known."""
    return day(at.astimezone(zone or UTC).date())


def month(first: date) -> str:
    """Return a month: Nov 2026."""
    return _format_day(first, "MMM y", this_locale())


def whole_day(on: date) -> str:
    """Return a day with its year: 4 Dec 2026."""
    return _format_day(on, _("date:d MMM y"), this_locale())


def long_day(at: datetime, zone: ZoneInfo) -> str:
    """Return the head of a day: Tuesday 24 November, 14:20."""
    return _format(at, _("date:EEEE d MMMM, HH:mm"), zone)


def day_bounds(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first instant of the zone's present day and of the next, in UTC."""
    today = now.astimezone(zone).date()
    start = datetime.combine(today, time(), zone)
    end = datetime.combine(today + timedelta(days=1), time(), zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def _format(at: datetime, pattern: str, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return _format_minute(local.replace(second=0, microsecond=0, tzinfo=None), pattern, this_locale())


# A list shows some hundred of these, and the same ones when it is looked at again.
@lru_cache(maxsize=20_000)
def _format_minute(local: datetime, pattern: str, locale: str) -> str:
    return format_datetime(local, pattern.removeprefix("date:"), locale=locale)


@lru_cache(maxsize=5_000)
def _format_day(on: date, pattern: str, locale: str) -> str:
    return format_date(on, pattern.removeprefix("date:"), locale=locale)
