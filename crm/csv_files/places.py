"""Pure: countries and languages by their names in some twenty languages, or by code."""

import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from babel import Locale
from babel.core import get_global

from crm.csv_files.numbers import is_blank

# Earlier languages win where one word names two places.
_LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sv", "da", "nb", "fi", "tr", "hu", "ro", "id", "el", "ru",
    "uk", "ar", "he", "hi", "th", "vi", "zh", "ja", "ko",
)  # fmt: skip
_NOT_COUNTRIES = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])
_OTHER_COUNTRIES = {
    "uk": "GB", "great britain": "GB", "britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "northern ireland": "GB", "grossbritannien": "GB", "grande bretagne": "GB", "gran bretana": "GB", "usa": "US",
    "united states of america": "US", "america": "US", "u s": "US", "u s a": "US", "estados unidos": "US",
    "eeuu": "US", "ee uu": "US", "etats unis d amerique": "US", "vereinigte staaten von amerika": "US",
    "holland": "NL", "the netherlands": "NL", "czech republic": "CZ", "tschechische republik": "CZ",
    "slovak republic": "SK", "russian federation": "RU", "south korea": "KR", "korea": "KR", "republic of korea": "KR",
    "korea republic of": "KR", "north korea": "KP", "turkey": "TR", "ivory coast": "CI", "burma": "MM",
    "swaziland": "SZ", "macedonia": "MK", "cape verde": "CV", "uae": "AE", "u a e": "AE", "emirates": "AE",
    "hong kong": "HK", "macau": "MO", "macao": "MO", "taiwan": "TW", "palestine": "PS", "vatican": "VA",
    "iran islamic republic of": "IR", "viet nam": "VN", "syrian arab republic": "SY", "republic of ireland": "IE",
    "mainland china": "CN", "brasil": "BR", "congo": "CG", "dr congo": "CD", "east timor": "TL", "brd": "DE",
}  # fmt: skip
_OTHER_LANGUAGES = {"mandarin": "zh", "cantonese": "zh", "castellano": "es", "castilian": "es", "farsi": "fa",
                    "tagalog": "tl", "flemish": "nl", "brazilian": "pt", "eng": "en", "ger": "de"}  # fmt: skip
_LONGEST = 80
_ALPHA2 = 2
_FLAG = 0x1F1E6


@lru_cache(maxsize=4096)
def country_code(text: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country's name, code or flag; of `Berlin, Germany` the last part."""
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    if len(text) == _ALPHA2 and all(_FLAG <= ord(char) < _FLAG + 26 for char in text):
        text = "".join(chr(ord(char) - _FLAG + ord("A")) for char in text)
    countries = _countries()
    for words in (text, _mended(text), text.rsplit(",", 1)[-1], text.split("(", 1)[0]):
        if code := countries.get(_bare(words)):
            return code
    return None


@lru_cache(maxsize=4096)
def language_code(text: str) -> str | None:
    """Return the ISO 639 code, of two letters where there is one; of several languages the first."""
    if is_blank(text) or len(text) > _LONGEST:  # NaN would be the code of Min Nan
        return None
    first = text.replace(";", ",").replace("/", ",").replace("|", ",").split(",")[0]
    languages = _languages()
    tag = first.strip().replace("_", "-").split("-")[0]
    return languages.get(_bare(first)) or languages.get(_bare(tag)) or languages.get(_bare(first.split("(")[0]))


def _mended(text: str) -> str:
    """Undo UTF-8 that was once read as Windows-1252, as files of several stations carry it: CÃ´te is Côte."""
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


@cache
def _countries() -> dict[str, str]:
    """Return the code of every folded name and code."""
    named = [_strings(Locale(language).territories) for language in _LANGUAGES]
    codes = {code for code in named[0] if len(code) == _ALPHA2 and code.isalpha()} - _NOT_COUNTRIES
    table = {code.lower(): code for code in codes} | _OTHER_COUNTRIES
    for alias, targets in get_global("territory_aliases").items():
        if alias.isalpha() and len(targets) == 1 and targets[0] in codes:
            table.setdefault(alias.lower(), targets[0])
    for names in named:
        for code, name in names.items():
            if code in codes:
                table.setdefault(_bare(name), code)
    return table


@cache
def _languages() -> dict[str, str]:
    """Return the code of every folded name and code."""
    named = [_strings(Locale(language).languages) for language in _LANGUAGES]
    codes = {code for code in named[0] if "_" not in code}
    table = {code: code for code in codes} | _OTHER_LANGUAGES
    for alias, target in _strings(get_global("language_aliases")).items():
        if alias.isalpha() and target in codes:
            table.setdefault(alias, target)
    for names in named:
        for code, name in names.items():
            table.setdefault(_bare(name), code.split("_", maxsplit=1)[0])
    return table


def _strings(names: Mapping[Any, Any]) -> dict[str, str]:
    """Return a locale's table with the types it has; the library's annotations are wider."""
    return {str(code): str(name) for code, name in names.items()}


def _bare(name: str) -> str:
    """Return a name in lower case without accents, points and a leading article."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(char for char in decomposed if not unicodedata.combining(char))
    words = "".join(char if char.isalnum() else " " for char in kept).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)
