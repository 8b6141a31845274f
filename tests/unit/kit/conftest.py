"""A house of one table, on SQLite."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table

from kit.clock import FixedClock
from kit.db import Instant, make_engine
from kit.tx import Database

NOTES = Table(
    "notes", MetaData(), Column("id", Integer, primary_key=True), Column("text", String(40)), Column("at", Instant)
)


@pytest.fixture
def notes() -> Table:
    return NOTES


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Database]:
    engine = make_engine(f"sqlite:///{tmp_path / 'notes.sqlite3'}")
    NOTES.metadata.create_all(engine)
    yield Database(engine, FixedClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC)), Random(1))
    engine.dispose()
