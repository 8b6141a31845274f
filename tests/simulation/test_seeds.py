"""Seeded worlds: a short sweep in every run, a long one with `make sim`."""

import os
import shutil
from pathlib import Path
from random import Random

import pytest

from kit.clock import FixedClock
from kit.db import make_engine
from kit.tx import Database
from tests.simulation.simulated import BEGINS, Simulation

SEEDS = int(os.environ.get("RAPPORT_SEEDS", "6"))
DAYS = int(os.environ.get("RAPPORT_DAYS", "12"))


@pytest.mark.simulation
@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_invariant_breaks(seed: int, sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "rapport.sqlite3")
    clock = FixedClock(BEGINS)
    engine = make_engine(f"sqlite:///{tmp_path / 'rapport.sqlite3'}")
    # What is safe on disk does not matter to a world that lives for seconds.
    simulation = Simulation(seed, Database(engine, clock, Random(seed)), clock, tmp_path)
    simulation.run(DAYS)
    simulation.finish()
    engine.dispose()
    assert simulation.world.server.outbox
