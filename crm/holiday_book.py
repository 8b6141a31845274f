"""Use cases: which days are holidays: each country's calendar, changed where the team says so, and its own days.

Kept as one setting of the workspace and read once a transaction, however many people are asked about.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

import holidays
from sqlalchemy import func, select

from crm.changes import record_change
from crm.models import Contact
from crm.workspace import read_rules, write_rules
from kit.errors import InvalidError, NotFoundError, say
from kit.tx import Tx

NONE = "none"
MOST_DAYS = 300
NAME = "holidays"
_CACHE = "holiday_book"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDay:
    """A day on which nothing leaves: to one country, or to all when it is empty."""

    day: date
    name: str
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayBook:
    """`calendars` by country: a region of it, or none; countries that are not named use their own calendar."""

    calendars: Mapping[str, str] = field(default_factory=dict)
    days: tuple[OwnDay, ...] = ()

    def own_days(self, country: str | None) -> frozenset[date]:
        """Return the team's own days for a country."""
        return frozenset(one.day for one in self.days if one.country in {"", country})


def read_holiday_book(tx: Tx) -> HolidayBook:
    """Return what the team said about holidays; one query a transaction."""
    kept = tx.session.info.get(_CACHE)
    if kept is None:
        kept = tx.session.info[_CACHE] = parse_book(read_rules(tx, NAME))
    return cast("HolidayBook", kept)


def known_countries() -> tuple[str, ...]:
    """Return the countries whose holidays are known."""
    return tuple(sorted(holidays.list_supported_countries()))


def regions_of(country: str) -> tuple[str, ...]:
    """Return the regions of a country that have holidays of their own."""
    return tuple(holidays.list_supported_countries().get(country, ()))


def count_countries(tx: Tx) -> list[tuple[str, int]]:
    """Return the countries of our contacts, the most people first."""
    # Who was erased has no country any more.
    query = select(Contact.country, func.count()).where(Contact.country.is_not(None))
    rows = tx.session.execute(query.group_by(Contact.country).order_by(func.count().desc(), Contact.country).limit(100))
    return [(str(row[0]), row[1]) for row in rows]


def choose_calendar(tx: Tx, country: str, calendar: str, *, actor: str) -> None:
    """Use a region's calendar for a country, none at all, or with an empty one the country's own."""
    if country not in holidays.list_supported_countries():
        raise InvalidError(say("No holidays are known for %(country)s.", country=country))
    if calendar and calendar != NONE and calendar not in regions_of(country):
        raise InvalidError(say("%(country)s has no region %(region)s.", country=country, region=calendar))
    document = _document(tx)
    others = {name: one for name, one in document.get("calendars", {}).items() if name != country}
    _write(tx, {**document, "calendars": {**others, country: calendar} if calendar else others})
    words = say("Holidays of %(country)s changed", country=country)
    record_change(tx, "holiday_calendar", actor=actor, summary=words, data={"country": country, "calendar": calendar})


def add_own_day(tx: Tx, day: date, name: str, *, country: str = "", actor: str) -> OwnDay:
    """Let nothing leave on a day; the same day and country said again is named anew."""
    name = " ".join(name.split())[:80]
    if not name:
        raise InvalidError(say("Say what the day is, such as Company outing."))
    if country and (len(country) != 2 or not country.isalpha()):  # noqa: PLR2004 - ISO 3166
        raise InvalidError(say("A country is two letters, such as DK; leave it empty for everybody."))
    own = OwnDay(day=day, name=name, country=country.upper())
    document = _document(tx)
    days = [one for one in document.get("days", []) if (one["day"], one["country"]) != (day.isoformat(), own.country)]
    if len(days) >= MOST_DAYS:
        raise InvalidError(say("There are %(num)s own days already; take old ones out first.", num=MOST_DAYS))
    days.append({"day": day.isoformat(), "name": name, "country": own.country})
    _write(tx, {**document, "days": sorted(days, key=lambda one: (one["day"], one["country"]))})
    words = say("Own holiday added: %(name)s, %(day)s", name=name, day=day.isoformat())
    record_change(tx, "holiday_added", actor=actor, summary=words, data={"day": day.isoformat(), "country": country})
    return own


def remove_own_day(tx: Tx, day: date, *, country: str = "", actor: str) -> None:
    """Let mail leave again on a day."""
    document = _document(tx)
    days = document.get("days", [])
    kept = [one for one in days if (one["day"], one["country"]) != (day.isoformat(), country)]
    if len(kept) == len(days):
        raise NotFoundError(say("That day is not in the list any more."))
    _write(tx, {**document, "days": kept})
    words = say("Own holiday removed: %(day)s", day=day.isoformat())
    record_change(tx, "holiday_removed", actor=actor, summary=words, data={"day": day.isoformat(), "country": country})


def _document(tx: Tx) -> dict[str, Any]:
    return dict(read_rules(tx, NAME))


def _write(tx: Tx, document: dict[str, Any]) -> None:
    write_rules(tx, NAME, document)
    tx.session.info.pop(_CACHE, None)


def parse_book(document: Mapping[str, Any]) -> HolidayBook:
    """Return what a kept setting says."""
    return HolidayBook(
        calendars=dict(document.get("calendars", {})),
        days=tuple(
            OwnDay(day=date.fromisoformat(one["day"]), name=one["name"], country=one["country"])
            for one in document.get("days", [])
        ),
    )
