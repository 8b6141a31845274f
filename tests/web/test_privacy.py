"""One person's data: handed out whole and on record, erased for good by whoever may; refused from then on."""

import csv
import io
import json
import zipfile
from datetime import timedelta
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from crm.models import Change, Contact, Disclosure, Message, User
from sequences.beat import beat_once
from sequences.hints import NoHints
from sequences.jobs.runner import run_jobs
from sequences.privacy.erasure import erase_contact
from tests.web.cast import Cast
from tests.web.conftest import CSRF, Person, sign_in
from tests.web.test_looking_changes_nothing import EXAMPLES
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
    assert "Everything about one person" in ada.get("/contacts/1/privacy")


def test_erasing_asks_twice_and_is_final(app: Flask, house: House, cast: Cast) -> None:
    del cast
    with house.database.transaction() as tx:
        tx.session.add(User(email="sol@brackenware.example", role="manager", created_at=tx.now))
    ada = sign_in(app, house, "sol@brackenware.example")
    page = ada.get("/contacts/1/privacy")
    assert "It cannot be taken back" in page
    ada.post("/contacts/1/erasure", reason="asked", status=422)
    ada.post("/contacts/1/erasure", sure="yes", name="Imani Oduya", reason="", status=422)
    page = ada.post("/contacts/1/erasure", sure="yes", name="Tomek Wilczak", reason="asked", status=422)
    assert "Write the name, Imani Oduya" in page
    assert 'id="m-name"' in page
    assert "Imani" in ada.get("/contacts/1")
    ada.post("/contacts/1/erasure", sure="yes", name=" imani  oduya ", reason="asked")
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
    refused = ada.post("/contacts", name="Imani", email=IMANI, status=403)
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
    enrolled = run("enrolments", "add", "Everyday Carbon, first touch", "--email", IMANI, "--json")
    assert [(one["verdict"], one["rule"]) for one in json.loads(enrolled)] == [("refused", "erased")]
    again = CliRunner().invoke(program, ["contacts", "show", IMANI])
    assert "was erased" in str(again.exception)
    assert b"smallkitchen" not in b"".join(path.read_bytes() for path in house.settings.home.glob("*.sqlite3*"))


def chief(app: Flask, house: House) -> Person:
    with house.database.transaction() as tx:
        tx.session.add(User(email="chief@brackenware.example", role="admin", created_at=tx.now))
    return sign_in(app, house, "chief@brackenware.example")


def test_retention_is_off_until_somebody_sets_it(app: Flask, house: House, cast: Cast, ada: Person) -> None:
    del cast
    page = ada.get("/settings/privacy")
    assert "Nothing: no rule is set." in page
    assert "Nobody was erased yet." in page
    ada.post("/settings/privacy/retention", text_months="6", status=403)
    boss = chief(app, house)
    assert "whole number" in boss.post("/settings/privacy/retention", text_months="soon", status=422)
    boss.post("/settings/privacy/retention", text_months="1", contact_months="")
    house.clock.advance(timedelta(days=90))  # type: ignore[attr-defined]
    boss = sign_in(app, house, "chief@brackenware.example")
    page = boss.get("/settings/privacy")
    assert "texts of mails" in page
    assert 'value="1"' in page
    beat_once(make_engine_of(house), NoHints())
    run_jobs(make_engine_of(house))
    with house.database.reading() as tx:
        thread = tx.session.scalars(select(Message.thread_id).where(Message.contact_id == 1)).first()
    assert "Its text was kept no longer" in boss.get(f"/inbox/{thread}")
    boss.post("/settings/privacy/retention", text_months="", contact_months="")
    assert "Nothing: no rule is set." in boss.get("/settings/privacy")


def test_everything_as_a_file_is_for_admins_and_on_record(
    app: Flask, house: House, cast: Cast, ada: Person, tmp_path: Path
) -> None:
    del cast
    ada.post("/settings/data/export", status=403)
    boss = chief(app, house)
    assert "Download everything" in boss.get("/settings/data")
    token = CSRF.search(boss.get("/settings/data"))
    assert token
    answer = boss.client.post("/settings/data/export", data={"csrf_token": token[1]})
    assert answer.is_streamed
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        assert {"manifest.json", "people.csv", "mails.mbox", "tables/contacts.jsonl"} <= set(archive.namelist())
        archive.extractall(tmp_path / "out")
    answer.close()
    page = boss.get("/settings/privacy")
    assert "The whole workspace" in page
    assert "The whole workspace" in boss.get("/contacts/1/privacy")
    ada.post("/contacts/export", query="", all="1")
    assert "A list of contacts" in ada.get("/contacts/1/privacy")


