"""Pure: cutting instants to their hour, day or month inside the database, the same on SQLite and PostgreSQL."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, String, func
from sqlalchemy.orm import InstrumentedAttribute

from kit.tx import Tx

# As many characters of what `month_of` returns are a month: 2026-11.
MONTH = 7
_CUTS = {"hour": (13, "YYYY-MM-DD HH24"), "day": (10, "YYYY-MM-DD"), "month": (7, "YYYY-MM")}


def cut(
    tx: Tx, column: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    to: Literal["hour", "day", "month"],
) -> ColumnElement[Any]:  # fmt: skip
    """Return an instant's UTC hour, day or month as text: 2026-11-24 08, 2026-11-24 or 2026-11."""
    length, pattern = _CUTS[to]
    if tx.session.get_bind().dialect.name == "sqlite":
        return func.substr(column, 1, length, type_=String)
    return func.to_char(func.timezone("UTC", column), pattern, type_=String)


def month_of(tx: Tx, column: InstrumentedAttribute[datetime]) -> ColumnElement[Any]:
    """Return an instant's UTC month to group by; the first characters of it as text are the month.

    PostgreSQL takes long to write a text for every row.
    """
    if tx.session.get_bind().dialect.name == "sqlite":
        return func.substr(column, 1, MONTH, type_=String)
    return func.date_trunc("month", func.timezone("UTC", column))
