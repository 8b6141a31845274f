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


def test_a_file_becomes_a_job_with_verdicts_and_a_way_back(ada: Person, house: House) -> None:
    sample = ada.client.get("/feedback/import/sample").data
    place = ada.post("/feedback/import", file=(BytesIO(sample), "notes.csv"))
    assert "Feedback from notes.csv" in ada.get(place)
    run_jobs(make_engine_of(house))
    page = ada.get(place)
    assert "Take it back" in page
    with house.database.reading() as tx:
        added = tx.session.scalar(select(func.count(Feedback.id)).where(Feedback.source == "csv"))
    assert added == len(SAMPLE) - 1
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
