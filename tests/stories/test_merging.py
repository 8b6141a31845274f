"""Two contacts become one, and two again: nothing is lost, nobody gets a step twice, and the way back is exact."""

import shutil
from pathlib import Path
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from crm import changes
from crm.merging.decisions import DECISIONS, find_contact_columns
from kit.clock import FixedClock
from kit.db import make_engine
from kit.tx import Database
from sequences.merging.merge import merge_contacts
from tests.conftest import MONDAY
from tests.stories.crowd import draw_person, found_company
from tests.stories.dump import Row, difference, dump
from tests.stories.world import World
from web.undo import REVERSERS

ADA = "user:1"
# What a merge and its undoing write down of themselves.
TOLD = {"merged", "unmerged", "sequence_stopped", "suppression"}


def is_record(table: str, row: Row) -> bool:
    """Timeline entries that record a merge or its undoing are no state; nothing else may differ."""
    return table == "timeline_entries" and row["kind"] in TOLD


def undo(database: Database, change_id: int) -> changes.Undone:
    with database.transaction() as tx:
        return changes.undo_change(tx, change_id, actor=ADA, reversers=REVERSERS)


def merge(database: Database, one: int, other: int, choices: dict[str, str] | None = None) -> int:
    with database.transaction() as tx:
        return merge_contacts(tx, one, other, actor=ADA, choices=choices).change.id


def test_every_column_that_names_a_contact_is_decided_about() -> None:
    assert sorted(DECISIONS) == find_contact_columns()


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company in a file, copied for every pair of people."""
    folder = tmp_path_factory.mktemp("company")
    path = folder / "company.sqlite3"
    shutil.copy(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    clock = FixedClock(MONDAY)
    found_company(World(Database(engine, clock, Random(1)), clock, folder))
    engine.dispose()
    return path


@settings(max_examples=15, phases=[Phase.explicit, Phase.generate])
@given(seed=st.integers(0, 1 << 32), choices=st.dictionaries(
    st.sampled_from(["name", "country", "topic", "city", "owner_id", "field:hob", "stage:1", "stage:2"]),
    st.sampled_from(["survivor", "absorbed"])))  # fmt: skip
def test_merging_and_taking_it_back_changes_nothing(company: Path, seed: int, choices: dict[str, str]) -> None:
    path, rng = company.with_name("pair.sqlite3"), Random(seed)
    shutil.copy(company, path)
    engine = make_engine(f"sqlite:///{path}")
    database = Database(engine, FixedClock(MONDAY), Random(1))
    try:
        with database.transaction() as tx:
            people = [draw_person(tx, rng, number) for number in range(3)]
        before = dump(database)
        change = merge(database, people[0], people[1], choices)
        assert dump(database)["contacts"] != before["contacts"]
        undone = undo(database, change)
        assert (undone.left, undone.why) == (0, "")
        assert difference(before, dump(database), is_record=is_record) == {}
    finally:
        engine.dispose()
