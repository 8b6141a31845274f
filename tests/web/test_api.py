"""The API: who comes in, what is given in pages, and what a refusal looks like."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from crm.contacts import create_contact
from crm.models import ApiToken, Contact
from crm.timeline import add_note
from crm.tokens import create_token, revoke_token
from tests.web.cast import Cast
from tests.web.conftest import Person
from tests.web.test_settings_pages import boss
from web.wiring import House

__all__ = ["boss"]


@pytest.fixture
def token(house: House, cast: Cast) -> str:
    with house.database.transaction() as tx:
        return create_token(tx, "Weekly report", actor="user:1")[1]


@pytest.fixture
def client(app: Flask, token: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def test_contacts_come_in_pages_by_id(client: FlaskClient, cast: Cast) -> None:
    found, path = [], "/api/v1/contacts?limit=4"
    while path:
        page = client.get(path).get_json()
        assert len(page["contacts"]) <= 4
        found += [one["id"] for one in page["contacts"]]
        path = page["next"]
    assert found == sorted(cast.contacts.values())


def test_a_contact_has_what_belongs_to_it(client: FlaskClient, cast: Cast) -> None:
    one = client.get(f"/api/v1/contacts/{cast.contacts['Imani Oduya']}").get_json()
    assert one["addresses"] == [{"email": "imani@smallkitchen.example", "mailable": "unknown", "retired_at": None}]
    assert [(handle["platform"], handle["followers"]) for handle in one["handles"]] == [("youtube", 184000.0)]
    assert [stage["stage"] for stage in one["stages"]] == ["Active"]


def test_the_timeline_comes_newest_first_in_pages(client: FlaskClient, house: House, cast: Cast) -> None:
    number = cast.contacts["Imani Oduya"]
    with house.database.transaction() as tx:
        for n in range(5):
            add_note(tx, number, f"Note {n}", actor="user:1")
    first = client.get(f"/api/v1/contacts/{number}/timeline?limit=2").get_json()
    second = client.get(first["next"]).get_json()
    assert [one["summary"] for one in (first["entries"] + second["entries"])[:4]] == [
        "Note 4", "Note 3", "Note 2", "Note 1"
    ]  # fmt: skip


def test_more_people_cost_no_more_queries(client: FlaskClient, house: House, queries: list[str]) -> None:
    def look() -> int:
        queries.clear()
        client.get("/api/v1/contacts?limit=200")
        return len(queries)

    look()
    few = look()
    with house.database.transaction() as tx:
        for n in range(40):
            create_contact(tx, name=f"Many {n}", emails=[f"{n}@many.example"], actor="system")
    assert look() == few <= 8


@pytest.mark.parametrize(("path", "status"), [
    ("/api/v1/contacts/999", 404), ("/api/v1/contacts/999/timeline", 404), ("/api/v1/people", 404), ("/api/v1/", 404),
    ("/api/v1/contacts?after=x", 422), ("/api/v1/contacts?limit=-1", 422),
])  # fmt: skip
def test_refusals_are_problems(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    document = answer.get_json()
    assert document["status"] == status
    assert document["detail"]


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", "Basic YTpi", "Bearer " + "x" * 5000])
def test_nobody_comes_in_without_a_token_that_holds(app: Flask, cast: Cast, given: str) -> None:
    answer = app.test_client().get("/api/v1/contacts", headers={"Authorization": given} if given else {})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_session_is_no_token_and_a_token_no_session(ada: Person, client: FlaskClient) -> None:
    assert ada.client.get("/api/v1/contacts").status_code == 401
    assert client.get("/today").status_code == 303
    assert client.post("/api/v1/contacts").status_code == 303  # to the sign-in: nothing is changed here


def test_an_erased_person_is_gone(client: FlaskClient, house: House, cast: Cast) -> None:
    number = cast.contacts["Imani Oduya"]
    with house.database.transaction() as tx:
        tx.session.get_one(Contact, number).erased_at = tx.now
    assert client.get(f"/api/v1/contacts/{number}").status_code == 404
    assert number not in [one["id"] for one in client.get("/api/v1/contacts").get_json()["contacts"]]


def test_a_token_is_shown_once_used_and_taken_back(app: Flask, house: House, boss: Person) -> None:
    page = boss.post("/settings/tokens", status=200, name="Dashboard")
    secret = re.search(r'value="(rapport_[^"]+)"', page)
    assert secret
    assert secret[1] not in boss.get("/settings/tokens")
    assert "never used" in boss.get("/settings/tokens")
    with house.database.reading() as tx:
        row = tx.session.scalars(select(ApiToken)).one()
    assert secret[1] not in row.token_hash
    headers = {"Authorization": f"Bearer {secret[1]}"}
    assert app.test_client().get("/api/v1/contacts", headers=headers).status_code == 200
    assert "last used" in boss.get("/settings/tokens")
    with house.database.transaction() as tx:
        revoke_token(tx, row.id, actor="user:1")
    assert app.test_client().get("/api/v1/contacts", headers=headers).status_code == 401
