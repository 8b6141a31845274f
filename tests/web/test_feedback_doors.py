"""Feedback from outside: a public form for anybody, the API for programs; whose words they are is said by a person."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from crm.feedback_links import MOST_A_DAY, open_link, token_of
from crm.models import Contact, Feedback
from crm.tokens import create_token
from kit.clock import FixedClock
from tests.web.cast import Cast
from tests.web.conftest import Person
from web.pages.say import MOST
from web.wiring import House

STAMP = re.compile(r'name="stamp" value="([^"]+)"')


@pytest.fixture
def link(house: House, cast: Cast) -> str:
    with house.database.transaction() as tx:
        return "/say/" + token_of(open_link(tx, cast.brand, None, actor="user:1"), house.seal)


@pytest.fixture
def guest(app: Flask) -> FlaskClient:
    return app.test_client()


def _stamp(guest: FlaskClient, link: str) -> str:
    found = STAMP.search(guest.get(link).text)
    assert found
    return found[1]


def _notes(house: House) -> list[Feedback]:
    with house.database.reading() as tx:
        return list(tx.session.scalars(select(Feedback).where(Feedback.source != "hand").order_by(Feedback.id)))


def test_a_stranger_is_heard_without_account_or_cookie_and_a_colleague_says_whose_words(
    guest: FlaskClient, link: str, house: House, cast: Cast, ada: Person
) -> None:
    page = guest.get(link)
    assert page.headers["X-Robots-Tag"].startswith("noindex")
    assert "Set-Cookie" not in page.headers
    words = {"quote": "The lid <b>rattles</b>.", "kind": "problem", "name": "Imani", "who": "audience",
             "email": "IMANI@smallkitchen.example", "product_id": "1"}  # fmt: skip
    answer = guest.post(link, data={**words, "stamp": _stamp(guest, link)})
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)
    assert "Thank you" in answer.text
    note = _notes(house)[0]
    assert (note.contact_id, note.said_email, note.product_id, note.from_audience, note.source, note.actor) == (
        None, "imani@smallkitchen.example", 1, True, "form", "form",
    )  # fmt: skip
    board = ada.get("/feedback")
    assert "The lid &lt;b&gt;rattles" in board
    assert "It is Imani Oduya" in board
    ada.post(f"/feedback/{note.id}/person", contact_id=str(cast.contacts["Imani Oduya"]))
    person = f"/contacts/{cast.contacts['Imani Oduya']}?show=feedback"
    assert "The lid &lt;b&gt;rattles" in ada.get(person)
    ada.post(f"/feedback/{note.id}/person", contact_id="2", status=409)
    undo = re.findall(r'action="(/changes/\d+/undo)"', ada.get("/settings/data/changes"))
    ada.post(undo[0])
    assert _notes(house)[0].contact_id is None
    assert "taken back" in ada.get(person)


def test_one_showing_of_the_form_keeps_one_note(guest: FlaskClient, link: str, house: House, clock: FixedClock) -> None:
    data = {"quote": "Too heavy.", "stamp": _stamp(guest, link)}
    for _ in range(3):
        assert guest.post(link, data=data).status_code == 200
    assert len(_notes(house)) == 1
    for stamp in ("", "x", f"{data['stamp']}x", "1-2-3.abc"):
        assert guest.post(link, data={"quote": "x", "stamp": stamp}).status_code == 422
    late = {"quote": "Late.", "stamp": _stamp(guest, link)}
    clock.advance(timedelta(days=1, minutes=1))
    page = guest.post(link, data=late)
    assert (page.status_code, "Late." in page.text) == (422, True)
    assert len(_notes(house)) == 1


def test_it_is_bounded(guest: FlaskClient, link: str, house: House) -> None:
    assert guest.post(link, data={"quote": "", "stamp": _stamp(guest, link)}).status_code == 422
    long = guest.post(link, data={"quote": "x" * 5001, "stamp": _stamp(guest, link)})
    assert (long.status_code, "too long" in long.text) == (422, True)
    assert guest.post(link, data={"quote": "x" * 50_000, "stamp": "x"}).status_code == 413
    bad = guest.post(link, data={"quote": "Hm.", "email": "no address", "stamp": _stamp(guest, link)})
    assert (bad.status_code, "Hm." in bad.text) == (422, True)
    robot = guest.post(link, data={"quote": "Buy", "website": "x", "stamp": _stamp(guest, link)})
    assert "Thank you" in robot.text
    assert _notes(house) == []
    for _ in range(MOST):
        answer = guest.post(link, data={"quote": "Again.", "stamp": _stamp(guest, link)})
    assert answer.status_code == 429
    assert len(_notes(house)) < MOST


def test_a_link_has_a_limit_a_day_across_processes(guest: FlaskClient, link: str, house: House) -> None:
    guest.post(link, data={"quote": "One.", "stamp": _stamp(guest, link)})
    with house.database.transaction() as tx:
        for number in range(MOST_A_DAY):
            tx.session.add(Feedback(quote="x", kind="idea", actor="form", created_at=tx.now, source="form",
                                    request_key=f"form:1:0:{number}"))  # fmt: skip
    assert guest.post(link, data={"quote": "Two.", "stamp": _stamp(guest, link)}).status_code == 422


def test_a_closed_or_made_up_link_opens_nothing(guest: FlaskClient, link: str, ada: Person) -> None:
    assert "/say/" in ada.get("/feedback/links")
    ada.post("/feedback/links/1/closing")
    for address in (link, link[:-1], "/say/1-x.y", "/say/1"):
        assert guest.get(address).status_code == 404
        assert guest.post(address, data={"quote": "x"}).status_code == 404
    ada.post("/feedback/links", product_id="1")
    assert "Bracken 26" in ada.get("/feedback/links")
    ada.post("/feedback/links", product_id="999", status=404)


@pytest.fixture
def program(app: Flask, house: House, cast: Cast) -> FlaskClient:
    with house.database.transaction() as tx:
        token = create_token(tx, "Shop", scopes=("read", "feedback"), actor="user:1")[1]
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def test_a_program_hands_in_once(program: FlaskClient, house: House, cast: Cast) -> None:
    body = {"quote": "The handle is hot.", "kind": "problem",
            "email": "imani@smallkitchen.example", "theme": "Heat",
            "product": "Bracken 26", "reach": 1200, "heard": "Shop review",
            "said_at": "2026-11-01T09:00:00+00:00"}  # fmt: skip
    head = {"Idempotency-Key": "review-17"}
    first = program.post("/api/v1/feedback", json=body, headers=head)
    again = program.post("/api/v1/feedback", json=body, headers=head)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    note = first.get_json()
    assert (note["contact_id"], note["theme"], note["product"], note["reach"], note["at"]) == (
        cast.contacts["Imani Oduya"], "Heat", "Bracken 26", 1200, "2026-11-01T09:00:00+00:00",
    )  # fmt: skip
    assert len(_notes(house)) == 1
    other = program.post("/api/v1/feedback", json={**body, "quote": "Else."}, headers=head)
    assert (other.status_code, other.mimetype) == (422, "application/problem+json")
    stranger = program.post("/api/v1/feedback", json={"quote": "Hm.", "kind": "idea", "email": "who@x.example"})
    assert (stranger.get_json()["contact_id"], stranger.get_json()["said_email"]) == (None, "who@x.example")
    pages = program.get("/api/v1/feedback?limit=1").get_json()
    assert len(pages["feedback"]) == 1
    assert program.get(pages["next"]).get_json()["feedback"][0]["id"] > pages["feedback"][0]["id"]


@pytest.mark.parametrize("body", [
    {}, [], {"quote": "x"}, {"quote": "", "kind": "idea"}, {"quote": "x", "kind": "rant"}, {"quote": 1, "kind": "idea"},
    {"quote": "x", "kind": "idea", "colour": "red"}, {"quote": "x", "kind": "idea", "reach": -1},
    {"quote": "x", "kind": "idea", "reach": True}, {"quote": "x", "kind": "idea", "product": "None such"},
    {"quote": "x", "kind": "idea", "email": "nobody"},
    {"quote": "x", "kind": "idea", "said_at": "2099-01-01T00:00:00Z"},
    {"quote": "x", "kind": "idea", "said_at": "soon"}, {"quote": "x" * 5001, "kind": "idea"},
    {"quote": "x", "kind": "idea", "brand": "Else"}, {"quote": "x", "kind": "idea", "from_audience": "yes"},
])  # fmt: skip
def test_what_cannot_be_read_is_a_problem(program: FlaskClient, house: House, body: object) -> None:
    answer = program.post("/api/v1/feedback", json=body)
    assert answer.status_code in {404, 422}, answer.text
    assert answer.get_json()["detail"]
    assert _notes(house) == []


def test_a_reading_token_hands_nothing_in(app: Flask, house: House, cast: Cast) -> None:
    with house.database.transaction() as tx:
        reads = create_token(tx, "Report", actor="user:1")[1]
        writes = create_token(tx, "Shop", scopes=("feedback",), actor="user:1")[1]
    client, body = app.test_client(), {"quote": "x", "kind": "idea"}
    assert client.post("/api/v1/feedback", json=body, headers={"Authorization": f"Bearer {reads}"}).status_code == 403
    assert client.get("/api/v1/contacts", headers={"Authorization": f"Bearer {writes}"}).status_code == 403
    assert client.post("/api/v1/feedback", json=body).status_code == 401
    assert client.post("/api/v1/feedback", data="x", headers={"Authorization": f"Bearer {writes}"}).status_code == 422


def test_what_an_erased_person_said_is_not_given(program: FlaskClient, house: House, cast: Cast) -> None:
    body = {"quote": "Mine.", "kind": "idea", "contact": cast.contacts["Imani Oduya"]}
    assert program.post("/api/v1/feedback", json=body).status_code == 201
    with house.database.transaction() as tx:
        tx.session.execute(update(Contact).where(Contact.id == cast.contacts["Imani Oduya"]).values(erased_at=tx.now))
    assert "Mine." not in program.get("/api/v1/feedback").text
    assert program.post("/api/v1/feedback", json=body).status_code == 404
