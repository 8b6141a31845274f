"""Who stands beside somebody in a list: the same as the list itself says, in every order, for few and for many."""

from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import event

from crm import bests, people_beside, people_order
from crm.contacts import create_contact
from crm.models import Contact, ContactTag, Handle
from crm.people_beside import Beside, find_beside
from crm.people_filter import PeopleFilter
from crm.people_found import find_people_ids
from tests.stories.world import World

SORTS = ("name", "-name", "size", "-size", "-fit", "rate", "posted", "-added", "er", "views", "nonsense")


@pytest.fixture(params=["few", "many", "kept"])
def crowd(request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Forty people with names and figures that are often the same, and some without; beyond what counts as few."""
    if request.param != "few":
        monkeypatch.setattr(people_order, "WALK", 5)
        monkeypatch.setattr(people_beside, "WALK", 5)
    with world.database.transaction() as tx:
        names = [("", "Ægir", "bo", "Bo", "Cé", "Ada", "Zoë")[place % 7] for place in range(40)]
        people = [Contact(name=name, search_text=name.lower(), created_at=tx.now) for name in names]
        tx.session.add_all(people)
        tx.session.flush()
        for place, number in enumerate(one.id for one in people):
            if place % 3:
                tx.session.add(
                    Handle(contact_id=number, platform="tiktok", username=str(place), created_at=tx.now,
                           followers=place % 4 * 1000.0 or None, avg_views=place % 5 * 0.1, price_amount=place % 3,
                           engagement_rate=0.07, last_post_on=date(2026, 11, 1 + place % 6))
                )  # fmt: skip
            if place % 2:
                tx.session.add(ContactTag(contact_id=number, tag="odd"))
    if request.param == "kept":
        monkeypatch.setattr(bests, "MANY", 5)
        world.days(1)
        assert bests.keep_bests(world.database)
        with world.database.transaction() as tx:
            for name in ("bo", "", "Late"):
                number = create_contact(tx, name=name, actor="cli").id
                tx.session.add(ContactTag(contact_id=number, tag="odd"))
    return world


def test_neighbours_are_those_of_the_list(crowd: World) -> None:
    with crowd.database.reading() as tx:
        for wanted in (PeopleFilter(sort=sort, tags=("odd",) * (place % 2)) for place, sort in enumerate(SORTS)):
            listed = find_people_ids(tx, wanted, brand_id=1)
            assert len(listed) >= 20
            around = [None, *listed, None]
            for place, number in enumerate(listed):
                assert find_beside(tx, wanted, number, brand_id=1) == Beside(
                    before=around[place], after=around[place + 2], place=place + 1, total=len(listed)
                ), wanted.sort


def test_who_left_the_list_goes_on_from_where_they_stood(crowd: World) -> None:
    with crowd.database.reading() as tx:
        for sort in SORTS:
            whole = find_people_ids(tx, PeopleFilter(sort=sort), brand_id=1)
            odd = PeopleFilter(sort=sort, tags=("odd",))
            listed = find_people_ids(tx, odd, brand_id=1)
            for left, right in pairwise(listed):
                for number in whole[whole.index(left) + 1 : whole.index(right)]:
                    assert find_beside(tx, odd, number, brand_id=1) == Beside(
                        before=left, after=right, place=None, total=len(listed)
                    ), sort


def test_a_place_is_counted_so_far_and_no_further(crowd: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_beside, "COUNTED", 7)
    with crowd.database.reading() as tx:
        listed = find_people_ids(tx, PeopleFilter(), brand_id=1)
        places = [found.place for one in listed if (found := find_beside(tx, PeopleFilter(), one, brand_id=1))]
    assert places[:7] == [1, 2, 3, 4, 5, 6, 7]
    assert all(place is not None and place > 7 for place in places[7:])


def test_nobody_stands_beside_anybody_in_an_empty_list(crowd: World) -> None:
    with crowd.database.reading() as tx:
        assert find_beside(tx, PeopleFilter(tags=("none",)), 1, brand_id=1) is None
        assert find_beside(tx, PeopleFilter(fault="No such segment."), 1, brand_id=1) is None


def test_it_takes_two_questions_and_one_for_what_is_kept(crowd: World) -> None:
    asked: list[str] = []
    event.listen(crowd.database.engine, "before_cursor_execute", lambda _c, _k, statement, *_r: asked.append(statement))
    for sort in SORTS:
        with crowd.database.reading() as tx:
            asked.clear()
            find_beside(tx, PeopleFilter(sort=sort, tags=("odd",)), 20, brand_id=1)
            assert len([one for one in asked if "SELECT" in one]) <= 3
