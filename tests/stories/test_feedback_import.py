"""A file of feedback: every row gets a verdict, they add up, and the whole of it is taken back."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from crm import feedback_import, feedback_reader
from crm.brands import create_brand, save_product
from crm.changes import undo_change
from crm.contacts import create_contact
from crm.feedback import log_feedback
from crm.feedback_csv import Line, find_columns, read_line
from crm.feedback_import import LEFT_OUT, start_import
from crm.jobs import drop_file, get_job, read_file
from crm.models import Brand, Feedback, Handle, Job, Theme, ThemeMove, TimelineEntry
from crm.themes import assign_note, ensure_theme
from kit.errors import ConflictError, InvalidError
from kit.tx import Database, Tx
from tests.conftest import MONDAY
from tests.stories.world import World
from web.undo import REVERSERS

FILE = """\
Comment;Kind;Product;Topic;E-Mail;Name;Audience;Followers;Where;Date
The handle gets hot.;bug;Bracken 26;Hot handle;mia@x.example;Mia;no;;Video, 3:10;02.11.2026
Love it.;praise;;;MIA@x.example;;;;;
Love it.;praise;;;mia@x.example;;;;;
Half my comments ask for a lid.;;;;;Comments;yes;12000;;2026-11-09T10:00:00Z
;idea;;;;;;;;
Too heavy.;rant;;;;;;;;
Too heavy.;idea;Pan 9;;;;;;;
Too heavy.;idea;;;no address;;;;;
Too heavy.;idea;;;;;maybe;;;
Too heavy.;idea;;;;;;many;;
Too heavy.;idea;;;;;;;;01.01.2031
Too heavy.;idea;;Weight;new@y.example;Noor;;;;
"""
Run = Callable[[], None]


@pytest.fixture
def world(small: World) -> World:
    with small.database.transaction() as tx:
        brand = tx.session.get_one(Brand, 1)
        save_product(tx, brand, "Bracken 26")
        mia = create_contact(tx, name="Mia", emails=["mia@x.example"], actor="system")
        tx.session.add(Handle(contact_id=mia.id, platform="youtube", username="mia", followers=5000, created_at=tx.now))
    return small


def _bring(world: World, content: str, *, codec: str = "utf-8") -> Job:
    with world.database.transaction() as tx:
        job_id = start_import(tx, "notes.csv", content.encode(codec), brand_id=1, actor="user:1").id
    world.tick()
    with world.database.reading() as tx:
        return get_job(tx, job_id)


def _dump(tx: Tx) -> tuple[list[object], ...]:
    notes = [
        (one.quote, one.theme_id, one.contact_id) for one in tx.session.scalars(select(Feedback).order_by(Feedback.id))
    ]
    themes = [(one.name, one.state) for one in tx.session.scalars(select(Theme).order_by(Theme.id))]
    moves = [one.kind for one in tx.session.scalars(select(ThemeMove).order_by(ThemeMove.id))]
    return list(notes), list(themes), list(moves)


def test_verdicts_add_up_and_rows_are_kept_with_what_they_say(world: World) -> None:
    job = _bring(world, FILE, codec="cp1252")
    assert job.state == "done", job.result
    assert job.result["counts"] == {"added": 4, "known": 1, "rejected": 7}
    assert sum(job.result["counts"].values()) == job.total == 12
    assert sum(job.left_out.values()) == 8
    with world.database.reading() as tx:
        notes = list(tx.session.scalars(select(Feedback).order_by(Feedback.id)))
        assert [(one.kind, one.contact_id is not None, one.reach, one.from_audience, one.said_by) for one in notes] == [
            ("problem", True, 5000, False, ""), ("praise", True, 5000, False, ""),
            ("idea", False, 12000, True, "Comments"), ("idea", False, None, False, "Noor"),
        ]  # fmt: skip
        assert notes[0].created_at.date().isoformat() == "2026-11-02"
        assert notes[0].heard == "Video, 3:10"
        said = tx.session.scalars(select(TimelineEntry.summary).where(TimelineEntry.kind == "feedback"))
        assert sorted(said) == ["Love it.", "The handle gets hot."]
        left = read_file(tx, job.id, LEFT_OUT).decode("utf-8-sig").splitlines()
    assert len(left) == 9
    assert left[0].startswith("line,verdict,why,Comment")
    assert left[1].startswith("4,known,")
    again = _bring(world, FILE)
    assert again.result["counts"] == {"added": 0, "known": 5, "rejected": 7}
    assert again.change_id is None


def test_taking_back_leaves_what_was_there_and_what_was_worked_with(world: World) -> None:
    with world.database.transaction() as tx:
        log_feedback(tx, "Older.", kind="idea", actor="user:1", brand_id=1, theme="Hot handle")
        before = _dump(tx)
    job = _bring(world, FILE)
    with world.database.transaction() as tx:
        undone = undo_change(tx, job.change_id or 0, actor="user:1", reversers=REVERSERS)
        assert (undone.undone, undone.left) == (4, 0)
    with world.database.reading() as tx:
        assert _dump(tx) == before
        assert tx.session.scalar(select(func.count()).where(TimelineEntry.undoes_id.is_not(None))) == 2
    job = _bring(world, FILE)
    with world.database.transaction() as tx:
        lid = tx.session.scalars(select(Feedback).where(Feedback.quote.contains("lid"))).one()
        assign_note(tx, lid.id, ensure_theme(tx, "Lid", actor="user:1", brand_id=1), actor="user:1")
    with world.database.transaction() as tx:
        undone = undo_change(tx, job.change_id or 0, actor="user:1", reversers=REVERSERS)
        assert (undone.undone, undone.left) == (3, 1)
        assert undone.why


def test_a_long_file_goes_on_where_it_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback_import, "CHUNK", 7)
    rows = "".join(f"Note {n},idea,Theme {n % 3},mia@x.example\n" for n in range(30))
    with world.database.transaction() as tx:
        job = start_import(tx, "n.csv", f"quote,kind,theme,email\n{rows}".encode(), brand_id=1, actor="user:1")
        assert feedback_import.take_feedback_chunk(tx, job) is False
        change_id = job.change_id or 0
        job.state = "running"
    with world.database.transaction() as tx, pytest.raises(ConflictError):
        undo_change(tx, change_id, actor="user:1", reversers=REVERSERS)
    world.tick()
    with world.database.reading() as tx:
        assert tx.session.scalar(select(func.count(Feedback.id))) == 30
        assert tx.session.scalar(select(func.count(Theme.id))) == 3
        assert get_job(tx, job.id).result["counts"]["added"] == 30


def test_the_file_is_kept_open_between_chunks_and_opened_again_after_a_restart(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback_import, "CHUNK", 4)
    content = "quote,kind\n" + "".join(f"Note {n},idea\n" for n in range(10))
    with world.database.transaction() as tx:
        job_id = start_import(tx, "n.csv", content.encode(), brand_id=1, actor="user:1").id
    with world.database.transaction() as tx:
        assert not feedback_import.take_feedback_chunk(tx, get_job(tx, job_id))
    feedback_reader.OPEN.clear()  # a new process
    with world.database.transaction() as tx:
        assert not feedback_import.take_feedback_chunk(tx, get_job(tx, job_id))
        drop_file(tx, job_id, feedback_reader.UPLOAD)
    with world.database.transaction() as tx:
        assert feedback_import.take_feedback_chunk(tx, get_job(tx, job_id))
    with world.database.reading() as tx:
        notes = tx.session.scalars(select(Feedback.quote).order_by(Feedback.id)).all()
    assert notes == [f"Note {n}" for n in range(10)]


def test_a_zero_byte_is_left_out_of_every_cell() -> None:
    columns = find_columns(["quote", "kind", "theme", "name", "product", "heard"])
    cells = ["wor\0ds", "id\0ea", "He\0at", "No\0or", "P\0an", "Vid\0eo"]
    line = read_line(columns, cells, MONDAY, day_first=None)
    assert isinstance(line, Line)
    kept = (line.quote, line.kind, line.theme, line.name, line.product, line.heard)
    assert kept == ("words", "idea", "Heat", "Noor", "Pan", "Video")


@pytest.mark.parametrize("content", ["name,kind\nMia,idea\n", "", "just some words in a line, and no table at all\n"])
def test_a_file_without_words_is_refused_before_anything_begins(world: World, content: str) -> None:
    with world.database.transaction() as tx, pytest.raises(InvalidError):
        start_import(tx, "n.csv", content.encode(), brand_id=1, actor="user:1")


def test_one_brand_s_words_are_not_another_s(database: Database) -> None:
    with database.transaction() as tx:
        for name in ("One", "Two"):
            create_brand(tx, name)
            job = start_import(tx, "n.csv", b"quote,kind\nSame.,idea\n", brand_id=tx.session.scalar(
                select(func.max(Brand.id))), actor="user:1")  # fmt: skip
            feedback_import.take_feedback_chunk(tx, job)
            assert job.result["counts"]["added"] == 1


@given(st.lists(st.text(max_size=40), min_size=10, max_size=12))
def test_any_cells_are_a_note_or_a_reason(cells: list[str]) -> None:
    columns = find_columns(["quote", "kind", "product", "theme", "email", "name", "audience", "reach", "heard", "date"])
    found = read_line(columns, cells, MONDAY, day_first=None)
    assert isinstance(found, Line | str)
    assert found
