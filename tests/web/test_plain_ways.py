"""Filters that cannot be read, addresses with names in them, and the acts that need care on one person."""

import re

import pytest

from crm.models import Change, Suppression, Theme
from crm.users import get_user_by_email
from tests.web.cast import Cast
from tests.web.conftest import Person
from web.wiring import House


@pytest.mark.parametrize(
    "asked",
    [
        "size=abc",
        "posted=soon",
        "fit=5..x",
        "size=20k..abc",
        "views=abc..9k",
        "country=Atlantis",
        "language=Klingonese",
    ],
)
def test_a_filter_nobody_can_read_is_left_out_and_said(ada: Person, cast: Cast, asked: str) -> None:
    for place in ("/contacts", "/pipeline"):
        page = ada.get(f"{place}?{asked}")
        assert "This filter is left out." in page
        assert 'class="fchip"' not in page
        assert not re.search(rf'href="[^"]*{re.escape(asked)}', page), "no link carries it on"
    assert "This filter is left out." not in ada.get("/contacts?size=20k..&contacted=never")


def test_an_act_on_everybody_who_matches_nothing_readable_is_for_nobody(ada: Person, cast: Cast) -> None:
    """A slip must not mean everybody."""
    ada.post("/contacts/selection", status=422, all="1", query="size=abc", act="tag", value="x")


def test_a_country_is_found_by_its_name(ada: Person, cast: Cast) -> None:
    names = re.compile(r'href="/contacts/(\d+)-')
    by_code = set(names.findall(ada.get("/contacts?country=PL")))
    assert by_code
    assert by_code == set(names.findall(ada.get("/contacts?country=Poland")))


@pytest.mark.parametrize("path", ["report", "people", "settings", "forecast", "report?by=variant"])
def test_names_in_addresses_are_decoration(ada: Person, cast: Cast, path: str) -> None:
    answer = ada.client.get(f"/sequences/1-autumn-pans/{path}")
    assert answer.location == f"/sequences/1/{path}"
    ada.get("/sequences/999-nothing/report", status=302)
    ada.get("/nowhere/1-x", status=404)


def test_products_are_found_by_name(ada: Person, cast: Cast) -> None:
    assert ada.client.get("/settings/products").location == "/settings/brands"
    chosen = re.compile(r'<option value="(\d+)" selected>|href="/feedback\?product=(\d+)[^"]*" aria-current')
    by_number = ada.get("/feedback?product=1")
    assert chosen.search(by_number), by_number
    product = ada.get("/settings/products/1")
    name = re.search(r'<h1 dir="auto">([^<]*)</h1>', product)
    assert name
    word = "-".join(re.findall(r"\w+", name[1].lower()))
    assert chosen.findall(ada.get(f"/feedback?product={word}")) == chosen.findall(by_number)


def test_do_not_contact_can_be_taken_back(ada: Person, cast: Cast, house: House) -> None:
    place = ada.post("/contacts/1/suppression")
    page = ada.get(place)
    with house.database.reading() as tx:
        change = tx.session.query(Change).order_by(Change.id.desc()).first()
        assert change is not None
        assert tx.session.query(Suppression).filter_by(lifted_at=None, reason="manual").count()
    assert f'action="/changes/{change.id}/undo"' in page
    ada.post(f"/changes/{change.id}/undo")
    with house.database.reading() as tx:
        assert not tx.session.query(Suppression).filter_by(lifted_at=None, reason="manual").count()


def test_a_theme_comes_out_on_the_readers_day(ada: Person, cast: Cast, house: House) -> None:
    """Far in the west it is still yesterday."""
    with house.database.transaction() as tx:
        get_user_by_email(tx, "ada@brackenware.example").zone = "Pacific/Pago_Pago"
        theme = tx.session.get_one(Theme, 1)
        theme.state, theme.out_on = "listening", None
        utc = tx.now.date()
    ada.post("/feedback/themes/1/state", state="out")
    with house.database.reading() as tx:
        out_on = tx.session.get_one(Theme, 1).out_on
    assert out_on is not None
    assert (utc - out_on).days == 1


def test_a_reach_that_is_no_number_is_refused(ada: Person, cast: Cast) -> None:
    page = ada.post("/feedback", status=422, quote="Too heavy", kind="problem", reach="many")
    assert "many is no number I can read" in page
    assert "Too heavy" in page
