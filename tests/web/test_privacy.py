"""One person's data: handed out whole and on record, erased for good by whoever may; refused from then on."""

import csv
import io
import json
import zipfile
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from crm.models import Contact, Disclosure, Message, User
from sequences.jobs.runner import run_jobs
from tests.web.cast import Cast
from tests.web.conftest import CSRF, Person, sign_in
from web.cli.program import program
from web.wiring import House, make_engine_of

IMANI = "imani@smallkitchen.example"


def test_everything_about_a_person_in_one_file(ada: Person, house: House, cast: Cast) -> None:
    del cast
    assert "Download everything" in ada.get("/contacts/1/privacy")
    token = CSRF.search(ada.get("/contacts/1/privacy"))
    assert token
    answer = ada.client.post("/contacts/1/export", data={"csrf_token": token[1]})
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="Imani Oduya.zip"')
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        names = archive.namelist()
        record = json.loads(archive.read("person.json"))
        people = list(csv.DictReader(io.StringIO(archive.read("person.csv").decode("utf-8-sig"))))
        told = list(csv.DictReader(io.StringIO(archive.read("mails.csv").decode("utf-8-sig"))))
        mails = {name: BytesParser(policy=default).parsebytes(archive.read(name)) for name in names if ".eml" in name}
    assert (record["name"], people[0]["email"]) == ("Imani Oduya", IMANI)
    with house.database.reading() as tx:
        stored = tx.session.scalars(select(Message).where(Message.contact_id == 1)).all()
        given = tx.session.scalars(select(Disclosure)).one()
    assert len(record["stored"]["messages"]) == len(stored) == len(mails) == len(told) > 1
    assert {one["bytes"] for one in told} == {"written anew"}
    first = mails[told[0]["file"]]
    assert (first["Subject"], first["X-Rapport-Rebuilt"][:3]) == (told[0]["subject"], "yes")
    assert {"contact_addresses", "handles", "message_bodies", "timeline_entries"} <= record["stored"].keys()
    assert (given.kind, given.contact_id, given.actor) == ("person", 1, "user:1")
    assert "Everything about this person" in ada.get("/contacts/1/privacy")


def test_erasing_asks_twice_and_is_final(app: Flask, house: House, cast: Cast) -> None:
    del cast
    with house.database.transaction() as tx:
        tx.session.add(User(email="sol@brackenware.example", role="manager", created_at=tx.now))
    ada = sign_in(app, house, "sol@brackenware.example")
    page = ada.get("/contacts/1/privacy")
    assert "It cannot be taken back" in page
    ada.post("/contacts/1/erasure", reason="asked", status=422)
    ada.post("/contacts/1/erasure", sure="yes", reason="", status=422)
    assert "Imani" in ada.get("/contacts/1")
    ada.post("/contacts/1/erasure", sure="yes", reason="asked")
    run_jobs(make_engine_of(house))
    assert "was erased" in ada.get("/contacts/1", status=404)
    assert "was erased" in ada.get("/contacts/1/mail", status=404)
    for path in (
        "/contacts",
        "/inbox",
        "/today",
        "/pipeline",
        "/feedback",
        "/search?q=imani",
        "/settings/data/changes",
    ):
        assert "Imani" not in ada.get(path), path
    refused = ada.post("/contacts", name="Imani", email=IMANI, status=422)
    assert "was erased" in refused


def test_who_may_not_erase_is_told_so(app: Flask, house: House, cast: Cast) -> None:
    del cast
    with house.database.transaction() as tx:
        tx.session.add(User(email="rio@brackenware.example", role="reviewer", created_at=tx.now))
        tx.session.add(User(email="bo@brackenware.example", role="brand", created_at=tx.now))
    for email, told in (("rio", "An admin or a manager can erase."), ("bo", "Ask a colleague in outreach")):
        person = sign_in(app, house, f"{email}@brackenware.example")
        assert told in person.get("/contacts/1/privacy")
        person.post("/contacts/1/erasure", sure="yes", reason="asked", status=403)
    person.post("/contacts/1/export", status=403)
    with house.database.reading() as tx:
        assert tx.session.get_one(Contact, 1).erased_at is None


def test_from_the_command_line(house: House, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del cast
    monkeypatch.setenv("RAPPORT_HOME", str(house.settings.home))
    monkeypatch.setenv("RAPPORT_SECRET_KEY", "a key for tests only")

    def run(*words: str) -> str:
        return CliRunner().invoke(program, list(words), catch_exceptions=False, input="n\n").output

    shown = json.loads(run("contacts", "show", IMANI, "--json"))
    assert shown["stored"]["message_bodies"]
    run("contacts", "export", IMANI, str(tmp_path / "out"))
    assert json.loads((tmp_path / "out/person.json").read_text())["name"] == "Imani Oduya"
    assert "Aborted" in run("contacts", "erase", IMANI, "--reason", "asked")
    assert "Erased." in run("contacts", "erase", IMANI, "--reason", "asked", "--yes")
    again = CliRunner().invoke(program, ["contacts", "show", IMANI])
    assert "was erased" in str(again.exception)
    assert b"smallkitchen" not in b"".join(path.read_bytes() for path in house.settings.home.glob("*.sqlite3*"))
