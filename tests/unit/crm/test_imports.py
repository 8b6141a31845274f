from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from crm.brands import create_brand
from crm.contacts import add_address, create_contact, get_contact_by_email, list_tags, refresh_search_text
from crm.imports import run_import
from crm.models import Contact, ContactAddress, Import, TimelineEntry
from crm.pipeline import stage_name
from kit.clock import FixedClock
from kit.db import make_engine
from kit.errors import InvalidError
from kit.tx import Database
from tests.servers.postgres import PostgresServer
from tests.unit.crm.importing import HEADER, PEOPLE, bring, dump, told, verdicts, write

VERDICTS = ["created", "created", "rejected", "duplicate", "updated", "created"]


@pytest.fixture
def brand(database: Database) -> int:
    with database.transaction() as tx:
        return create_brand(tx, "Inkwell").id


def test_every_row_gets_its_verdict(database: Database, brand: int, tmp_path: Path) -> None:
    heard: list[int] = []
    result = bring(database, write(tmp_path, PEOPLE), progress=heard.append)
    assert verdicts(result) == VERDICTS
    assert result.counts == {"created": 3, "updated": 1, "unchanged": 0, "duplicate": 1, "rejected": 1}
    assert heard == [2, 4, 6]
    assert [row["line"] for row in result.rows] == [2, 3, 4, 5, 6, 7]
    assert result.rows[3]["reason"] == "The same person as on line 2."
    assert result.rows[4]["reason"] == "Added tag paper."
    assert "not an address" in result.rows[2]["reason"]
    assert result.mapping["Instagram"] == "handle"
    with database.reading() as tx:
        mia = get_contact_by_email(tx, "mia@tinte.example")
        assert {row["contact"] for row in result.rows if row["line"] in {2, 5, 6}} == {mia.id}
        assert (mia.name, mia.first_name, mia.last_name, mia.city) == ("Mia Tinte", "Mia", "Tinte", "Ulm")
        assert list_tags(tx, mia.id) == ["ink", "paper"]
        assert stage_name(tx, mia.id, brand) == "Found"
        entries = tx.session.execute(
            select(TimelineEntry.kind, TimelineEntry.summary, TimelineEntry.actor)
            .where(TimelineEntry.contact_id == mia.id)
            .order_by(TimelineEntry.id)
        ).all()
        assert [tuple(entry) for entry in entries] == [
            ("added", "Added from creators.csv, row 2", "user:1"),
            ("updated", "Updated from creators.csv, row 6: tag paper", "user:1"),
        ]
        stored = tx.session.get_one(Import, result.import_id)
        assert stored.counts == result.counts
        before = mia.search_text
        refresh_search_text(tx, mia)
        assert mia.search_text == before == "mia tinte ulm mia@tinte.example mia.tinte ink paper"


def test_the_same_file_again_changes_nothing(database: Database, brand: int, tmp_path: Path) -> None:
    path = write(tmp_path, PEOPLE)
    bring(database, path)
    before = dump(database, without=("imports",))
    again = bring(database, path)
    assert verdicts(again) == ["unchanged", "unchanged", "rejected", "duplicate", "duplicate", "unchanged"]
    assert dump(database, without=("imports",)) == before


@pytest.mark.parametrize("name", ["creators.csv", "zeichner.csv"])
@pytest.mark.parametrize("chunk_rows", [1, 7, 1000])
def test_files_of_the_world_twice(database: Database, name: str, chunk_rows: int) -> None:
    path = Path(__file__).parents[2] / "data" / "contacts" / name
    options: dict[str, Any] = {"platform": "instagram", "chunk_rows": chunk_rows}
    first, second = bring(database, path, **options), bring(database, path, **options)
    assert first.counts["created"] >= 4
    assert second.counts["created"] == second.counts["updated"] == 0
    assert sum(first.counts.values()) == sum(second.counts.values()) == len(first.rows)


