"""Pure: the time zone of a person or a country, from the tz database's own table; cached, no clock."""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones


@dataclass(frozen=True, slots=True)
class PersonZone:
    """The clock somebody lives by: their own, or a guess from their country."""

    name: str
    guessed: bool


@lru_cache(maxsize=1)
def _by_country() -> dict[str, str]:
    """Return country code to zone: the table lists each country's most populous zone first.

    Source: zone.tab of the tz database, in the package tzdata.
    """
    table = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    zones: dict[str, str] = {}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            code, _place, zone = line.split("\t")[:3]
            zones.setdefault(code, zone)
    return zones


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return every zone there is."""
    return frozenset(available_timezones())


def zone_of_country(code: str | None) -> str | None:
    """Return the zone most people of a country live in; None when the country is not known."""
    return _by_country().get((code or "").upper())


def is_zone(name: str | None) -> bool:
    """Return whether a zone of that name exists."""
    return bool(name) and name in zone_names()


def read_zone(name: str) -> ZoneInfo:
    """Return a zone by its name; UTC for one that does not exist."""
    return ZoneInfo(name) if is_zone(name) else ZoneInfo("UTC")


def zone_of(zone: str | None, country: str | None) -> PersonZone | None:
    """Return the zone a person lives by; None where neither their zone nor their country can be read."""
    if is_zone(zone):
        return PersonZone(str(zone), guessed=False)
    guess = zone_of_country(country)
    return PersonZone(guess, guessed=True) if guess else None


def find_zone(text: str) -> str | None:
    """Return the zone of that name, or of the one place of that name: Copenhagen is Europe/Copenhagen."""
    wanted = "_".join(text.split()).casefold()
    found = _by_words().get(wanted, set())
    return min(found) if len(found) == 1 else None


@lru_cache(maxsize=1)
def _by_words() -> dict[str, set[str]]:
    words: dict[str, set[str]] = {}
    for name in zone_names():
        if "/" not in name and name != "UTC":
            continue
        words.setdefault(name.casefold(), set()).add(name)
        if not name.startswith("Etc/"):
            words.setdefault(name.rpartition("/")[2].casefold(), set()).add(name)
    return words
