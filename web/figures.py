"""Wire: how numbers, names and channels read in a small space, in the language of the request."""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency, format_decimal, format_percent

from web.words import this_locale

_THOUSAND, _MILLION = 1_000, 1_000_000
_ROUND_FROM = 10
_HUES = 12
_MONEY, _MONEY_CENTS = {"de": "#,##0\xa0¤"}, {"de": "#,##0.00\xa0¤"}
_PERCENT = {"de": "0.0\xa0%"}
_CHANNELS = {
    "youtube": ("YT", "YouTube"),
    "instagram": ("IG", "Instagram"),
    "tiktok": ("TT", "TikTok"),
    "twitch": ("TW", "Twitch"),
    "x": ("X", "X"),
    "newsletter": ("NL", "Newsletter"),
    "podcast": ("PD", "Podcast"),
    "website": ("WEB", "Website"),
    "facebook": ("FB", "Facebook"),
    "linkedin": ("IN", "LinkedIn"),
    "pinterest": ("PI", "Pinterest"),
}


def short(number: float | None) -> str:
    """Return a size as people say it: 940, 9.4k, 184k, 1.2M; a dash when unknown."""
    if number is None:
        return "–"
    if number < _THOUSAND:
        return f"{number:.0f}"
    return _short(number, this_locale())


# A list shows some hundred figures, and the same ones when it is looked at again.
@lru_cache(maxsize=20_000)
def _short(number: float, locale: str) -> str:
    unit, letter = (_THOUSAND, "k") if number < _MILLION else (_MILLION, "M")
    value = number / unit
    whole = value >= _ROUND_FROM or value == int(value)
    return format_decimal(value, "0" if whole else "0.0", locale=locale) + letter


def percent(fraction: float | None) -> str:
    """Return a fraction as per cent with one decimal; a dash when unknown."""
    return "–" if fraction is None else _percent(fraction, this_locale())


@lru_cache(maxsize=5_000)
def _percent(fraction: float, locale: str) -> str:
    return format_percent(fraction, _PERCENT.get(locale, "0.0%"), locale=locale)


def share(part: int, whole: int) -> float:
    """Return `part` of `whole` in per cent, from 0 to 100."""
    return min(100.0, round(100 * part / whole, 1)) if whole else 0.0


def money(amount: Decimal | None, currency: str | None) -> str:
    """Return a price in its currency, without empty cents; a dash when unknown."""
    if amount is None:
        return "–"
    return _money(amount, currency or "EUR", this_locale())


@lru_cache(maxsize=5_000)
def _money(amount: Decimal, currency: str, locale: str) -> str:
    whole = amount == amount.to_integral_value()
    pattern = _MONEY.get(locale, "¤#,##0") if whole else _MONEY_CENTS.get(locale, "¤#,##0.00")
    return format_currency(amount, currency, pattern, locale=locale, currency_digits=False)


def initials(name: str) -> str:
    """Return the letters an avatar shows: first of the first and last word that begin with a letter."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalpha()]
    if not words:
        return "·"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def hue(number: int) -> int:
    """Return one of twelve hues for a row's number; neighbours differ."""
    return number * 5 % _HUES


def channel(platform: str) -> tuple[str, str]:
    """Return a platform's short code and its name."""
    return _CHANNELS.get(platform, (platform[:2].upper(), platform.capitalize()))


def slug(name: str) -> str:
    """Return a name as the decoration of an address: imani-oduya; empty when no plain letter is left."""
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in name.lower()).split())[:60]