def test_a_dry_run_writes_nothing_and_says_the_same(database: Database, brand: int, tmp_path: Path) -> None:
    path = write(tmp_path, PEOPLE)
    before = dump(database)
    dry = bring(database, path, dry_run=True)
    assert dump(database) == before
    assert dry.import_id is None
    assert {row["contact"] for row in dry.rows} == {None}
    real = bring(database, path)
    assert told(real) == told(dry)
    assert (real.counts, real.mapping) == (dry.counts, dry.mapping)


CELL = st.sampled_from(
    [
        "",
        "a@x.example",
        "b@x.example",
        "a@x.example; c@x.example",
        "@ann",
        "@ben",
        "Ann",
        "Ben",
        "12K",
        "-",
        '"',
        "é,",
        "=A1",
    ]
)
ROW = st.lists(CELL, min_size=1, max_size=6)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, max_size=12), chunk_rows=st.integers(1, 5))
def test_counts_add_up_whatever_the_file(
    sqlite_database: Database, tmp_path: Path, rows: list[list[str]], chunk_rows: int
) -> None:
    lines = [",".join(cells) for cells in rows]
    path = write(tmp_path, HEADER + "\n".join(lines) + "\n")
    dry = bring(sqlite_database, path, dry_run=True)
    real = bring(sqlite_database, path, chunk_rows=chunk_rows)
    again = bring(sqlite_database, path, chunk_rows=chunk_rows)
    assert sum(real.counts.values()) == len(real.rows) <= len(rows)
    assert [row["line"] for row in real.rows] == sorted(row["line"] for row in real.rows)
    assert told(dry) == told(real)
    assert again.counts["created"] == again.counts["updated"] == 0
    assert again.counts["rejected"] == real.counts["rejected"]


def test_somebody_added_by_hand_between_two_chunks_is_found(database: Database, tmp_path: Path) -> None:
    def meanwhile(done: int) -> None:
        if done == 2:
            with database.transaction() as tx:
                add_address(tx, get_contact_by_email(tx, "a@x.example"), "c@x.example", source="by hand")

    content = "Name,Email\nA,a@x.example\nB,b@x.example\nC,c@x.example\n"
    result = bring(database, write(tmp_path, content), progress=meanwhile)
    assert verdicts(result) == ["created", "created", "duplicate"]
    with database.reading() as tx:
        assert tx.session.scalar(select(func.count(ContactAddress.id))) == 3
        assert tx.session.scalar(select(func.count(Contact.id))) == 2


@pytest.fixture
def postgres_database(postgres: PostgresServer, clock: FixedClock) -> Iterator[Database]:
    with postgres.fresh_database() as url:
        engine = make_engine(url)
        yield Database(engine, clock, Random(1))
        engine.dispose()


@pytest.mark.server("postgresql")
def test_somebody_added_while_a_chunk_is_stored_is_found(postgres_database: Database, tmp_path: Path) -> None:
    waiting = ["mia@tinte.example"]

    def meanwhile(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO contacts") and waiting:
            emails = [waiting.pop()]
            with postgres_database.transaction() as tx:
                create_contact(tx, name="By hand", emails=emails, actor="user:1")

    event.listen(postgres_database.engine, "before_cursor_execute", meanwhile)
    path = write(tmp_path, HEADER + "Mia,mia@tinte.example,,,Ulm,\nTom,tom@marker.example,,,,\n")
    assert verdicts(bring(postgres_database, path)) == ["updated", "created"]
    with postgres_database.reading() as tx:
        mia = get_contact_by_email(tx, "mia@tinte.example")
        assert (mia.name, mia.city) == ("By hand", "Ulm")
        assert tx.session.scalar(select(func.count(Contact.id))) == 2


def test_a_table_that_names_nobody_is_refused_and_leaves_no_import(sqlite_database: Database, tmp_path: Path) -> None:
    path = tmp_path / "paints.csv"
    path.write_text("colour,size\nred,4\nblue,5\n")
    with pytest.raises(InvalidError, match="who a row is about"):
        run_import(sqlite_database, path, brand_name=None, overrides={}, platform=None, dry_run=False, actor="user:1")
    with sqlite_database.reading() as tx:
        assert tx.session.scalar(select(Import)) is None