def test_a_table_of_chosen_people_takes_the_power_to_edit_and_goes_on_record(
    app: Flask, ada: Person, house: House, cast: Cast
) -> None:
    page = ada.get("/contacts")
    assert 'formmethod="post" formaction="/contacts/export.csv" name="csrf_token" value="' in page
    yuki = sign_in(app, house, "yuki@brackenware.example")
    assert "/contacts/export.csv" not in yuki.get("/contacts")
    yuki.get("/contacts/export.csv?all=1", status=405)
    yuki.post("/contacts/export.csv", all="1", status=403)
    assert "Nobody is chosen" in ada.post("/contacts/export.csv", status=422)
    ids = f"{cast.contacts['Imani Oduya']},{cast.contacts['Tomek Wilczak']}"
    assert len(ada.post("/contacts/export.csv", id=ids, status=200).splitlines()) == 3
    with house.database.reading() as tx:
        assert [(row.kind, row.count) for row in tx.session.scalars(select(Disclosure))] == [("people", 2)]


def test_privacy_pages_ask_few_questions(ada: Person, queries: list[str]) -> None:
    for path in ("/settings/privacy", "/contacts/1/privacy"):
        queries.clear()
        ada.get(path)
        assert len(queries) <= 15, path


def test_the_basis_has_a_day_and_a_source_and_a_way_back(ada: Person, house: House, cast: Cast) -> None:
    del cast
    with house.database.reading() as tx:
        contact = tx.session.get_one(Contact, 1)
        before = contact.basis, contact.basis_since, contact.basis_source
    ada.post("/contacts/1/basis", basis="They agreed to be written to", since="2026-05-03", source="their mail")
    page = ada.get("/contacts/1")
    assert "They agreed to be written to" in page
    assert "their mail" in page
    assert "a basis cannot begin" in ada.post("/contacts/1/basis", basis="x", since="2027-01-01", status=422).lower()
    assert "year-month-day" in ada.post("/contacts/1/basis", basis="x", since="soon", status=422)
    with house.database.reading() as tx:
        change = tx.session.scalars(select(Change).where(Change.kind == "contact.basis")).one()
    ada.post(f"/changes/{change.id}/undo")
    with house.database.reading() as tx:
        contact = tx.session.get_one(Contact, 1)
        assert (contact.basis, contact.basis_since, contact.basis_source) == before


def test_people_are_found_by_their_basis(ada: Person, house: House, cast: Cast) -> None:
    del cast
    with house.database.transaction() as tx:
        for contact in tx.session.scalars(select(Contact)):
            contact.basis = "They agreed" if contact.id == 1 else ""
    for query, there, gone in (
        ("basis=any", "Imani Oduya", "Tomek Wilczak"),
        ("basis=none", "Tomek Wilczak", "Imani Oduya"),
        ("basis=AGREED", "Imani Oduya", "Tomek Wilczak"),
    ):
        page = ada.get(f"/contacts?{query}")
        assert there in page, query
        assert gone not in page, query
    assert "not written down" in ada.get("/contacts?basis=none")


def test_no_page_breaks_or_names_them_once_people_are_erased(app: Flask, house: House, cast: Cast) -> None:
    del cast
    with house.database.transaction() as tx:
        names = tx.session.scalars(select(Contact.name).where(Contact.id.in_([1, 2, 3]))).all()
        for number in (1, 2, 3):
            erase_contact(tx, number, reason="asked", actor="user:1")
    run_jobs(make_engine_of(house))
    boss = chief(app, house)
    for path in sorted({path for _status, paths in EXAMPLES.values() for path in paths if "{" not in path}):
        if path.startswith(("/live", "/demo", "/setup/steps", "/states", "/templates")):
            continue  # streams, and pages whose examples are called so
        answer = boss.client.get(path)
        assert answer.status_code < 500, path
        assert [name for name in names if name in answer.get_data(as_text=True)] == [], path
        answer.close()
