"""Many rows in one call of the driver, on both databases: the same as SQLAlchemy would have stored."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, Table, bindparam, insert, select, update

from crm.models import Contact, TimelineEntry
from kit.db import execute_many

AT = datetime(2026, 11, 27, 9, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
CONTACTS, ENTRIES = (model.__table__ for model in (Contact, TimelineEntry))
assert isinstance(CONTACTS, Table)
assert isinstance(ENTRIES, Table)
ADD = insert(ENTRIES)
RENAME = (
    update(ENTRIES).where(ENTRIES.c.id == bindparam("key")).values(summary=bindparam("words"), at=bindparam("when"))
)


def test_rows_are_stored_as_sqlalchemy_stores_them(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert(CONTACTS), [{"id": 1, "name": "Imani Osei", "created_at": AT}])
        rows = [
            {"contact_id": 1, "at": AT, "kind": "note", "actor": "mia", "summary": words, "data": {"ä": [1, None]}}
            for words in ("one", "it's 100 %")
        ]
        connection.execute(ADD, rows)
        execute_many(connection, ADD, rows)
        columns = [column for column in ENTRIES.c if column.name != "id"]
        stored = [tuple(row) for row in connection.execute(select(*columns).order_by(ENTRIES.c.id))]
        assert stored[:2] == stored[2:]
        assert stored[2][ENTRIES.c.keys().index("at") - 1] == AT.astimezone(UTC)
        execute_many(connection, RENAME, [{"key": 3, "words": "two", "when": AT}])
        assert connection.execute(select(ENTRIES.c.summary).order_by(ENTRIES.c.id)).scalars().all() == [
            "one", "it's 100 %", "two", "it's 100 %",
        ]  # fmt: skip


def test_a_naive_instant_is_refused(engine: Engine) -> None:
    with engine.begin() as connection, pytest.raises(ValueError, match="zone"):
        execute_many(connection, RENAME, [{"key": 1, "words": "x", "when": datetime(2026, 1, 1)}])  # noqa: DTZ001
