"""The first run in forms alone: every step can be left, taken up again and done twice."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm import users
from crm.models import Contact, Mailbox
from mailer.sandbox import SandboxMailWorld
from mailer.server_guess import guess_servers
from sequences.first_run.people import read_pasted
from sequences.first_run.pitch import read_facts, sketch_pitch
from sequences.models import Enrolment, Send
from tests.conftest import MONDAY
from tests.web.conftest import Person
from web.wiring import House

ME = "ada@brackenware.example"
OWNER = {"name": "Ada Marsh", "email": ME, "password": "a short sentence", "zone": "Europe/Copenhagen",
         "brand": "Brackenware", "postal_address": "Havnegade 12, Aarhus"}  # fmt: skip
FACTS = {"name": "Bracken 26", "what": "a carbon-steel pan", "difference": "it arrives already seasoned, unlike others",
         "audience_reason": "your viewers cook in small kitchens", "budget": "€1,200"}  # fmt: skip
LINES = {"name-1": "Imani Oduya", "email-1": "imani@smallkitchen.example", "line-1": "The stew on Thursday was ours.",
         "basis": "Published address"}  # fmt: skip


@pytest.fixture
def owner(app: Flask, house: House) -> Person:
    with house.database.transaction() as tx:
        token = users.create_link(tx, "setup")
    client: FlaskClient = app.test_client()
    assert client.post(f"/setup/{token}", data=OWNER).location == "/setup/steps/mailbox"
    return Person(client)


def _connect(owner: Person, world: SandboxMailWorld, password: str = "secret") -> str:
    smtp, imap = f"smtp+plain://127.0.0.1:{world.smtp_port}", f"imap+plain://127.0.0.1:{world.imap_port}"
    owner.post("/setup/steps/mailbox", address=ME, password=password, name="Ada Marsh", smtp=smtp, imap=imap)
    return owner.get("/setup/steps/mailbox")


@pytest.fixture
def world(house: House) -> Iterator[SandboxMailWorld]:
    world = SandboxMailWorld(now=house.clock.now)
    world.start({ME: "secret"})
    yield world
    world.stop()


def test_a_refused_password_names_the_cause_and_keeps_the_form(
    owner: Person, world: SandboxMailWorld, house: House
) -> None:
    page = _connect(owner, world, "wrong")

    assert "password refused" in page
    assert f"127.0.0.1:{world.smtp_port}" in page
    assert ME in page
    assert "wrong" not in re.sub("is wrong", "", page)
    with house.database.reading() as tx:
        assert tx.session.query(Mailbox).count() == 0
    assert "no answer" in _ask_nobody(owner)
    assert "Connected" in _connect(owner, world)


def _ask_nobody(owner: Person) -> str:
    owner.post("/setup/steps/mailbox", address=ME, password="x", smtp="smtp+plain://127.0.0.1:1",
               imap="imap+plain://127.0.0.1:1")  # fmt: skip
    return owner.get("/setup/steps/mailbox")


def test_from_nothing_to_a_launch_and_everything_twice(owner: Person, world: SandboxMailWorld, house: House) -> None:
    for _ in range(2):
        _connect(owner, world)
        owner.post("/setup/steps/people", **LINES)
        owner.post("/setup/steps/people", pasted="Dorte F <dorte@treretter.example>, tomek@cast.example")
        assert owner.post("/setup/steps/pitch", **FACTS) == "/setup/steps/sequence"
        assert owner.post("/setup/steps/sequence") == "/setup/steps/launch"
        page = owner.get("/setup/steps/launch")
        assert "The stew on Thursday was ours." in page
        assert "Approve and launch" in page
        owner.post("/setup/steps/launch")
        # Monday: on Tuesday at nine o'clock, on the creator's own clock where it is known.
        assert "1 goes out tomorrow from" in owner.get("/setup/steps/launch")
    with house.database.reading() as tx:
        assert tx.session.query(Mailbox).count() == 1
        assert tx.session.query(Contact).count() == 3
        assert tx.session.query(Enrolment).count() == 1
        send = tx.session.query(Send).one()
        assert (send.state, send.email, send.approved_by) == ("scheduled", "imani@smallkitchen.example", "user:1")
        assert send.due_at > tx.now
        assert tx.session.query(Contact).filter_by(basis="Published address").count() == 1
    assert owner.post("/sequences/1/pause", back="/setup/steps/launch") == "/setup/steps/launch"
    assert "Stopped." in owner.get("/setup/steps/launch")


def test_a_line_written_at_the_end_lets_the_next_one_go(owner: Person, world: SandboxMailWorld, house: House) -> None:
    _connect(owner, world)
    owner.post("/setup/steps/people", **LINES, pasted="dorte@treretter.example")
    owner.post("/setup/steps/pitch", **FACTS)
    owner.post("/setup/steps/sequence")
    owner.post("/setup/steps/launch")
    with house.database.reading() as tx:
        number = tx.session.query(Contact).filter_by(name="").one().id
    owner.post("/setup/steps/launch", **{f"line-{number}": "Cold coffee in the pan.", f"name-{number}": "Dorte F"})

    with house.database.reading() as tx:
        assert {send.email for send in tx.session.query(Send)} == {
            "imani@smallkitchen.example", "dorte@treretter.example"
        }  # fmt: skip


def test_what_is_missing_leads_back_and_nothing_breaks(owner: Person) -> None:
    for step in ("mailbox", "people", "pitch", "sequence", "launch"):
        owner.get(f"/setup/steps/{step}")
    assert owner.client.get("/setup").location == "/setup/steps/mailbox"
    owner.post("/setup/steps/sequence", status=403)
    owner.post("/setup/steps/mailbox/checks", status=403)
    owner.post("/setup/steps/people", pasted="nobody here")
    assert "nobody in it yet" in owner.get("/setup/steps/people")
    assert "not an email address" in owner.get(owner.post("/setup/steps/mailbox", address="ada", password="x"))
    owner.get("/setup/steps/elsewhere", status=404)


def test_today_leads_back_to_a_set_up_that_was_left(owner: Person, world: SandboxMailWorld) -> None:
    assert 'href="/setup"' in owner.get("/today")
    _connect(owner, world)
    assert 'href="/setup"' in owner.get("/today")
    owner.post("/setup/steps/people", **LINES)
    owner.post("/setup/steps/pitch", **FACTS)
    owner.post("/setup/steps/sequence")
    page = owner.get("/today")
    assert "Getting started" in page
    assert 'href="/setup"' not in page


def test_a_file_goes_through_the_importer(owner: Person, house: House, tmp_path: Path) -> None:
    sample = owner.client.get("/setup/steps/people/sample.csv").data
    path = tmp_path / "kitchen.csv"
    path.write_bytes(sample + b"Nobody,not an address,,,,\n")
    token = re.search(r'name="csrf_token" value="([^"]+)"', owner.get("/setup/steps/people"))
    assert token
    with path.open("rb") as file:
        data = {"csrf_token": token[1], "file": (file, "kitchen.csv"), "basis": "Published address"}
        owner.client.post("/setup/steps/people", data=data, content_type="multipart/form-data")
    page = owner.get("/setup/steps/people")
    assert "Imani Oduya" in page
    assert "followers" in page
    with house.database.reading() as tx:
        assert tx.session.query(Contact).filter_by(country="DK").one().basis == "Published address"


def test_pages_ask_little_however_many_people(owner: Person, world: SandboxMailWorld, queries: list[str]) -> None:
    _connect(owner, world)
    many = "\n".join(f"p{n}@creator.example" for n in range(40))
    owner.post("/setup/steps/people", pasted=many)
    owner.post("/setup/steps/pitch", **FACTS)
    owner.post("/setup/steps/sequence")
    for step in ("mailbox", "people", "pitch", "sequence", "launch"):
        queries.clear()
        owner.get(f"/setup/steps/{step}")
        assert len(queries) <= 18, (step, queries)


def test_the_checklist_fills_as_facts_come() -> None:
    def made(**facts: str) -> int:
        return sketch_pitch(read_facts(facts, MONDAY.date()), brand="B", sender="Ada", person="Imani").made

    assert made() == 1 or made() == 2  # the dates and the idea have a beginning
    assert made(**FACTS) == 6
    assert made(**{**FACTS, "budget": ""}) == 5


@pytest.mark.parametrize(("text", "found"), [
    ("Imani O <i@k.example>; Bo <b@k.example>", [("Imani O", "i@k.example"), ("Bo", "b@k.example")]),
    ("a@k.example, b@k.example\n\nc@k.example.", [("", "a@k.example"), ("", "b@k.example"), ("", "c@k.example")]),
    ("no one", []),
])  # fmt: skip
def test_pasted_lists(text: str, found: list[tuple[str, str]]) -> None:
    assert read_pasted(text) == found


def test_servers_are_guessed_by_provider_mx_or_name() -> None:
    assert guess_servers("a@gmail.com")[0].smtp_url == "smtps://smtp.gmail.com:465"
    assert guess_servers("a@b.example", ["1 aspmx.l.google.com."])[0].app_password
    assert [one.imap_url for one in guess_servers("a@b.example")] == [
        "imaps://mail.b.example:993", "imaps://imap.b.example:993"
    ]  # fmt: skip
    assert not guess_servers("a@b.example", ["10 notgoogle.com.evil.example"])[0].app_password
