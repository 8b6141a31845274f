"""Imports and exports as long work: killed between chunks, resumed with no row doubled, taken back."""

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy import func, select

import crm.import_job
from crm.changes import undo_change
from crm.export_job import RESULT
from crm.import_job import LEFT_OUT, UPLOAD
from crm.import_merge import VERDICTS
from crm.import_undo import undo_import
from crm.imports import run_import
from crm.jobs import add_to_file, get_job, list_files, read_file, start_job
from crm.models import Change, Contact, ContactAddress, ContactTag, Import, Job, JobFile, TimelineEntry
from kit.errors import ConflictError
from kit.tx import Tx
from sequences.jobs.runner import run_job, run_jobs
from tests.stories.world import World
from web.undo import REVERSERS

# 61 rows: some twice in other chunks, some broken, figures twice.
ROWS = [f"Creator {n % 50},creator{n % 50}@list.example,@creator{n % 50},{n + 1}K" for n in range(58)]
BROKEN = ["Nobody,not an address,,", "=Bad,also not,,", ",,,"]
FILE = "\n".join(["Name,Email,Instagram,Followers", *ROWS, *BROKEN]) + "\n"


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crm.import_job, "CHUNK", 10)
    monkeypatch.setattr("crm.export_job.CHUNK", 10)
    crm.import_job._OPEN.clear()


def ask(world: World, text: str = FILE, **data: object) -> int:
    with world.database.transaction() as tx:
        asked = {"filename": "list.csv", "columns": {}, "brand_id": 1, "basis": "Public address", "tag": "nov"} | data
        job = start_job(tx, "import", actor="user:1", total=61, data=asked)
        add_to_file(tx, job, UPLOAD, text.encode())
        return job.id


def read(world: World, job_id: int) -> Job:
    with world.database.reading() as tx:
        return get_job(tx, job_id)


def count(tx: Tx, model: type[object]) -> int:
    return tx.session.scalar(select(func.count()).select_from(model)) or 0


def test_an_import_that_is_restarted_after_every_chunk_comes_to_the_same(world: World, tmp_path: Path) -> None:
    job_id = ask(world)
    chunks = 0
    while run_job(world.engine, job_id, chunks=1):
        chunks += 1
        crm.import_job._OPEN.clear()  # a new process
    assert chunks == 6
    job = read(world, job_id)
    counts = job.result["counts"]
    assert (job.state, job.done, job.total, sum(counts.values())) == ("done", 61, 61, 61)
    path = tmp_path / "list.csv"
    path.write_text(FILE)
    again = run_import(
        world.database, path, brand_name=None, overrides={}, platform=None, dry_run=True, actor="x", chunk_rows=10
    )
    assert again.counts["created"] == 0
    assert (counts["created"], counts["rejected"]) == (50, 3)
    assert counts["duplicate"] + counts["updated"] == 8, "rows of earlier chunks are known as such after a restart"
    with world.database.reading() as tx:
        assert count(tx, Contact) == count(tx, ContactAddress) == 50
        assert (
            tx.session.scalar(select(func.count()).select_from(TimelineEntry).where(TimelineEntry.kind == "added"))
            == 50
        )
        assert {row.basis for row in tx.session.scalars(select(Contact))} == {"Public address"}
        assert count(tx, ContactTag) == 50
        assert tx.session.scalars(select(Import)).one().counts == counts
        assert list_files(tx, job_id) == {LEFT_OUT}, "the uploaded file is gone"


def test_a_restart_gives_every_row_the_verdict_of_one_go(small: World) -> None:
    job_id = ask(small)
    while run_job(small.engine, job_id, chunks=1):
        crm.import_job._OPEN.clear()
    restarted = read(small, job_id).result["counts"]
    with small.database.transaction() as tx:
        undo_change(tx, read(small, job_id).change_id or 0, actor="user:1", reversers=REVERSERS)
    second = ask(small)
    run_jobs(small.engine)
    assert read(small, second).result["counts"] == restarted
    assert set(restarted) == set(VERDICTS)


