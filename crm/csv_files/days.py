"""Pure: reads days as spreadsheets and people write them. Words that need to know today (`3 days ago`) are not read."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache, lru_cache

from babel import Locale

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NUMERIC = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})[-/.]\s?(\d{4}|\d{2})(?:,?[T ].*)?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_TWO_DIGITS = 100
_MONTHS_IN_YEAR = 12
_LONGEST = 60
_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")


@lru_cache(maxsize=4096)
def parse_day(text: str, *, day_first: bool | None = None) -> date | None:
    """Read a day; None for what is no day from 1990 to 2099, and for 03/04/2026 while `day_first` is unknown.

    With points, 3.4.2026, the day always comes first.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMERIC.fullmatch(text):
        return _numeric(int(match[1]), int(match[3]), int(match[4]), day_first=True if match[2] == "." else day_first)
    if _SERIAL.fullmatch(text):
        day = _EPOCH + timedelta(days=int(float(text)))
        return _day(day.year, day.month, day.day)
    return _worded(text)


def guess_day_first(samples: Iterable[str]) -> bool | None:
    """Return whether the day comes before the month, as values with a part above 12 show, or None."""
    first = second = 0
    for text in samples:
        if match := _NUMERIC.fullmatch(text.strip()):
            first += int(match[1]) > _MONTHS_IN_YEAR
            second += int(match[3]) > _MONTHS_IN_YEAR
    return None if first == second else first > second


def _numeric(first: int, second: int, year: int, *, day_first: bool | None) -> date | None:
    """Decide which of two numbers is the month."""
    year = year if year >= _TWO_DIGITS else 2000 + year
    if first > _MONTHS_IN_YEAR:
        day_first = True
    elif second > _MONTHS_IN_YEAR:
        day_first = False
    elif first == second:
        day_first = True
    if day_first is None:
        return None
    return _day(year, second, first) if day_first else _day(year, first, second)


def _worded(text: str) -> date | None:
    """Read a day with the month as a word: 5 Nov 2026, Nov 5th, 2026, 5. November 2026, 5 de noviembre de 2026."""
    year = day = month = None
    for token in re.findall(r"\d+|[^\W\d_]+", text):
        if token.isdecimal():
            if len(token) == len("2026"):
                year = year or int(token)
            else:
                day = day or int(token)
        else:
            month = month or _months().get(_bare(token))
    return _day(year, month, day) if year and month and day else None


@cache
def _months() -> dict[str, int]:
    """Return the month of every name and abbreviation in our languages."""
    names: dict[str, int] = {"sept": 9}
    for language in _LANGUAGES:
        months = Locale(language).months
        for width in ("wide", "abbreviated"):
            for number, name in months["format"][width].items():
                names.setdefault(_bare(name), number)
    return names


def _bare(name: str) -> str:
    """Return a name without accents and points, in lower case."""
    decomposed = unicodedata.normalize("NFKD", name.casefold().rstrip("."))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _day(year: int, month: int, day: int) -> date | None:
    """Return the day if the calendar has it and it can be a post's."""
    if not _FIRST_YEAR <= year < _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
