"""Use cases: rows before and after a merge, what became of each, and how they become again what they were.

A difference is a document, kept with the change: `moved` has the numbers of rows that went over and are else the same,
`rows` has [table, key, before, after] with the columns that changed; None where a row was not there.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from crm.merging.decisions import columns_for
from kit.db import Base, Instant
from kit.tx import Tx

Key = tuple[Any, ...]
Values = dict[str, Any]
_PART = 500


@dataclass(slots=True)
class Shot:
    """The rows of some people at one moment: whole ones by table and key, and the numbers of those that only move."""

    rows: dict[str, dict[Key, Values]] = field(default_factory=dict)
    numbers: dict[str, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class Restored:
    """What a reversal did: `left` names tables and how many of their rows somebody changed since."""

    left: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def take_shot(tx: Tx, survivor_id: int, absorbed_id: int) -> Shot:
    """Read all that a merge of these two may change."""
    tx.session.flush()
    shot, both = Shot(), (survivor_id, absorbed_id)
    wheres: dict[str, list[ColumnElement[bool]]] = defaultdict(list)
    for name in columns_for("whole"):
        table, column = _column(name)
        wheres[table.name].append(column.in_(both))
    wheres["contacts"].append(Base.metadata.tables["contacts"].c.id.in_(both))
    places = [f"contact:{number}" for number in both]
    wheres["mail_drafts"].append(Base.metadata.tables["mail_drafts"].c.place.in_(places))
    for name, some in wheres.items():
        shot.rows[name] = _read(tx, Base.metadata.tables[name], or_(*some))
    for name in columns_for("moves"):
        table, column = _column(name)
        shot.numbers[name] = list(
            tx.session.scalars(select(table.c.id).where(column == absorbed_id).order_by(table.c.id))
        )
    return shot


def compare_shots(before: Shot, after: Shot) -> dict[str, Any]:
    """Return what became of each row, as a document."""
    rows: list[list[Any]] = []
    for name, old in before.rows.items():
        new = after.rows[name]
        for key in [*old, *(key for key in new if key not in old)]:
            was, now = old.get(key), new.get(key)
            if was is None or now is None:
                rows.append([name, list(key), was, now])
            elif was != now:
                names = [column for column in was if was[column] != now[column]]
                rows.append([name, list(key), {n: was[n] for n in names}, {n: now[n] for n in names}])
    return {"moved": {name: ids for name, ids in before.numbers.items() if ids}, "rows": rows}


def restore_rows(
    tx: Tx, difference: Mapping[str, Any], survivor_id: int, absorbed_id: int, *, only_back: Collection[int] = ()
) -> Restored:
    """Make rows what they were, column by column, where nobody changed them since.

    Runs named in `only_back` go back to their contact and stay as they are otherwise.
    """
    restored = Restored()
    rows = difference["rows"]
    for name, key, was, now in rows:
        if was is None:
            _remove(tx, _table(name), tuple(key), now, restored)
    # Who leaves the survivor goes first: only then may a run of the survivor's be open again in the same sequence.
    for name, key, was, now in sorted(rows, key=lambda row: "contact_id" not in (row[2] or {})):
        if was is not None and now is not None:
            again = name == "enrolments" and key[0] in only_back
            kept = {n: value for n, value in was.items() if not again or n == "contact_id"}
            _change_back(tx, _table(name), tuple(key), kept, now, restored)
    for name, key, was, now in rows:
        if now is None:
            _insert_again(tx, _table(name), tuple(key), was, restored)
    for name, numbers in difference["moved"].items():
        table, column = _column(name)
        for begin in range(0, len(numbers), _PART):
            some = table.c.id.in_(numbers[begin : begin + _PART])
            tx.session.execute(update(table).where(some, column == survivor_id).values({column.name: absorbed_id}))
    tx.session.expire_all()
    return restored


def pack_row(table: Table, row: Mapping[Any, Any]) -> Values:
    """Return a row as a document keeps it."""
    return {column.name: _pack(row[column.name]) for column in table.columns}


def _read(tx: Tx, table: Table, where: ColumnElement[bool]) -> dict[Key, Values]:
    query = select(table).where(where).order_by(*table.primary_key.columns)
    found: dict[Key, Values] = {}
    for row in tx.session.execute(query).mappings():
        values = pack_row(table, row)
        found[tuple(values[column.name] for column in table.primary_key.columns)] = values
    return found


def _remove(tx: Tx, table: Table, key: Key, now: Values, restored: Restored) -> None:
    found = _read(tx, table, _is(table, key)).get(key)
    if found is not None and found != now:
        restored.left[table.name] += 1
    elif found is not None:
        tx.session.execute(delete(table).where(_is(table, key)))


def _change_back(tx: Tx, table: Table, key: Key, was: Values, now: Values, restored: Restored) -> None:
    found = _read(tx, table, _is(table, key)).get(key)
    if found is None:
        restored.left[table.name] += 1
        return
    back = {name: value for name, value in was.items() if found[name] == now[name]}
    if len(back) < len(was):
        restored.left[table.name] += 1
    if back:
        tx.session.execute(update(table).where(_is(table, key)).values(_unpack_all(table, back)))


def _insert_again(tx: Tx, table: Table, key: Key, was: Values, restored: Restored) -> None:
    """Bring a row back, under its number where that is free."""
    values = _unpack_all(table, was)
    if _read(tx, table, _is(table, key)):
        if [column.name for column in table.primary_key.columns] != ["id"]:
            restored.left[table.name] += 1
            return
        values.pop("id")
    try:
        with tx.session.begin_nested():
            tx.session.execute(insert(table).values(values))
    except IntegrityError:
        # What says the same is there already, under another number.
        restored.left[table.name] += 1


def _is(table: Table, key: Key) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(table.primary_key.columns, key, strict=True)))


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _column(name: str) -> tuple[Table, Column[Any]]:
    table, _, column = name.partition(".")
    return _table(table), _table(table).c[column]


def _pack(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _unpack_all(table: Table, values: Mapping[str, Any]) -> Values:
    return {name: _unpack(table.c[name], value) for name, value in values.items()}


def _unpack(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, Instant):
        return datetime.fromisoformat(value)
    kind = column.type.python_type
    if kind is date:
        return date.fromisoformat(value)
    return Decimal(value) if kind is Decimal else value
