"""Mine or everyone's on Today, in the Inbox and in the tasks: by who looks after somebody, and remembered."""

import re

from flask import Flask
from sqlalchemy import select

from crm.leaves import HAND_OVER, Plan, plan_leave
from crm.models import Contact, Thread
from crm.tasks import create_task
from crm.users import get_user_by_email
from tests.web.cast import ADA, Cast
from tests.web.conftest import Person, sign_in
from web.wiring import House

RUBEN = "ruben@brackenware.example"


def give(house: House, cast: Cast, name: str, email: str = RUBEN) -> None:
    with house.database.transaction() as tx:
        tx.session.get_one(Contact, cast.contacts[name]).owner_id = get_user_by_email(tx, email).id


def in_list(page: str, name: str) -> bool:
    """Return whether somebody stands in the list of those whose turn is ours."""
    return re.search(f'(class="from clip"|class="nowrap" data-open) dir="auto">{name}<', page) is not None


def waiting(page: str) -> int:
    """Return what the navigation says about how many wait."""
    found = re.search(r'id="count-inbox"[^>]*><span aria-hidden="true">(\d+)', page)
    assert found
    return int(found[1])


def test_whom_a_colleague_looks_after_is_theirs_and_counts_follow(
    ada: Person, app: Flask, house: House, cast: Cast
) -> None:
    before = waiting(ada.get("/today"))
    give(house, cast, "Imani Oduya")
    for path in ("/today", "/inbox?turn=you"):
        mine, every = ada.get(path), ada.get(f"{path}{'&' if '?' in path else '?'}who=everyone")
        assert not in_list(mine, "Imani Oduya")
        assert in_list(every, "Imani Oduya")
        assert (waiting(mine), waiting(every)) == (before - 1, before)
    assert f'Your turn <span class="count">{before - 1}</span>' in ada.get("/inbox")
    assert f'Your turn <span class="count">{before}</span>' in ada.get("/inbox?who=everyone", part=True)
    assert in_list(sign_in(app, house, RUBEN).get("/today"), "Imani Oduya")


def test_the_choice_is_remembered_and_stands_in_the_address(ada: Person, house: House, cast: Cast) -> None:
    give(house, cast, "Imani Oduya")
    assert 'value="mine" aria-pressed="true"' in ada.get("/today")
    place = ada.post("/settings/you/whose", who="everyone", back="/inbox?turn=you&who=mine&after=0~x~1")
    assert place == "/inbox?turn=you&who=everyone"
    for path in ("/today", "/inbox?turn=you"):
        page = ada.get(path)
        assert in_list(page, "Imani Oduya")
        assert 'value="everyone" aria-pressed="true"' in page
    assert 'hx-get="/today?who=everyone"' in ada.get("/today")
    assert 'value="mine" aria-pressed="true"' in ada.get("/inbox?who=mine")
    assert 'value="everyone" aria-pressed="true"' in ada.get("/inbox?who=x")
    assert ada.post("/settings/you/whose", who="x", back="//evil.example") == "/today?who=everyone"


def test_without_colleagues_nothing_is_asked(ada: Person, house: House) -> None:
    assert 'aria-label="Whose"' in ada.get("/today")
    with house.database.transaction() as tx:
        for user in (get_user_by_email(tx, RUBEN), get_user_by_email(tx, "yuki@brackenware.example")):
            user.disabled_at = tx.now
    for path in ("/today", "/inbox", "/tasks"):
        assert 'aria-label="Whose"' not in ada.get(path)


def test_nobody_is_lost_whose_owner_is_away_or_has_left(ada: Person, house: House, cast: Cast) -> None:
    give(house, cast, "Imani Oduya")
    assert not in_list(ada.get("/inbox?turn=you"), "Imani Oduya")
    with house.database.transaction() as tx:
        own, ruben = get_user_by_email(tx, ADA), get_user_by_email(tx, RUBEN)
        today = tx.now.date()
        leave, _ = plan_leave(
            tx, ruben.id, Plan(first=today, last=today, mode=HAND_OVER, deputy_id=own.id), actor="cli"
        )
    assert in_list(ada.get("/inbox?turn=you"), "Imani Oduya")
    with house.database.transaction() as tx:
        tx.session.delete(tx.session.merge(leave))
    assert not in_list(ada.get("/inbox?turn=you"), "Imani Oduya")
    with house.database.transaction() as tx:
        get_user_by_email(tx, RUBEN).disabled_at = tx.now
    assert in_list(ada.get("/inbox?turn=you"), "Imani Oduya")


def test_who_wrote_and_is_nobody_known_is_anybody_s(ada: Person, house: House, cast: Cast) -> None:
    give(house, cast, "Imani Oduya")
    with house.database.transaction() as tx:
        thread = tx.session.scalars(select(Thread).where(Thread.contact_id == cast.contacts["Imani Oduya"])).first()
        assert thread
        thread.contact_id = None
        number = thread.id
    assert f'id="thread-{number}-row"' in ada.get("/inbox?turn=you")


def test_today_s_tasks_are_mine_or_everyone_s(ada: Person, house: House) -> None:
    with house.database.transaction() as tx:
        ruben = get_user_by_email(tx, RUBEN).id
        create_task(tx, "Ask about the lid", actor="cli", due_on=tx.now.date(), assignee_id=ruben)
    assert "Ask about the lid" not in ada.get("/today")
    assert "Ask about the lid" not in ada.get("/tasks")
    page = ada.get("/today?who=everyone")
    assert "Ask about the lid" in page
    assert '<span class="vh">Ruben' in page
    assert "Ask about the lid" in ada.get("/tasks?who=everyone")
