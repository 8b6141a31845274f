"""Who is ticked on the list stays ticked from page to page, without a script; bounded, and nobody unknown gets in."""

import re
from html import unescape
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from crm.contacts import create_contact
from tests.web.cast import Cast
from tests.web.conftest import Person
from web.picking import MOST, read_numbers, split_picked
from web.wiring import House


@pytest.fixture
def crowd(cast: Cast, house: House) -> list[int]:
    """Enough people for three pages, by name."""
    with house.database.transaction() as tx:
        return [create_contact(tx, name=f"Zoe {n:03}", actor="cli").id for n in range(110)]


def press(ada: Person, page: str, page_number: int, *, tick: list[int] = (), untick: list[int] = ()) -> str:  # type: ignore[assignment]
    """Press the button for another page, with boxes changed as a browser would send them."""
    form = re.search(r'<form class="picking.*?</form>', page, re.DOTALL)
    assert form
    assert f'formaction="/contacts" formmethod="get" name="page" value="{page_number}"' in form[0]
    fields: MultiDict[str, Any] = MultiDict()
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]):
        fields.add(name, unescape(value))
    for number in sorted({*ticked(page), *tick} - set(untick)):
        fields.add("id", number)
    fields.add("page", page_number)
    answer = ada.client.get("/contacts", query_string=fields)
    assert answer.status_code == 302
    return str(answer.location)


def ticked(page: str) -> list[int]:
    return [int(one) for one in re.findall(r'name="id" value="(\d+)" checked', page)]


def test_ticks_go_along_from_page_to_page_and_back(ada: Person, crowd: list[int]) -> None:
    first = ada.get("/contacts?q=zoe&sort=name")
    assert "on this page</b>" not in first
    place = press(ada, first, 2, tick=crowd[:3])
    assert place == f"/contacts?q=zoe&sort=name&picked={crowd[0]},{crowd[1]},{crowd[2]}&page=2"
    second = ada.get(place)
    assert "3 chosen, 0 of them on this page" in second
    assert "Page 2 of 3" in second
    back = ada.get(press(ada, second, 1, tick=[crowd[60]]))
    assert "4 chosen, 3 of them on this page" in back
    assert ticked(back) == crowd[:3]
    again = ada.get(press(ada, back, 2, untick=[crowd[1]]))
    assert "3 chosen, 1 of them on this page" in again
    assert ticked(again) == [crowd[60]]
    clear = re.search(r'href="([^"]+)"[^>]*data-clear', again)
    assert clear
    assert unescape(clear[1]) == "/contacts?q=zoe&sort=name&page=2"


def test_what_is_done_is_done_to_everybody_ticked(ada: Person, crowd: list[int]) -> None:
    page = ada.get(f"/contacts?q=zoe&picked={crowd[0]},{crowd[60]}&page=2")
    rest = re.search(r'name="id" value="([\d,]+)" data-elsewhere="1"', page)
    assert rest
    assert rest[1] == str(crowd[0])
    chosen = ada.get(f"/contacts/selection?query=q%3Dzoe&all=&id={rest[1]}&id={crowd[60]}&act=tag&value=new")
    assert "2 people chosen" in chosen


def test_ticks_are_no_filter(ada: Person, crowd: list[int]) -> None:
    page = ada.get(f"/contacts?picked={crowd[0]}")
    assert 'name="query" value=""' in page
    assert "?in=all" in page
    # Another order keeps them.
    assert re.search(rf'href="/contacts\?picked={crowd[0]}&amp;sort=-size"', page)


def test_numbers_are_read_once_each_and_bounded() -> None:
    assert read_numbers(["3,x,3,-1,0,٣,99999999999999999999", "4"]) == [3, 4]
    assert len(read_numbers([",".join(map(str, range(1, 2000)))])) == MOST
    picked = split_picked("5,6,7", [6, 9])
    assert (picked.here, picked.elsewhere, picked.rest, picked.count, picked.is_full) == ((6,), (5, 7), "5,7", 3, False)


@pytest.mark.parametrize(
    "query",
    ["list=", "list=a%3Db&page=zzz&id=x", "list=%3F%3F%26%00&id=1,2", "list=view%3D1&page=-3",
     "picked=%27--&page=9999", "picked=,,,"],
)  # fmt: skip
def test_odd_addresses_are_never_a_fault(ada: Person, query: str) -> None:
    answer = ada.client.get(f"/contacts?{query}", follow_redirects=True)
    assert answer.status_code == 200


def test_a_full_address_says_so(ada: Person, crowd: list[int]) -> None:
    numbers = ",".join(map(str, range(1000, 1000 + MOST + 5)))
    assert f"From page to page {MOST} are kept at most." in ada.get(f"/contacts?picked={numbers}")
