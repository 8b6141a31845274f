"""The first minute: the one-time link makes the first account and brand; passwords are set by links that work once."""

from datetime import timedelta

import pytest
from flask import Flask

from crm import users
from crm.models import Brand, User
from tests.web.conftest import sign_in
from web.wiring import House

GIVEN = {
    "name": "Ada Marsh", "email": "Ada@Brackenware.example", "password": "one pan, no lid", "zone": "Europe/Copenhagen",
    "brand": "Brackenware", "postal_address": "Havnegade 12, Aarhus",
}  # fmt: skip


def _link(house: House) -> str:
    with house.database.transaction() as tx:
        return users.create_link(tx, "setup")


def test_set_up_makes_an_admin_a_brand_and_a_session(app: Flask, house: House) -> None:
    token, client = _link(house), app.test_client()
    assert "Your brand" in client.get(f"/setup/{token}").text
    answer = client.post(f"/setup/{token}", data=GIVEN)
    assert (answer.status_code, answer.location) == (303, "/setup/steps/mailbox")
    assert "Brackenware" in client.get("/today").text
    with house.database.reading() as tx:
        user, brand = tx.session.query(User).one(), tx.session.query(Brand).one()
    assert (user.email, user.role, user.zone) == ("ada@brackenware.example", "admin", "Europe/Copenhagen")
    assert user.password_hash is not None
    assert user.password_hash.startswith("$argon2id$")
    assert brand.postal_address == "Havnegade 12, Aarhus"


def test_the_link_works_once(app: Flask, house: House) -> None:
    token = _link(house)
    app.test_client().post(f"/setup/{token}", data=GIVEN)
    again = app.test_client().post(f"/setup/{token}", data=GIVEN | {"email": "b@brackenware.example"})
    assert again.status_code == 403
    with house.database.reading() as tx:
        assert users.count_users(tx) == 1


@pytest.mark.parametrize("path", ["/setup", "/setup/guessed", "/password/guessed"])
def test_without_the_link_nothing_is_shown(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)
    assert answer.status_code == 403
    assert "password" not in answer.text.lower() or "<input" not in answer.text


def test_a_link_grows_old(app: Flask, house: House) -> None:
    token = _link(house)
    house.clock.sleep(timedelta(days=3).total_seconds())
    assert app.test_client().get(f"/setup/{token}").status_code == 403


def test_once_there_is_an_account_a_new_link_is_refused(app: Flask, house: House) -> None:
    app.test_client().post(f"/setup/{_link(house)}", data=GIVEN)
    assert app.test_client().get(f"/setup/{_link(house)}").status_code == 403


@pytest.mark.parametrize(("wrong", "sentence"), [
    ({"password": "short"}, "at least 10 characters"),
    ({"email": "nobody"}, "not an email address"),
    ({"name": " "}, "your name"),
    ({"brand": ""}, "the brand"),
])  # fmt: skip
def test_what_is_wrong_is_said_and_the_rest_is_kept(
    app: Flask, house: House, wrong: dict[str, str], sentence: str
) -> None:
    token = _link(house)
    answer = app.test_client().post(f"/setup/{token}", data=GIVEN | wrong)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Havnegade 12, Aarhus" in answer.text
    assert GIVEN["password"] not in answer.text
    with house.database.reading() as tx:
        assert users.count_users(tx) == 0
        assert tx.session.query(Brand).count() == 0
    assert app.test_client().post(f"/setup/{token}", data=GIVEN).status_code == 303


def test_a_colleague_sets_a_password_once(app: Flask, house: House) -> None:
    with house.database.transaction() as tx:
        token = users.create_link(tx, "password", user=users.add_user(tx, "ruben@brackenware.example", role="manager"))
    client = app.test_client()
    assert "ruben" in client.get(f"/password/{token}").text
    assert client.post(f"/password/{token}", data={"password": "short"}).status_code == 422
    assert client.post(f"/password/{token}", data={"password": "two pans, one lid"}).location == "/today"
    assert client.post(f"/password/{token}", data={"password": "stolen, stolen"}).status_code == 403
    given = {"email": "ruben@brackenware.example", "password": "two pans, one lid"}
    assert app.test_client().post("/sessions", data=given).status_code == 303


def test_one_s_own_account(app: Flask, house: House, cast: object) -> None:
    ada = sign_in(app, house, "ada@brackenware.example")
    ada.post("/settings/you", name="Ada M.", zone="Asia/Tokyo", theme="dark")
    page = ada.get("/settings/you")
    assert 'data-theme="dark"' in page
    assert 'data-keys="off"' in page
    assert "<option selected>Asia/Tokyo</option>" in page
    ada.post("/settings/you", zone="Nowhere/At all", theme="pink")
    assert "<option selected>Asia/Tokyo</option>" in ada.get("/settings/you")
    ada.post("/settings/you/theme", theme="light", back="/contacts")
    assert 'data-theme="light"' in ada.get("/today")
