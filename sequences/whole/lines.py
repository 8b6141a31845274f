"""Pure: a row as one line of JSON and back, the same on every database."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Integer, LargeBinary, Numeric, String, Table
from sqlalchemy.types import Float, TypeDecorator

from kit.db import Instant

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
_PLAIN = (String, Integer, Boolean, Float, JSON)


def make_writer(table: Table, blanks: Mapping[str, Any]) -> Callable[[Iterable[Any]], bytes]:
    """Return what writes rows of a table as lines; `blanks` stand for columns that stay here."""
    names = [column.name for column in table.columns]
    made = [column.name for column in table.columns if not isinstance(column.type, _PLAIN)]

    def write(row: Iterable[Any]) -> bytes:
        values = dict(zip(names, row, strict=True))
        for name in made:
            values[name] = plain_value(values[name])
        return _ENCODER.encode({**values, **blanks}).encode() + b"\n"

    return write


def read_line(table: Table, line: bytes) -> dict[str, Any]:
    """Return what a line says, by column. Raises ValueError or KeyError for what is no row of this table."""
    given = json.loads(line)
    if not isinstance(given, dict) or set(given) != set(table.columns.keys()):
        raise ValueError("not a row of this table")
    return {column.name: _value(column, given[column.name]) for column in table.columns}


def plain_value(value: Any) -> Any:
    """Return a value as JSON holds it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def _value(column: Column[Any], value: Any) -> Any:
    kind = column.type
    if value is None or isinstance(kind, JSON):
        return value
    if isinstance(kind, Instant) or (isinstance(kind, TypeDecorator) and kind.impl_instance.python_type is datetime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value, validate=True)
    if isinstance(kind, Numeric) and not isinstance(kind, Float):
        return Decimal(value)
    return value
