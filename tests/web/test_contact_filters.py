"""The contact list: every filter alone and together, order, pages, and parameters nobody knows."""

import re

import pytest

from crm import contacts
from crm.models import Handle
from tests.web.cast import PEOPLE, Cast, settle
from tests.web.conftest import Person
from web.wiring import House

NAME = re.compile(r'<a class="name clip"[^>]*>([^<]+)</a>')
EVERYONE = {part.name.split()[0] for part in PEOPLE}


def _found(ada: Person, query: str) -> list[str]:
    return [name.split()[0] for name in NAME.findall(ada.get(f"/contacts?{query}"))]


@pytest.mark.parametrize(("query", "names"), [
    ("", EVERYONE),
    ("q=IMANI", {"Imani"}),
    ("q=sofia", {"Sofía"}),
    ("q=kitchen+small", {"Imani"}),
    ("q=%25", set()),
    ("q=_", set()),
    ("topic=kitchen", {"Imani", "Callum"}),
    ("platform=tiktok", {"Sofía"}),
    ("platform=tiktok,instagram", {"Sofía", "Layan", "Efua"}),
    ("size=100k..150k", {"Layan", "Kwesi"}),
    ("size_from=100k&size_to=150k", {"Layan", "Kwesi"}),
    ("size=..31000", {"Niamh"}),
    ("size=nonsense", EVERYONE),
    ("views=200k..", {"Sofía"}),
    ("er=7..", EVERYONE),
    ("er=7.2..", set()),
    ("country=gh", {"Kwesi"}),
    ("language=ar", {"Layan"}),
    ("tag=one-pan", EVERYONE),
    ("tag=no-pan", set()),
    ("stage=Shortlisted", {"Niamh", "Efua", "Dorte"}),
    ("turn=them", {"Kwesi"}),
    ("turn=rest", {"Niamh"}),
    ("turn=you&stage=Talking", {"Tomek", "Layan", "Sofía"}),
    ("reach=email,dm", EVERYONE),
    ("contacted=never&contacted_from=&contacted_to=", {"Niamh", "Efua", "Dorte"}),
    ("contacted_from=60&contacted_to=90", {"Hanne"}),
    ("platform=youtube&size=90k..&turn=you", {"Imani", "Tomek"}),
    ("nobody=knows&this=one&q=imani", {"Imani"}),
])  # fmt: skip
def test_filters(ada: Person, cast: Cast, house: House, query: str, names: set[str]) -> None:
    settle(house, cast)
    assert set(_found(ada, query)) == names


@pytest.mark.parametrize(("sort", "first", "last"), [
    ("name", "Callum", "Tomek"), ("-name", "Tomek", "Callum"), ("-size", "Sofía", "Niamh"), ("size", "Niamh", "Sofía"),
    ("-views", "Sofía", "Niamh"), ("nonsense", "Callum", "Tomek"), ("added", "Imani", "Dorte"),
])  # fmt: skip
def test_order(ada: Person, sort: str, first: str, last: str) -> None:
    names = _found(ada, f"sort={sort}")
    assert (names[0], names[-1]) == (first, last)


def test_figures_must_hold_for_one_and_the_same_account(ada: Person, cast: Cast, house: House) -> None:
    with house.database.transaction() as tx:
        tx.session.add(
            Handle(contact_id=cast.contacts["Niamh Kerrisk"], platform="tiktok", username="n", followers=900_000,
                   avg_views=10, created_at=tx.now)
        )  # fmt: skip
    assert set(_found(ada, "size=800k..&views=10k..")) == set()
    assert set(_found(ada, "size=800k..")) == {"Niamh"}


def test_links_keep_what_is_asked_for_and_what_nobody_knows(ada: Person) -> None:
    page = ada.get("/contacts?topic=kitchen&tag=one-pan&foo=bar&page=1")
    assert 'href="/contacts?tag=one-pan&amp;foo=bar"' in page
    assert "sort=-size" in page
    assert 'name="foo" value="bar"' in page


def test_pages_of_fifty(ada: Person, cast: Cast, house: House) -> None:
    with house.database.transaction() as tx:
        for number in range(60):
            contacts.create_contact(tx, name=f"Zed {number:02}", emails=[f"z{number}@many.example"], actor="system")
    first, second = _found(ada, ""), _found(ada, "page=2")
    assert (len(first), len(second)) == (50, 20)
    assert 'name="page" value="2"' in ada.get("/contacts")
    assert _found(ada, "page=99") == second
    assert _found(ada, "page=-1") == first


def test_filtered_empty_differs_from_empty(ada: Person) -> None:
    page = ada.get("/contacts?q=nobody-at-all")
    assert "Nobody matches" in page
    assert "No contacts yet" not in page


def test_the_palette_finds_people(ada: Person) -> None:
    part = ada.get("/search?q=ima", part=True)
    assert "Imani Oduya" in part
    assert "<html" not in part
    assert "hx-swap-oob" not in part
    assert "Nothing is found" in ada.get("/search?q=zzz")
