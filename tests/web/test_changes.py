"""Recent changes and long work as people see them: what was done is taken back, from the toast or days later."""

import re
from datetime import date, timedelta

from flask import Flask

from crm.changes import record_change
from crm.jobs import start_job
from crm.leaves import Plan, plan_leave
from crm.models import Thread
from crm.users import get_user_by_email
from kit.clock import FixedClock
from tests.web.cast import Cast
from tests.web.conftest import Person, sign_in
from web.undo import BY_POWER, POWERS, REVERSERS
from web.wiring import House

TOAST = re.compile(r'class="toast".*?action="(/changes/\d+/undo)"', re.DOTALL)


def _toast(page: str) -> str:
    found = TOAST.search(page)
    assert found, page
    return found[1]


def test_done_is_taken_back_from_the_toast_and_leads_to_the_conversation(ada: Person, cast: Cast) -> None:
    thread = cast.threads["Tomek Wilczak"]
    undo = _toast(ada.get(ada.post(f"/threads/{thread}/done")))
    assert "Tomek" not in ada.get("/inbox?turn=you")
    assert ada.post(undo, place="/inbox") == f"/inbox/{thread}"
    assert "Tomek" in ada.get("/inbox?turn=you")


def test_a_snooze_is_taken_back_days_later_and_only_once(
    ada: Person, cast: Cast, house: House, clock: FixedClock
) -> None:
    thread = cast.threads["Tomek Wilczak"]
    ada.post(f"/threads/{thread}/snooze", until="fortnight")
    clock.advance(timedelta(days=6))
    ada = sign_in_again(ada, house)
    page = ada.get("/settings/data/changes")
    assert "Snoozed: " in page
    undo = re.findall(r'action="(/changes/\d+/undo)"', page)[0]
    ada.post(undo, back="/settings/data/changes")
    with house.database.reading() as tx:
        assert tx.session.get_one(Thread, thread).snoozed_until is None
    page = ada.get("/settings/data/changes")
    assert "Taken back by Ada Marsh" in page
    assert "taken back already" in ada.post(undo, status=409)


def sign_in_again(person: Person, house: House) -> Person:
    return sign_in(person.client.application, house, "ada@brackenware.example")


def test_what_somebody_touched_since_stays(ada: Person, cast: Cast, house: House) -> None:
    thread = cast.threads["Tomek Wilczak"]
    undo = _toast(ada.get(ada.post(f"/threads/{thread}/done")))
    ada.post(f"/threads/{thread}/snooze", until="monday")
    page = ada.get(ada.post(undo))
    assert "Nothing was taken back. A conversation that was touched since stays as it is." in page
    with house.database.reading() as tx:
        assert tx.session.get_one(Thread, thread).snoozed_until is not None


def test_the_way_back_leads_nowhere_else(ada: Person, cast: Cast) -> None:
    imani = cast.contacts["Imani Oduya"]
    ada.post(f"/contacts/{imani}/stage", stage="Alumni")
    undo = _toast(ada.get(f"/contacts/{imani}"))
    assert ada.post(undo, place="//evil.example") == "/today"


def test_readers_look_and_do_not_undo(app: Flask, house: House, cast: Cast, ada: Person) -> None:
    undo = _toast(ada.get(ada.post(f"/threads/{cast.threads['Tomek Wilczak']}/done")))
    yuki = sign_in(app, house, "yuki@brackenware.example")
    page = yuki.get("/settings/data/changes")
    assert "Done: " in page
    assert undo not in page
    yuki.post(undo, status=403)


def test_every_kind_is_taken_back_with_one_power() -> None:
    assert len(REVERSERS) == len(POWERS) == sum(map(len, BY_POWER.values()))
    assert set(BY_POWER) == {"edit", "feedback", "send", "approve", "rules", "admin"}


def test_what_a_page_reserves_is_not_taken_back_by_its_change(app: Flask, house: House, ada: Person) -> None:
    with house.database.transaction() as tx:
        ruben = get_user_by_email(tx, "ruben@brackenware.example").id
        plan = Plan(first=date(2026, 12, 1), last=date(2026, 12, 3), mode="pause")
        leaves = [plan_leave(tx, user, plan, actor="user:1")[1].id for user in (1, ruben)]
        kinds = ("import", "bulk_enrol", "bulk_suppress", "sequence_added", "setting.stale")
        others = [record_change(tx, kind, actor="user:99", summary=kind, data={}).id for kind in kinds]
    reviewer = sign_in(app, house, "ruben@brackenware.example")
    for change in (leaves[0], *others):
        reviewer.post(f"/changes/{change}/undo", status=403)
    page = reviewer.get("/settings/data/changes")
    assert re.findall(r'action="/changes/(\d+)/undo"', page) == [str(leaves[1])]
    reviewer.post(f"/changes/{leaves[1]}/undo")
    assert "Taken back by Ruben" in reviewer.get("/settings/data/changes")


def test_progress_is_asked_for_until_the_end_and_announced_at_start_half_and_end(ada: Person, house: House) -> None:
    with house.database.transaction() as tx:
        job = start_job(tx, "import", actor="user:1", total=200, data={}, title="Import of <b>x</b>.csv")
        job.state, job.done, job.started_at = "running", 40, tx.now - timedelta(seconds=40)
    place = f"/jobs/{job.id}"
    page = ada.get(place)
    assert 'hx-trigger="every 2s"' in page
    assert "<strong>40 of 200</strong> about 3 minutes left" in page
    assert "<b>x</b>" not in page
    assert "Begun. You may leave" in ada.get(place, part=True)
    assert 'id="announce"' not in ada.get(f"{place}?seen=20", part=True)
    with house.database.transaction() as tx:
        tx.session.merge(job).done = 120
    assert "Half is done." in ada.get(f"{place}?seen=20", part=True)
    assert 'id="announce"' not in ada.get(f"{place}?seen=60", part=True)
    with house.database.transaction() as tx:
        job = tx.session.merge(job)
        job.state, job.done = "done", 200
    page = ada.get(f"{place}?seen=60", part=True)
    assert "Finished." in page
    assert "hx-trigger" not in page
    ada.get("/jobs/999", status=404)


def test_pages_ask_few_questions(ada: Person, queries: list[str]) -> None:
    for place in ("/settings/data/changes", "/jobs", "/jobs/1"):
        queries.clear()
        ada.get(place)
        assert len(queries) <= 15, place
