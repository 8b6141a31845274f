"""Instants in the database: aware in, aware out, and nothing naive."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Dialect, Table, delete, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import StatementError

from kit.db import Instant
from kit.tx import Database

SQLITE, POSTGRESQL = (make_url(url).get_dialect()() for url in ("sqlite://", "postgresql+psycopg://"))
NAIVE = datetime.fromisoformat("2026-11-23T09:00")
MOMENTS = st.datetimes(NAIVE.replace(year=1971), NAIVE.replace(year=2100), timezones=st.timezones())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.none() | MOMENTS)
def test_an_instant_comes_back_as_itself_in_utc(house: Database, notes: Table, at: datetime | None) -> None:
    with house.transaction() as tx:
        tx.session.execute(delete(notes))
        tx.session.execute(insert(notes).values(at=at))
        found = tx.session.scalar(select(notes.c.at))
    assert found == (at and at.astimezone(UTC))
    assert found is None or found.tzinfo is UTC


@given(MOMENTS, MOMENTS)
def test_sqlite_orders_instants_of_any_two_zones_by_time(one: datetime, other: datetime) -> None:
    stored = [Instant().process_bind_param(at, SQLITE) for at in (one, other)]
    assert stored[0] is not None
    assert stored[1] is not None
    assert (stored[0] < stored[1]) == (one.astimezone(UTC) < other.astimezone(UTC))


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRESQL], ids=["sqlite", "postgresql"])
def test_a_moment_without_a_zone_is_refused(dialect: Dialect) -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        Instant().process_bind_param(NAIVE, dialect)


def test_a_moment_without_a_zone_never_reaches_a_row(house: Database, notes: Table) -> None:
    with pytest.raises(StatementError, match="needs a zone"), house.transaction() as tx:
        tx.session.execute(insert(notes).values(at=NAIVE))


@pytest.mark.parametrize(
    ("pragma", "expected"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 30000)]
)
def test_sqlite_keeps_its_promises(house: Database, pragma: str, expected: object) -> None:
    with house.reading() as tx:
        assert tx.session.scalar(text(f"PRAGMA {pragma}")) == expected
