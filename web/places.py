"""Wire: countries and languages by name, in the reader's language."""

from babel import Locale

from web.words import this_locale


def country_name(code: str | None) -> str:
    """Return what a country's two letters stand for; the letters when nobody knows."""
    return _known("territories", (code or "").upper())


def language_name(code: str | None) -> str:
    """Return what a language's letters stand for; the letters when nobody knows."""
    return _known("languages", code or "")


def _known(kind: str, code: str) -> str:
    names = getattr(Locale.parse(this_locale()), kind)
    return str(names.get(code, code))
