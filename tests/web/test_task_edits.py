"""Tasks in other words, taken away, and both taken back; on the list and on the person's page alike."""

import re

import pytest

from crm.models import Task
from crm.tasks import create_task
from tests.web.cast import Cast
from tests.web.conftest import Person
from web.wiring import House


@pytest.fixture
def task(cast: Cast, house: House) -> int:
    with house.database.transaction() as tx:
        return create_task(
            tx, "Send the pan", actor="user:1", contact_id=cast.contacts["Niamh Kerrisk"], assignee_id=1
        ).id


def title_of(house: House) -> list[str]:
    with house.database.reading() as tx:
        return [task.title for task in tx.session.query(Task)]


def undo_of(page: str) -> str:
    found = re.search(r'action="(/changes/\d+/undo)"', page)
    assert found
    return found[1]


def test_a_task_is_renamed_and_the_old_words_come_back(ada: Person, task: int, house: House) -> None:
    assert f'action="/tasks/{task}/title"' in ada.get("/tasks")
    page = ada.get(ada.post(f"/tasks/{task}/title", title=" Send two pans "))
    assert "Send two pans" in title_of(house)
    ada.post(undo_of(page))
    assert "Send the pan" in title_of(house)
    ada.post(f"/tasks/{task}/title", title=" ", status=422)


def test_a_task_is_removed_and_put_back(ada: Person, task: int, cast: Cast, house: House) -> None:
    assert f'action="/tasks/{task}/removal"' in ada.get(f"/contacts/{cast.contacts['Niamh Kerrisk']}")
    page = ada.get(ada.post(f"/tasks/{task}/removal", back=f"/contacts/{cast.contacts['Niamh Kerrisk']}"))
    assert "Send the pan" not in title_of(house)
    ada.post(f"/tasks/{task}/removal", status=404)
    ada.post(undo_of(page))
    assert "Send the pan" in title_of(house)


def test_a_step_of_a_sequence_is_neither(ada: Person, task: int, house: House) -> None:
    with house.database.transaction() as tx:
        tx.session.get_one(Task, task).kind = "step"
    assert f"/tasks/{task}/removal" not in ada.get("/tasks")
    ada.post(f"/tasks/{task}/removal", status=403)
    ada.post(f"/tasks/{task}/title", title="Other", status=403)
    with house.database.reading() as tx:
        assert tx.session.get_one(Task, task).title == "Send the pan"
