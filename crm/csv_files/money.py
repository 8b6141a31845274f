"""Pure: reads prices such as €1,200.50, 1.200 EUR or US$ 800."""

import re
from decimal import Decimal
from functools import lru_cache

from babel import Locale

from crm.csv_files.numbers import Mark, number_literal

# Longest first: R$ must not be read as $. A bare $ is the US dollar, the commonest; kr belongs to three countries.
_SYMBOLS = (
    ("us$", "USD"), ("mx$", "MXN"), ("r$", "BRL"), ("a$", "AUD"), ("c$", "CAD"), ("ca$", "CAD"), ("nz$", "NZD"),
    ("hk$", "HKD"), ("s$", "SGD"), ("zł", "PLN"), ("zl", "PLN"), ("kč", "CZK"), ("sfr.", "CHF"), ("fr.", "CHF"),
    ("€", "EUR"), ("£", "GBP"), ("¥", "JPY"), ("₹", "INR"), ("₩", "KRW"), ("₺", "TRY"), ("₽", "RUB"), ("₪", "ILS"),
    ("₴", "UAH"), ("₱", "PHP"), ("฿", "THB"), ("₫", "VND"), ("₦", "NGN"), ("$", "USD"), ("euros", "EUR"),
    ("euro", "EUR"), ("dollars", "USD"), ("dollar", "USD"), ("pounds", "GBP"), ("franken", "CHF"),
)  # fmt: skip
_CODE = re.compile(r"(?<![a-z])([a-z]{3})(?![a-z])")
_DASHES = re.compile(r"[.,](?:-{1,2}|–|—)(?!\d)")
_LONGEST = 60


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    """Return the ISO 4217 codes, former currencies included."""
    return frozenset(Locale("en").currencies)


@lru_cache(maxsize=4096)
def parse_money(text: str, *, decimal: Mark | None = None) -> tuple[Decimal, str | None] | None:
    """Read an amount and its ISO 4217 currency, None where the text names none; None for ranges and anything else."""
    if len(text) > _LONGEST:
        return None
    rest, currency = _without_currency(_DASHES.sub("", text.strip().lower()))
    literal = number_literal(rest, decimal)
    if literal is None or literal.startswith("-"):
        return None
    amount = Decimal(literal)
    return (amount.quantize(Decimal("0.01")), currency) if amount < Decimal("1e12") else None


def currency_code(text: str) -> str | None:
    """Return the ISO 4217 code that a cell names by code or symbol."""
    rest, currency = _without_currency(text.strip().lower())
    return currency if not rest else None


def _without_currency(text: str) -> tuple[str, str | None]:
    """Take the currency out of a lower-case text."""
    if (match := _CODE.search(text)) and match[1].upper() in _codes():
        return (text[: match.start()] + text[match.end() :]).strip(), match[1].upper()
    for symbol, code in _SYMBOLS:
        if symbol in text:
            return text.replace(symbol, "", 1).strip(), code
    return text.removesuffix("kr.").removesuffix("kr").removeprefix("kr").strip(), None
