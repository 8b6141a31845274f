"""A person opened from a list: where they stand in it, who comes before and after, and what becomes of odd lists."""

import re
from html import unescape

import pytest

from crm.models import Contact
from tests.web.cast import Cast
from tests.web.conftest import Person
from web.wiring import House


def links(page: str) -> dict[str, str]:
    """Return where previous and next lead, by their relation."""
    found = re.findall(r'rel="(prev|next)" href="(/contacts/[^"]+)"', page)
    return {rel: unescape(place) for rel, place in found}


def test_a_list_is_walked_with_its_filters_and_order(ada: Person) -> None:
    page = ada.get("/contacts?tag=one-pan&platform=youtube&sort=-size&page=1")
    order = re.findall(r'data-open href="([^"]+)"', page)
    assert len(order) == 7
    here, seen = unescape(order[0]), []
    while here:
        page = ada.get(here)
        seen.append(re.search(r'data-place="/contacts/(\d+)"', page)[1])  # type: ignore[index]
        assert f"{len(seen)} of 7" in page
        assert 'href="/contacts?platform=youtube&amp;tag=one-pan&amp;sort=-size"' in page or "tag=one-pan" in page
        here = links(page).get("next", "")
    assert seen == [re.search(r"/contacts/(\d+)", one)[1] for one in order]  # type: ignore[index]
    assert links(page).keys() == {"prev"}


def test_the_list_is_kept_by_tabs_and_by_what_is_done_there(ada: Person, cast: Cast) -> None:
    imani = cast.contacts["Imani Oduya"]
    here = f"/contacts/{imani}?in=tag=one-pan%26sort=-size"
    page = ada.get(here)
    assert 'href="?show=notes&amp;in=tag=one-pan%26sort=-size"' in page
    assert "2 of 10" in page
    place = ada.post(f"/contacts/{imani}/tags/removal", tag="one-pan", came_from=here)
    assert place == here
    page = ada.get(place)
    assert "not in this list" in page
    assert links(page).keys() == {"prev", "next"}
    # Somebody else's page keeps nothing of it, and neither does a page of another site.
    assert ada.post(f"/contacts/{imani}/tags", tag="b", came_from="/contacts/2?in=all") == f"/contacts/{imani}"


def test_without_a_list_there_is_nobody_beside(ada: Person, cast: Cast) -> None:
    assert not links(ada.get(f"/contacts/{cast.contacts['Imani Oduya']}"))


@pytest.mark.parametrize(
    "text",
    ["where=tag:(((", "where=nobody:knows", "size=abc", "country=Atlantis", "tag=none-has-it", "&".join("a=b" * 400),
     "x" * 5_000, "%00", "stage=%27%3B--", "sequence=999999999999999999999", "owner=me,zzz", "sort=%F0%9F%8D%B3",
     "field.gone=1", "page=-1%26view=77%26tag=none-has-it"],
)  # fmt: skip
def test_odd_lists_are_never_a_fault(ada: Person, text: str) -> None:
    page = ada.get(f"/contacts/1?in={text}")
    assert "Imani Oduya" in page


@pytest.mark.parametrize("text", ["where=tag:(((", "size=abc", "country=Atlantis", "tag=none-has-it", "field.gone=1"])
def test_what_cannot_be_read_widens_nothing(ada: Person, text: str) -> None:
    assert not links(ada.get(f"/contacts/1?in={text}"))


def test_who_was_erased_is_never_beside(ada: Person, cast: Cast, house: House) -> None:
    second = links(ada.get("/contacts/1?in=all"))["next"]
    number = int(re.search(r"/contacts/(\d+)", second)[1])  # type: ignore[index]
    with house.database.transaction() as tx:
        tx.session.get_one(Contact, number).erased_at = tx.now
    assert links(ada.get("/contacts/1?in=all"))["next"] != second
