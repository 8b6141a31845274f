"""Use cases: own fields as conditions of people: what each kind can be asked, the same on SQLite and PostgreSQL.

`any` and `none` ask every kind whether there is a value; ranges are `a..b` with open ends, words are found anywhere.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Float, String, and_, case, cast, false, func, not_, or_

from crm.fields import known_fields
from crm.folding import escape_like
from crm.models import Contact
from kit.db import lowered
from kit.tx import Tx

ANY, NONE = "any", "none"
Condition = ColumnElement[bool]
End = TypeVar("End")
_UNITS = {"k": 1_000.0, "m": 1_000_000.0}


def field_condition(tx: Tx, key: str, text: str) -> Condition:
    """Return what must hold for a contact; a field nobody defined, and a value it cannot have, match nobody."""
    field, text = known_fields(tx).get(key), text.strip()
    if field is None or not text:
        return false()
    # Nothing is the empty text, so that "not" means the others, and never the unknown.
    value: Any = func.coalesce(Contact.fields[key].as_string(), "", type_=String)
    if text.lower() in (ANY, NONE):
        blank = and_(value == "")
        return not_(blank) if text.lower() == ANY else blank
    return _KINDS[field.kind](tx, value, text)


def _words(_tx: Tx, value: Any, text: str) -> Condition:
    """Words are found in any case; `a,b` is either of them."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    return or_(false(), *(lowered(value).like(f"%{escape_like(word.lower())}%", escape="\\") for word in words))


def _choice(_tx: Tx, value: Any, text: str) -> Condition:
    return and_(value.in_([word for word in (part.strip() for part in text.split(",")) if word]))


def _yes_no(_tx: Tx, value: Any, text: str) -> Condition:
    return and_(value == text.lower()) if text.lower() in ("yes", "no") else false()


def _number(tx: Tx, value: Any, text: str) -> Condition:
    bounds = read_numbers(text)
    return false() if bounds is None else _between(_number_in(tx, value), *bounds)


def _money(tx: Tx, value: Any, text: str) -> Condition:
    amounts, currency = _split_currency(text)
    same = [value.like(f"% {currency}")] if currency else []
    bounds = read_numbers(amounts) if amounts.strip() else (None, None)
    if bounds is None or not (same or bounds != (None, None)):
        return false()
    held = [_between(_number_in(tx, value), *bounds)] if bounds != (None, None) else []
    # Who is asked for a currency has something there.
    return and_(*(same or [value != ""]), *held)


def _split_currency(text: str) -> tuple[str, str]:
    """Return "100.." and "EUR" of "100.. eur"; no currency where the last word is none."""
    amounts, last = text[:-3], text[-3:]
    is_word = len(last) == len("EUR") and last.isascii() and last.isalpha() and not amounts[-1:].isalnum()
    return (amounts.rstrip(), last.upper()) if is_word else (text, "")


def _date(_tx: Tx, value: Any, text: str) -> Condition:
    bounds = read_days(text)
    if bounds is None:
        return false()
    low, high = bounds
    held = [value >= low.isoformat()] if low else []
    held += [value <= high.isoformat()] if high else []
    return and_(func.length(value) == len("2026-11-24"), *held)


_KINDS: dict[str, Callable[[Tx, Any, str], Condition]] = {
    "text": _words, "url": _words, "choice": _choice, "yes_no": _yes_no, "number": _number, "money": _money,
    "date": _date,
}  # fmt: skip


def read_numbers(text: str) -> tuple[float | None, float | None] | None:
    """Return the bounds of `a..b`; a lone number is the lower one; None when an end is no number, or there is none."""
    return _read_ends(text, _read_number)


def read_days(text: str) -> tuple[date | None, date | None] | None:
    """Return the bounds of `2026-01-01..2026-03-31`; a lone day is the first one; None when an end is no day."""
    return _read_ends(text, _read_day)


def _read_ends(text: str, read: Callable[[str], End | None]) -> tuple[End | None, End | None] | None:
    ends = [part.strip() for part in text.split("..", 1)]
    low, high = [*(read(end) for end in ends), None][:2]
    # Half a range that can be read is not what was asked.
    unread = any(end and one is None for end, one in zip(ends, (low, high), strict=False))
    return None if unread or (low, high) == (None, None) else (low, high)


def _between(number: ColumnElement[Any], low: float | None, high: float | None) -> Condition:
    if low is not None and high is not None:
        held: list[Condition] = [number.between(low, high)]  # reads the number once
    else:
        held = [number >= low] if low is not None else [number <= high]
    # Text that is no number is unknown to the comparison, and so does not match.
    return func.coalesce(and_(*held), false())


def _number_in(tx: Tx, value: Any) -> ColumnElement[Any]:
    """Return the number a text begins with, or null."""
    if tx.session.get_bind().dialect.name == "sqlite":
        begins = or_(value.op("GLOB")("[0-9]*"), value.op("GLOB")("-[0-9]*"))
        return case((begins, cast(value, Float)))
    return cast(func.substring(value, r"^-?[0-9]+(?:\.[0-9]+)?"), Float)


def _read_number(text: str) -> float | None:
    text = text.strip().lower().replace(",", ".")
    unit = _UNITS.get(text[-1:], 1.0)
    try:
        value = float(text[:-1] if unit > 1 else text) * unit
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