def test_what_was_left_out_comes_back_as_a_file_no_spreadsheet_runs(small: World) -> None:
    job_id = ask(small)
    run_jobs(small.engine)
    with small.database.reading() as tx:
        text = read_file(tx, job_id, LEFT_OUT).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["line", "why it was left out", "Name", "Email", "Instagram", "Followers"]
    assert [row[0] for row in rows[1:]] == ["60", "61", "62"]
    assert rows[2][2] == "'=Bad"
    assert sum(read(small, job_id).left_out.values()) == 3


def test_an_import_is_taken_back_with_its_people(world: World) -> None:
    job_id = ask(world)
    run_job(world.engine, job_id, chunks=2)
    with world.database.reading() as tx:
        change = tx.session.scalars(select(Change)).one()
    with pytest.raises(ConflictError, match="still running"), world.database.transaction() as tx:
        undo_change(tx, change.id, actor="user:1", reversers=REVERSERS)
    run_jobs(world.engine)
    with world.database.transaction() as tx:
        undone = undo_change(tx, change.id, actor="user:1", reversers=REVERSERS)
        assert (undone.undone, undone.left) == (50, 0)
        assert count(tx, Contact) == 0
        assert undone.change.summary.startswith("Imported list.csv: 50 new, ")


def test_a_file_that_brings_nothing_is_no_change(small: World) -> None:
    job_id = ask(small, "Name,Email\n,broken\n,worse\n")
    run_jobs(small.engine)
    job = read(small, job_id)
    assert (job.state, job.change_id, job.result["counts"]["rejected"]) == ("done", None, 2)
    with small.database.reading() as tx:
        assert count(tx, Change) == 0


def test_a_file_without_people_stops_with_a_sentence(small: World) -> None:
    job_id = ask(small, "City,Country\nUlm,DE\nBonn,DE\n")
    run_jobs(small.engine)
    job = read(small, job_id)
    assert (job.state, job.done) == ("failed", 0)
    assert "No column tells who" in job.result["fault"]


def test_an_export_resumes_and_writes_everybody_once(world: World) -> None:
    ids = world.people(25, topic="=cmd|' /C calc'!A0")
    with world.database.transaction() as tx:
        tx.session.get_one(Contact, ids[24]).erased_at = tx.now
        job_id = start_job(tx, "export", actor="user:1", total=25, data={"ids": ids, "brand_id": 1}).id
    assert run_job(world.engine, job_id, chunks=1)
    run_jobs(world.engine)
    with world.database.reading() as tx:
        rows = list(csv.DictReader(io.StringIO(read_file(tx, job_id, RESULT).decode("utf-8-sig"))))
        assert tx.session.scalar(select(func.count()).select_from(JobFile).where(JobFile.job_id == job_id)) == 3
    assert [row["email"] for row in rows] == [f"creator{n}@people.example" for n in range(24)]
    assert {row["topic"] for row in rows} == {"'=cmd|' /C calc'!A0"}
    assert read(world, job_id).left_out == {"Erased, or taken back, since the export was asked for.": 1}


def test_an_import_that_runs_cannot_be_taken_back(world: World) -> None:
    job_id = ask(world)
    run_job(world.engine, job_id, chunks=2)
    with world.database.transaction() as tx, pytest.raises(ConflictError, match="still running"):
        undo_import(tx, read(world, job_id).cursor["import_id"], "user:1")
    while run_job(world.engine, job_id):
        pass
    with world.database.transaction() as tx:
        undo_import(tx, 1, "user:1")
        assert count(tx, Contact) == 0


def test_a_job_brings_nobody_once_its_import_was_taken_back(world: World) -> None:
    job_id = ask(world)
    run_job(world.engine, job_id, chunks=2)
    with world.database.transaction() as tx:
        tx.session.get_one(Job, job_id).state = "failed"
        tx.session.flush()
        undo_import(tx, 1, "user:1")
        tx.session.get_one(Job, job_id).state = "waiting"
    while run_job(world.engine, job_id):
        pass
    assert read(world, job_id).state == "done"
    with world.database.transaction() as tx:
        assert (count(tx, Contact), list_files(tx, job_id)) == (0, frozenset())
