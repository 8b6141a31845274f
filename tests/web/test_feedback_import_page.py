"""A file of feedback over the pages and the command line."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from crm.feedback_csv import SAMPLE
from crm.models import Feedback
from sequences.tick import run_jobs
from tests.web.conftest import Person
from web.cli.feedback import feedback_command
from web.wiring import House, make_engine_of


def notes_from_files(house: House) -> int:
    with house.database.reading() as tx:
        return tx.session.scalar(select(func.count(Feedback.id)).where(Feedback.source == "csv")) or 0


def test_a_look_says_what_would_be_left_out_and_why(ada: Person, house: House) -> None:
    rows = (
        "quote,kind,product,email,mood\n"
        "Too heavy.,problem,,imani@smallkitchen.example,sad\n"
        "Too light.,rant,,,\n"
        "Too blue.,idea,No such pan,,\n"
    )
    place = ada.post("/feedback/import", file=(BytesIO(rows.encode()), "notes.csv"))
    look = ada.get(place)
    assert tuple(word for word in ("3 rows.", "1 cannot be read") if word in look) == ("3 rows.", "1 cannot be read")
    assert "The kind is none of problem, idea and praise." in look
    assert "There is no product named No such pan." in look
    assert "not read: no field is called so" in look.split("<bdi>mood</bdi>")[1].split("</li>")[0]
    assert "a contact" in look.split("Too heavy.")[1].split("</tr>")[0]
    job = ada.post(f"{place}/job")
    assert ada.client.get(place).location == job
    ada.post(f"{place}/job", status=409)


def test_a_file_becomes_a_job_with_verdicts_and_a_way_back(ada: Person, house: House) -> None:
    sample = ada.client.get("/feedback/import/sample").data
    place = ada.post("/feedback/import", file=(BytesIO(sample), "notes.csv"))
    look = ada.get(place)
    assert f"{len(SAMPLE) - 1} rows." in look
    assert "Nothing is kept yet." in look
    assert (SAMPLE[1][0] in look, "read as the words" in look) == (True, True)
    assert notes_from_files(house) == 0
    place = ada.post(f"{place}/job")
    assert "Feedback from notes.csv" in ada.get(place)
    run_jobs(make_engine_of(house))
    page = ada.get(place)
    assert "Take it back" in page
    assert notes_from_files(house) == len(SAMPLE) - 1
    ada.post("/feedback/import", status=422)
    ada.post("/feedback/import", status=422, file=(BytesIO(b"name\nMia\n"), "x.csv"))


def test_the_command_line_brings_lists_and_takes_back(
    house: House, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAPPORT_HOME", str(house.settings.home))
    monkeypatch.setenv("RAPPORT_SECRET_KEY", "a key for tests only")
    file = tmp_path / "notes.csv"
    file.write_text("quote,kind,email\nToo heavy.,problem,imani@smallkitchen.example\nToo light.,rant,\n")
    run = CliRunner()
    found = json.loads(run.invoke(feedback_command, ["import", str(file), "--json"], catch_exceptions=False).output)
    assert found["counts"] == {"added": 1, "known": 0, "rejected": 1}
    rows = json.loads(run.invoke(feedback_command, ["list", "--json"], catch_exceptions=False).output)
    note = next(row for row in rows if row["quote"] == "Too heavy.")
    assert {"id", "at", "kind", "quote", "theme", "theme_id", "contact", "contact_name", "product", "product_name",
            "brand", "message", "source", "reach", "heard", "from_audience", "said_by", "said_email",
            "actor"} == set(note)  # fmt: skip
    assert (note["contact_name"], note["reach"], note["source"]) == ("Imani Oduya", 184000, "csv")
    back = run.invoke(feedback_command, ["unimport", str(found["change"]), "--json"], catch_exceptions=False)
    assert json.loads(back.output) == {"undone": 1, "left": 0}
