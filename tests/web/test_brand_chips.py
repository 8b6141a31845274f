"""With several brands a list says which one it shows; with one nothing is said."""

import re

import pytest
from sqlalchemy import select

from crm import brands
from crm.models import Task, Thread
from crm.promises import make_promise
from crm.task_list import finish_task
from crm.tasks import create_task
from tests.web.cast import Cast
from tests.web.conftest import Person
from web.wiring import House

CHIP = '<span class="chip" dir="auto"><span class="vh">Brand: </span>Brackenware</span>'


@pytest.mark.parametrize("place", ["/contacts", "/pipeline", "/feedback"])
def test_a_list_names_its_brand_where_there_are_two(ada: Person, cast: Cast, house: House, place: str) -> None:
    assert CHIP not in ada.get(place)
    with house.database.transaction() as tx:
        brands.create_brand(tx, "Second & Co", postal_address="Havnegade 14, Aarhus")
    assert CHIP in ada.get(place)


def test_the_list_of_sequences_names_the_brand_of_each(ada: Person, cast: Cast, house: House) -> None:
    label = '<span class="chip" dir="auto">Brackenware</span>'
    assert label not in ada.get("/sequences")
    with house.database.transaction() as tx:
        brands.create_brand(tx, "Second & Co", postal_address="Havnegade 14, Aarhus")
    assert label in ada.get("/sequences")


LABEL = '<span class="chip line" dir="auto"><span class="vh">Brand: </span>Brackenware</span>'


def _second_brand(house: House) -> int:
    with house.database.transaction() as tx:
        return brands.create_brand(tx, "Second & Co", postal_address="Havnegade 14, Aarhus").id


@pytest.mark.parametrize("place", ["/inbox", "/review", "/tasks"])
def test_a_row_names_its_brand_where_there_are_two(ada: Person, cast: Cast, house: House, place: str) -> None:
    with house.database.transaction() as tx:
        for task in tx.session.scalars(select(Task)):
            task.brand_id = cast.brand
    assert LABEL not in ada.get(place)
    _second_brand(house)
    assert LABEL in ada.get(place)


def test_the_inbox_of_one_brand_counts_its_own(ada: Person, cast: Cast, house: House) -> None:
    assert 'href="/inbox?brand=' not in ada.get("/inbox")
    second = _second_brand(house)
    with house.database.transaction() as tx:
        thread = tx.session.get_one(Thread, cast.threads["Imani Oduya"])
        thread.brand_id = second
    page = ada.get(f"/inbox?turn=you&brand={second}")
    assert re.findall(r'id="thread-(\d+)-row"', page) == [str(thread.id)]
    assert 'Your turn <span class="count">1</span>' in page
    assert 'ada@ <span class="count">1</span>' in page
    assert (
        'href="/inbox?turn=you" aria-current="true" dir="auto"><span class="vh">Brand: </span>Second &amp; Co' in page
    )
    rest = ada.get(f"/inbox?turn=you&brand={cast.brand}")
    assert f'id="thread-{thread.id}-row"' not in rest
    assert 'Your turn <span class="count">0</span>' in ada.get("/inbox?brand=999")


def test_tasks_and_promises_of_one_brand(ada: Person, cast: Cast, house: House) -> None:
    second = _second_brand(house)
    with house.database.transaction() as tx:
        create_task(tx, "Call the second printer", actor="cli", brand_id=second, assignee_id=1)
        who = cast.contacts["Imani Oduya"]
        make_promise(tx, who, "send the second lid", None, user_id=1, brand_id=second, actor="cli")
    assert "Call the second printer" in ada.get(f"/tasks?brand={second}")
    assert "Call the second printer" not in ada.get(f"/tasks?brand={cast.brand}")
    assert f'href="/tasks?who=mine&amp;show=promises&amp;brand={second}"' in ada.get(f"/tasks?brand={second}")
    assert "send the second lid" in ada.get(f"/tasks?show=promises&brand={second}")
    assert "send the second lid" not in ada.get(f"/tasks?show=promises&brand={cast.brand}")
    with house.database.transaction() as tx:
        finish_task(tx, tx.session.scalars(select(Task.id).where(Task.brand_id == second)).one(), actor="cli")
    assert "Call the second printer" not in ada.get(f"/tasks?show=done&who=everyone&brand={cast.brand}")
    assert "Call the second printer" in ada.get(f"/tasks?show=done&who=everyone&brand={second}")
