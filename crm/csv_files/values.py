"""Pure: what a column's values say about it, where its name is silent or has two meanings."""

import re
from collections.abc import Callable
from statistics import median

from crm.csv_files.days import parse_day
from crm.csv_files.fields import IGNORE
from crm.csv_files.handles import parse_handle
from crm.csv_files.money import parse_money
from crm.csv_files.numbers import is_blank, parse_number
from crm.csv_files.places import country_code, language_code
from crm.csv_files.platforms import platform_name

_EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]{2,}")
_AT_NAME = re.compile(r"@[\w.\-]{1,60}")
_TOKEN = re.compile(r"[\w.\-]{2,40}")
_WORDS = re.compile(r"[^\W\d_]+(?:[ .'’\-]+[^\W\d_]+){1,4}")
_CURRENCY = re.compile(r"[€$£¥₹]|\b(?:EUR|USD|GBP|CHF)\b", re.IGNORECASE)
_MOST = 0.6
_CODE_LENGTH = 2
_MIN_AUDIENCE = 500

# Names with two meanings, and the fields to try in order; what stands first in fields.py is the last resort.
_TWO_MEANINGS: dict[str, tuple[str, ...]] = {
    name: tuple(fields.split())
    for names, fields in (
        ("contact kontakt contacto", "email url handle"),
        ("channel kanal chaine canal social profile profil perfil account creator influencer", "url platform handle"),
        ("link website blog url lien enlace", "url"),
        ("rate tarif engagement er", "engagement_rate price"),
        ("location region market ort audience", "country"),
        ("nome nom nombre title", ""),
        ("language locale", "language"),
        ("name", "email"),
    )
    for name in names.split()
}


def settle_by_values(name: str, chosen: str, values: list[str]) -> str:
    """Return the field of a column whose folded name bids for `chosen`, after a look at the values."""
    filled = [value for value in values if not is_blank(value)]
    if not filled:
        return chosen
    for field in _TWO_MEANINGS.get(name, ()):
        if _share(filled, _TESTS[field]) >= _MOST:
            return field
    if name in {"location", "region", "market"} and chosen == "country":
        return "city" if _share(filled, _TESTS["country"]) < 1 - _MOST else chosen
    if chosen == "email" and _share(filled, _TESTS["email"]) == 0 and _share(filled, _is_text) == 1:
        return "email" if any("@" in value for value in filled) else IGNORE
    return chosen


def guess_from_values(values: list[str], *, nameless: bool) -> str | None:
    """Return the field that values alone show, or None; a `nameless` column is guessed more boldly."""
    filled = [value for value in values if not is_blank(value)]
    if not filled:
        return None
    for field in ("email", "url", "platform"):
        if _share(filled, _TESTS[field]) >= _MOST:
            return field
    if _share(filled, _is_at_name) >= _MOST:
        return "handle"
    if _share(filled, _TESTS["country"]) >= _MOST and any(len(value) > _CODE_LENGTH for value in filled):
        return "country"
    return _bold_guess(filled) if nameless else None


def _bold_guess(filled: list[str]) -> str | None:
    """Return a field for a column of a file without a header."""
    for field in ("country", "engagement_rate", "last_post_on"):
        if _share(filled, _TESTS[field]) >= _MOST:
            return field
    numbers = [number for value in filled if (number := parse_number(value)) is not None]
    if len(numbers) >= len(filled) * _MOST:
        return "followers" if median(numbers) >= _MIN_AUDIENCE else None
    if _share(filled, lambda value: language_code(value) is not None) >= _MOST:
        return "language"
    if _share(filled, _is_words) >= _MOST and len(set(filled)) * 2 > len(filled):
        return "name"
    lower = _share(filled, lambda value: _TOKEN.fullmatch(value) is not None and value == value.lower())
    return "handle" if lower >= _MOST and len(set(filled)) * 2 > len(filled) else None


def _share(values: list[str], test: Callable[[str], bool]) -> float:
    """Return the part of the values that pass."""
    return sum(1 for value in values if test(value)) / len(values)


def _is_email(value: str) -> bool:
    return _EMAIL.search(value) is not None and not value.lower().startswith("http")


def _is_url(value: str) -> bool:
    return parse_handle(value.split(maxsplit=1)[0], None) is not None


def _is_at_name(value: str) -> bool:
    return _AT_NAME.fullmatch(value) is not None


def _is_text(value: str) -> bool:
    return parse_number(value) is None


def _is_words(value: str) -> bool:
    return _WORDS.fullmatch(value) is not None


def _is_price(value: str) -> bool:
    return parse_money(value) is not None and _CURRENCY.search(value) is not None


_TESTS: dict[str, Callable[[str], bool]] = {
    "email": _is_email,
    "url": _is_url,
    "handle": _is_at_name,
    "platform": lambda value: len(value.split()) <= _CODE_LENGTH and platform_name(value) is not None,
    "country": lambda value: country_code(value) is not None,
    "language": lambda value: language_code(value) is not None,
    "engagement_rate": lambda value: value.endswith("%"),
    "price": _is_price,
    "last_post_on": lambda value: parse_number(value) is None and parse_day(value, day_first=True) is not None,
}
