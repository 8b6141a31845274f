"""Upkeep on the pages: promises, rhythms, going quiet, reply clocks, leave, and what Today makes of them."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask

from crm.leaves import Plan, plan_leave
from crm.models import Mailbox, Promise, Relationship, Stage
from crm.promises import make_promise
from crm.tasks import create_task
from crm.users import get_user_by_email
from tests.web.cast import ADA, Cast
from tests.web.conftest import Person, sign_in
from web.today_order import order_sections
from web.wiring import House

KWESI, RUBEN, YUKI = 6, "ruben@brackenware.example", "yuki@brackenware.example"
FRIDAY = "2026-11-27"


def admin(house: House, email: str = ADA) -> None:
    with house.database.transaction() as tx:
        get_user_by_email(tx, email).role = "admin"


def toast_undo(page: str) -> str:
    found = re.search(r'action="(/changes/\d+/undo)"', page)
    assert found
    return found[1]


def promise(ada: Person, what: str, due_on: str = FRIDAY) -> None:
    ada.post(f"/contacts/{KWESI}/promises", what=what, due_on=due_on)


def states(house: House) -> list[tuple[str, str]]:
    with house.database.reading() as tx:
        return [(row.what, row.state) for row in tx.session.query(Promise).order_by(Promise.id)]


def test_a_note_that_promises_asks_and_one_press_confirms(ada: Person, house: House) -> None:
    ada.post(f"/contacts/{KWESI}/notes", text="On the phone: I'll send him a second lid by Friday.")
    page = ada.get(f"/contacts/{KWESI}")
    assert "Noted. 1 promise to confirm." in page
    assert "send him a second lid" in page
    assert 'data-key="y"' in page
    ada.post("/promises/1/confirmation", back=f"/contacts/{KWESI}")
    page = ada.get(f"/contacts/{KWESI}")
    assert "Promised: send him a second lid" in page  # on the timeline
    assert states(house) == [("send him a second lid", "open")]
    ada.post(toast_undo(page))
    assert states(house) == [("send him a second lid", "proposed")]


def test_overdue_promises_stand_on_today_before_new_pitches(ada: Person, house: House) -> None:
    promise(ada, "send the contract", "2026-11-20")
    promise(ada, "send the labels", FRIDAY)
    page = ada.get("/today")
    assert page.index('id="h-turn"') < page.index('id="h-promise"') < page.index('id="h-ok"')
    assert "send the contract" in page
    assert "send the labels" not in page
    assert "1 promise is due." in page
    assert ada.post("/promises/1/keeping", back="/today") == "/today"
    page = ada.get("/today")
    assert 'id="h-promise"' not in page
    ada.post(toast_undo(page))
    assert 'id="h-promise"' in ada.get("/today")


def test_the_ledger_says_what_became_of_each(ada: Person, house: House) -> None:
    for what in ("kept one", "broken one", "moved one", "open one"):
        promise(ada, what)
    ada.post("/promises/1/keeping")
    ada.post("/promises/2/breach")
    ada.post("/promises/3/day", due_on="2026-12-04")
    page = ada.get("/tasks?show=promises")
    assert page.index("open one") < page.index("moved one") < page.index("broken one")
    assert "moved 1 time" in page
    assert "at first by Fri 27 Nov" in page
    ada.post("/promises/1/keeping", status=409)
    ada.post("/promises/3/day", status=422)
    ada.post("/promises/99/keeping", status=404)
    assert "Nothing is promised" not in page
    assert "Nothing is promised" in sign_in(ada.client.application, house, YUKI).get("/tasks?show=promises")


@pytest.mark.parametrize("path", [
    f"/contacts/{KWESI}/promises", f"/contacts/{KWESI}/rhythm", f"/contacts/{KWESI}/rhythm/rest",
    "/promises/1/confirmation", "/settings/stages/1/rhythm", "/settings/holidays/hours",
])  # fmt: skip
def test_a_brand_looks_and_changes_nothing(app: Flask, house: House, ada: Person, path: str) -> None:
    promise(ada, "send the labels")
    assert "Your role" in sign_in(app, house, YUKI).post(path, status=403, what="x")


def test_a_stage_s_rhythm_brings_people_to_today_and_off_again(ada: Person, house: House, cast: Cast) -> None:
    admin(house)
    with house.database.transaction() as tx:
        active = tx.session.query(Stage).filter_by(name="Active").one().id
        bond = tx.session.query(Relationship).filter_by(contact_id=KWESI).one()
        assert bond.talked_at == tx.now - timedelta(hours=6)
        bond.talked_at = tx.now - timedelta(days=40)
    assert ada.post(f"/settings/stages/{active}/rhythm", days="30") == "/settings/stages"
    assert 'value="30"' in ada.get("/settings/stages")
    page = ada.get("/today")
    assert "Time to talk" in page
    assert "last talked 40 days ago, Active: every 30 days" in page
    assert "Kwesi" in ada.get("/contacts?upkeep=due")
    assert "Callum" not in ada.get("/contacts?upkeep=due").partition("<table")[2]
    ada.post(f"/contacts/{KWESI}/rhythm/rest", back="/today")
    page = ada.get("/today")
    assert "Put off until Mon 30 Nov." in page
    assert "Time to talk" not in page
    assert "Put off until Mon 30 Nov." in ada.get(f"/contacts/{KWESI}")
    ada.post(toast_undo(page))
    assert "Time to talk" in ada.get("/today")
    ada.post(f"/contacts/{KWESI}/rhythm", days="0")
    assert "No rhythm for them." in ada.get(f"/contacts/{KWESI}")
    assert "Time to talk" not in ada.get("/today")
    ada.post(f"/contacts/{KWESI}/rhythm", days="90")
    assert "Talk every 90 days, their own rhythm." in ada.get(f"/contacts/{KWESI}")
    ada.post(f"/contacts/{KWESI}/rhythm", days="stage")
    assert "Talk every 30 days, as" in ada.get(f"/contacts/{KWESI}")
    for wrong in ("11", "x", ""):
        ada.post(f"/contacts/{KWESI}/rhythm", days=wrong, status=422)
    assert "from 1 to 730" in ada.post(f"/settings/stages/{active}/rhythm", days="9999", status=422)
    ada.post(f"/settings/stages/{active}/rhythm", days="")
    assert "Time to talk" not in ada.get("/today")


def test_a_logged_message_counts_as_a_talk(ada: Person, house: House) -> None:
    ada.post("/contacts/5/notes", text="He is well.", kind="dm", channel="instagram")
    with house.database.reading() as tx:
        assert tx.session.query(Relationship).filter_by(contact_id=5).one().talked_at == tx.now


def test_who_goes_quiet_is_a_filter_a_mark_and_a_line_of_the_report(ada: Person, cast: Cast) -> None:
    assert "Hanne Vosk" in ada.get("/today")
    page = ada.get("/contacts?upkeep=quiet")
    assert "Hanne Vosk" in page
    assert "going quiet" in page
    assert "Tomek" not in page
    hanne = cast.contacts["Hanne Vosk"]
    assert "going quiet" in ada.get(f"/contacts/{hanne}")
    assert "going quiet" not in ada.get(f"/contacts/{KWESI}")
    report = ada.get("/reports/relationships")
    assert "2 × the usual gap" in report
    assert "Hanne Vosk" in ada.get("/reports/relationships.csv")


def test_reply_clocks_say_both_times(ada: Person) -> None:
    row = ada.get("/inbox?turn=you", part=True)
    # Imani wrote on Sunday at five in the afternoon; it is ten on Monday in Copenhagen, an hour after nine.
    assert "waits 16 h, 1 h in working hours" in row
    # Hanne has waited since July.
    assert re.search(r"waits since [^<]+, 8\d working days", row)
    assert "1 h in working hours" in ada.get("/today")


def test_working_hours_are_set_beside_the_holidays(ada: Person, house: House) -> None:
    admin(house)
    assert 'value="09:00"' in ada.get("/settings/holidays")
    given = {"days": ["0", "6"], "opens": "06:30", "closes": "18:00", "zone": "Europe/Copenhagen"}
    ada.post("/settings/holidays/hours", **given)
    assert 'value="06:30"' in ada.get("/settings/holidays")
    assert "waits 16 h, 3 h in working hours" in ada.get("/inbox?turn=you", part=True)
    assert "Choose a later end" in ada.post("/settings/holidays/hours", **given | {"closes": "05:00"}, status=422)
    assert "Write the hour" in ada.post("/settings/holidays/hours", **given | {"closes": "soon"}, status=422)


def test_a_leave_is_planned_shown_and_taken_back(ada: Person, house: House) -> None:
    given = {"first": "2026-11-23", "last": FRIDAY, "mode": "hand_over", "deputy_id": "2"}
    assert ada.post("/settings/leave", **given) == "/settings/leave"
    page = ada.get("/settings/leave")
    assert "away now" in page
    assert "stands in" in page
    assert "away now" in ada.get("/settings/you")
    assert "on leave then already" in ada.post("/settings/leave", **given, status=422)
    assert "Choose the first and the last day" in ada.post("/settings/leave", mode="pause", status=422)
    assert ada.post("/settings/leave", user_id="2", **given, status=403)
    ada.post(toast_undo(page))
    assert "away now" not in ada.get("/settings/leave")


def test_an_admin_plans_and_ends_anybody_s_leave(app: Flask, ada: Person, house: House) -> None:
    admin(house)
    ada.post("/settings/leave", user_id="2", first="2026-11-23", last=FRIDAY, mode="pause")
    assert "Sequences of their mailboxes wait." in ada.get("/settings/team")
    sign_in(app, house, YUKI).post("/settings/leave/1/end", status=403)
    assert ada.post("/settings/leave/1/end") == "/settings/leave"
    assert "Nobody is away" in ada.get("/settings/team")


def test_the_deputy_sees_tasks_promises_mail_and_pitches_until_it_ends_by_itself(
    app: Flask, ada: Person, house: House
) -> None:
    with house.database.transaction() as tx:
        ruben = get_user_by_email(tx, RUBEN)
        tx.session.query(Mailbox).one().owner_id = ruben.id
        create_task(tx, "Call the printer", actor="user:2", due_on=tx.now.date(), assignee_id=ruben.id)
        make_promise(tx, KWESI, "send a print", date(2026, 11, 20), user_id=ruben.id, brand_id=1, actor="user:2")
    assert "Call the printer" not in ada.get("/tasks")
    with house.database.transaction() as tx:
        plan = Plan(first=tx.now.date(), last=date(2026, 11, 27), mode="hand_over", deputy_id=1)
        plan_leave(tx, ruben.id, plan, actor="user:2")
    assert "Call the printer" in ada.get("/tasks")
    assert "send a print" in ada.get("/tasks?show=promises")
    page = ada.get("/today")
    for words in ("Call the printer", "send a print", "You stand in for", "Mail of ada@brackenware.example"):
        assert words in page
    for path in ("/inbox", "/review"):
        assert "You stand in for" in ada.get(path)
    assert "Call the printer" in sign_in(app, house, RUBEN).get("/tasks")
    house.clock.sleep(timedelta(days=6).total_seconds())
    assert "You stand in for" not in ada.get("/today")
    assert "Call the printer" not in ada.get("/tasks")


def test_the_report_shows_each_colleague_and_who_came_back(ada: Person, house: House, cast: Cast) -> None:
    hanne = cast.contacts["Hanne Vosk"]
    house.clock.sleep(60)
    ada.post(f"/contacts/{hanne}/stage", stage="Active")
    page = ada.get("/reports/relationships?from=2026-08-01&to=2026-12-31")
    for words in ("How long people wait for each of us", "In working hours", "Who came back"):
        assert words in page
    text = ada.get("/reports/relationships.csv?from=2026-08-01&to=2026-12-31")
    assert "Hanne Vosk,Active,Mon 23 Nov" in text.replace("\r", "")


def test_promises_come_before_pitches_for_everybody() -> None:
    for role in ("admin", "manager", "outreach", "relationship", "reviewer", "brand"):
        order = order_sections(role)
        assert order.index("promise") < order.index("yes")
        assert sorted(order) == sorted({"turn", "promise", "yes", "due", "talk", "heard"})


@pytest.mark.parametrize("path", [
    "/today", "/inbox", "/tasks", "/tasks?show=promises", f"/contacts/{KWESI}", "/review", "/contacts?upkeep=quiet,due",
    "/reports/relationships", "/settings/leave", "/settings/you",
])  # fmt: skip
def test_queries_stay_few_however_much_is_owed(ada: Person, house: House, queries: list[str], path: str) -> None:
    with house.database.transaction() as tx:
        ruben = get_user_by_email(tx, RUBEN)
        plan_leave(
            tx,
            ruben.id,
            Plan(first=tx.now.date(), last=date(2026, 12, 27), mode="hand_over", deputy_id=1),
            actor="user:2",
        )
        for stage in tx.session.query(Stage):
            stage.talk_days = 1
        for bond in tx.session.query(Relationship):
            bond.talked_at = tx.now - timedelta(days=bond.contact_id)
    for number in range(12):
        promise(ada, f"thing {number}", "2026-11-20")
    queries.clear()
    ada.get(path)
    assert len(queries) <= 15, len(queries)
