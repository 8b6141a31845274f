from pathlib import Path

import pytest

from kit.clock import FixedClock
from kit.tx import Database
from tests.stories.world import World


@pytest.fixture
def world(database: Database, clock: FixedClock, tmp_path: Path) -> World:
    return World(database, clock, tmp_path)


@pytest.fixture
def small(sqlite_database: Database, clock: FixedClock, tmp_path: Path) -> World:
    """A world on SQLite alone, for rules that do not depend on the database."""
    return World(sqlite_database, clock, tmp_path)
