"""Everything in a database as values, to compare the state before with the state after."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

import sequences.models
from crm.merging.rows import pack_row
from kit.db import Base
from kit.tx import Database

assert sequences.models.Send
# What records deeds and undoing them: nobody's state.
RECORDS = ("changes", "heartbeats")

Row = dict[str, Any]


def dump(database: Database, *, without: tuple[str, ...] = RECORDS) -> dict[str, list[Row]]:
    """Return every row of every table, in the order of its key."""
    found: dict[str, list[Row]] = {}
    with database.reading() as tx:
        for name, table in sorted(Base.metadata.tables.items()):
            if name not in without:
                rows = tx.session.execute(select(table).order_by(*table.primary_key.columns)).mappings()
                found[name] = [pack_row(table, row) for row in rows]
    return found


def difference(
    before: Mapping[str, list[Row]], after: Mapping[str, list[Row]], *, is_record: Callable[[str, Row], bool]
) -> dict[str, tuple[list[Row], list[Row]]]:
    """Return what is there only before, and only after, by table; rows that only record a deed are left out."""
    return {
        name: (gone, new)
        for name, rows in before.items()
        for gone in [[row for row in rows if row not in after[name]]]
        for new in [[row for row in after[name] if row not in rows and not is_record(name, row)]]
        if gone or new
    }
