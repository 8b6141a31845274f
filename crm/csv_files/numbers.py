"""Pure: reads numbers as people and platforms write them: 475.8m, 47.2K, 1.234.567, 8,2, 12 %.

A lone separator before three digits (1,234 or 1.234) is ambiguous; `decimal`, guessed once per column, settles it,
and without it the point is the decimal mark. `mil` is a thousand, as in Spanish and Portuguese.
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

Mark = Literal[".", ","]

BLANK = frozenset(
    {"", "-", "--", "–", "—", "?", "n/a", "na", "n.a.", "nan", "nan%", "none", "null", "nil", "#n/a", "#value!",
     "#ref!", "#div/0!", "#name?", "unknown", "unbekannt", "k.a.", "k. a.", "s/o", "s.o.", "undefined", "tbd", "tba"}
)  # fmt: skip

_POWERS = {
    "": 0, "k": 3, "t": 3, "tsd": 3, "tsd.": 3, "mil": 3, "тыс": 3, "тыс.": 3, "тис": 3, "тис.": 3, "rb": 3, "m": 6,
    "mm": 6, "mn": 6, "mln": 6, "mio": 6, "mio.": 6, "mi": 6, "mill": 6, "mill.": 6, "million": 6, "millions": 6,
    "millionen": 6, "jt": 6, "млн": 6, "b": 9, "bn": 9, "md": 9, "mrd": 9, "mrd.": 9, "mld": 9, "billion": 9,
    "млрд": 9, "thousand": 3, "mille": 3, "tausend": 3, "lakh": 5, "cr": 7, "crore": 7, "万": 4, "萬": 4, "만": 4,
    "億": 8, "亿": 8, "억": 8, "千": 3, "천": 3,
}  # fmt: skip

_NUMBER = re.compile(
    r"""(?P<sign>[-+−]?)[~≈>]?
        (?P<digits>\d[\d.,'’\ ]*|[.,]\d+)
        (?:e(?P<exp>[+-]?\d{1,2}))?
        \ ?(?P<suffix>[^\W\d_]*\.?)\+?""",
    re.VERBOSE,
)
_LONGEST = 48
_LONGEST_BLANK = 20
_GROUP = 3
_HIGH_RATE = 0.3
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})+")
# Indian grouping, 12,34,567, is regular too: pairs, then a triple.
_LAKHS = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?")
_SPACED = re.compile(r"\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d+)?|[\d.,]+")


def is_blank(text: str) -> bool:
    """Say whether a cell says that there is nothing: empty, NaN, N/A, a dash, a spreadsheet's error."""
    return len(text) <= _LONGEST_BLANK and text.strip().lower() in BLANK


@lru_cache(maxsize=8192)
def parse_number(text: str, *, decimal: Mark | None = None) -> float | None:
    """Read a number; None for blanks, ranges and anything else. A per cent sign is dropped, not applied."""
    literal = number_literal(text, decimal)
    if literal is None:
        return None
    value = float(literal)
    return value if math.isfinite(value) else None


def parse_percent(text: str, *, decimal: Mark | None = None, bare_is_percent: bool = True) -> float | None:
    """Read a rate as a fraction: `1.39%` is 0.0139; without a sign, 1.39 is too unless `bare_is_percent` is False."""
    value = parse_number(text, decimal=decimal)
    if value is None:
        return None
    percent = bare_is_percent or "%" in text
    return round(value / 100, 8) if percent else value


def guess_decimal(samples: Iterable[str]) -> Mark | None:
    """Return the decimal mark that a column's values show, or None when none of them tells."""
    votes = {".": 0, ",": 0}
    for text in samples:
        match = _NUMBER.fullmatch(_plain(text))
        mark = _evident_mark(match["digits"].strip(" '’")) if match else None
        if mark is not None:
            votes[mark] += 1
    if votes["."] == votes[","]:
        return None
    return "." if votes["."] > votes[","] else ","


def guess_bare_percent(samples: Iterable[str], *, decimal: Mark | None = None) -> bool:
    """Say whether a column of rates without signs is in per cent: when nine tenths do not stay below 0.3.

    Rates above 30% are rare, and per cent columns with nine in ten values below 0.3% rarer still; one outlier on
    either side does not turn a column over.
    """
    values = sorted(value for text in samples if (value := parse_number(text, decimal=decimal)) is not None)
    return not values or values[min(len(values) * 9 // 10, len(values) - 1)] > _HIGH_RATE


def number_literal(text: str, decimal: Mark | None = None) -> str | None:
    """Return a number in Python's own notation, exact for Decimal and float alike: `475.8m` is `475.8e6`."""
    plain = _plain(text)
    if not plain or plain in BLANK:
        return None
    match = _NUMBER.fullmatch(plain)
    if match is None or match["suffix"] not in _POWERS:
        return None
    digits = _normal_digits(match["digits"].strip(" '’"), decimal)
    if digits is None:
        return None
    power = _POWERS[match["suffix"]] + int(match["exp"] or 0)
    sign = "-" if match["sign"] in {"-", "−"} else ""
    return f"{sign}{digits}e{power}" if power else f"{sign}{digits}"


def _plain(text: str) -> str:
    """Return the text in lower case with ordinary spaces and digits, without a per cent sign; "" when too long."""
    if len(text) > _LONGEST:
        return ""
    folded = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return folded.replace("%", "").replace("\u202f", " ").strip().lower()


def _normal_digits(digits: str, decimal: Mark | None) -> str | None:
    """Return digits with a point as the only separator, or None when the separators make no sense."""
    if digits.isdecimal():
        return digits
    if _LAKHS.fullmatch(digits):
        return digits.replace(",", "")
    if not _SPACED.fullmatch(digits):
        return None
    digits = re.sub(r"[ '’]", "", digits)
    mark = _evident_mark(digits) or decimal or "."
    grouping = "," if mark == "." else "."
    whole, _, fraction = digits.partition(mark)
    if mark in fraction or grouping in fraction:
        return None
    if grouping in whole and not _GROUPED.fullmatch(whole):
        return None
    return f"{whole.replace(grouping, '') or '0'}.{fraction or '0'}"


def _evident_mark(digits: str) -> Mark | None:
    """Return the decimal mark that the digits alone prove: 1.234,5 and 8,2 and 1.234.567 show a comma."""
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        return "." if digits.rfind(".") > digits.rfind(",") else ","
    if points + commas == 0:
        return None
    used: Mark = "." if points else ","
    other: Mark = "," if points else "."
    if points + commas > 1:
        return other
    before, _, after = digits.partition(used)
    ambiguous = len(after) == _GROUP and 1 <= len(before) <= _GROUP and before != "0"
    return None if ambiguous else used


def groups_with_points(samples: Iterable[str]) -> bool:
    """Say whether a column of whole numbers writes 1.234 for a thousand: every point stands before three digits."""
    with_points = [plain for text in samples if "." in (plain := _plain(text)) and plain not in BLANK]
    return bool(with_points) and all(_GROUPED.fullmatch(plain) for plain in with_points)
