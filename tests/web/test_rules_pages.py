"""Limits, team rules and incidents: pages and commands say and change the same."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from crm.brands import create_brand
from crm.users import add_user
from sequences.incidents import list_open_incidents, record_incident
from sequences.models import Incident
from sequences.sending.workspace_limits import WorkspaceLimits, read_workspace_limits
from sequences.team.team_settings import TeamBook, read_team_book
from tests.web.cast import Cast
from tests.web.conftest import Person, sign_in
from tests.web.test_forecast import run
from web.wiring import House

TEAM = {"recent_days": "30", "cold_days": "100", "budget": "8", "budget_days": "30", "owned": "1",
        "active_elsewhere": "1"}  # fmt: skip


@pytest.fixture
def chief(app: Flask, house: House, cast: Cast) -> Person:
    with house.database.transaction() as tx:
        add_user(tx, "chief@brackenware.example", role="admin", name="Chief")
    return sign_in(app, house, "chief@brackenware.example")


def limits(house: House) -> WorkspaceLimits:
    with house.database.reading() as tx:
        return read_workspace_limits(tx)


def book(house: House) -> TeamBook:
    with house.database.reading() as tx:
        return read_team_book(tx)


def read(house: House, *words: str) -> Any:
    result = run(house, *words, "--json")
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


def test_limits_are_set_shown_and_taken_away(chief: Person, house: House) -> None:
    chief.post("/settings/sending", workspace="500", sending_domain=" 200 ", recipient_domain="none")
    assert limits(house) == WorkspaceLimits(workspace=500, sending_domain=200)
    page = chief.get("/settings/sending")
    assert 'value="500"' in page
    chief.post("/settings/sending", workspace="", sending_domain="0")
    assert limits(house) == WorkspaceLimits(sending_domain=0)


@pytest.mark.parametrize("given", ["many", "-1", "1.5"])
def test_a_limit_that_is_no_number_is_refused_and_kept_in_the_form(chief: Person, house: House, given: str) -> None:
    page = chief.post("/settings/sending", status=422, workspace=given, sending_domain="7")
    assert f'value="{given}"' in page
    assert 'value="7"' in page
    assert "Write a whole number" in page
    assert limits(house) == WorkspaceLimits()


def test_team_rules_are_set_and_shown(chief: Person, house: House) -> None:
    assert 'value="100"' in chief.get("/settings/team-rules")
    changed = {**TEAM, "cold_days": "", "budget": "4"}
    changed.pop("owned")
    chief.post("/settings/team-rules", **changed)
    rules = book(house).workspace
    assert (rules.recent_days, rules.cold_days, rules.budget, rules.owned) == (30, None, 4, False)
    assert rules.active_elsewhere


def test_a_brand_keeps_only_what_it_changes(chief: Person, house: House, cast: Cast) -> None:
    with house.database.transaction() as tx:
        other = create_brand(tx, "Quay Paper", postal_address="2 Quay Street, Galway").id
    assert chief.post("/settings/team-rules", brand=str(other), **{**TEAM, "budget": "2"}).endswith(f"?brand={other}")
    assert book(house).of(other).budget == 2
    chief.post("/settings/team-rules", **{**TEAM, "recent_days": "10"})
    assert book(house).of(other).recent_days == 10
    assert book(house).of(cast.brand).budget == 8
    page = chief.get(f"/settings/team-rules?brand={other}")
    assert "Quay Paper" in page
    assert 'value="2"' in page
    chief.get("/settings/team-rules?brand=999", status=404)


@pytest.mark.parametrize(("changes", "words"), [({"budget_days": ""}, "budget_days is a number"),
                                                ({"budget": "x"}, "Write a whole number, or off")])  # fmt: skip
def test_a_faulty_team_rule_changes_nothing(chief: Person, house: House, changes: dict[str, str], words: str) -> None:
    before = book(house)
    assert words in chief.post("/settings/team-rules", status=422, **{**TEAM, "recent_days": "5", **changes})
    assert book(house) == before


@pytest.mark.parametrize("path", ["/settings/sending", "/settings/team-rules"])
def test_others_may_look_but_not_change(ada: Person, house: House, path: str) -> None:
    assert "Only an admin or a manager" in ada.get(path)
    assert "Your role" in ada.post(path, status=403, workspace="1", **TEAM)
    assert limits(house) == WorkspaceLimits()


def test_settings_lead_to_each_other(ada: Person) -> None:
    page = ada.get("/settings/you")
    assert 'href="/settings/sending"' in page
    assert 'href="/settings/team-rules"' in page


def test_the_commands_say_and_change_the_same(house: House, cast: Cast) -> None:
    assert read(house, "limits") == {"workspace": None, "sending_domain": None, "recipient_domain": None}
    assert read(house, "limits", "--workspace", "900", "--recipient-domain", "3")["recipient_domain"] == 3
    assert read(house, "limits", "--workspace", "none") == {
        "workspace": None, "sending_domain": None, "recipient_domain": 3,
    }  # fmt: skip
    assert read(house, "team-rules")["recent_days"] == 30
    words = ("--recent-days", "off", "--budget", "5", "--budget-days", "14", "--owned", "off")
    assert read(house, "team-rules", *words) == {
        "recent_days": None, "cold_days": 100, "budget": 5, "budget_days": 14, "owned": False, "active_elsewhere": True,
    }  # fmt: skip
    own = read(house, "team-rules", "--brand", "Brackenware", "--cold-days", "7", "--active-elsewhere", "off")
    assert (own["cold_days"], own["active_elsewhere"], own["budget"]) == (7, False, 5)
    assert read(house, "team-rules")["cold_days"] == 100
    assert "recent-days" in run(house, "team-rules").output
    assert "recipient-domain" in run(house, "limits").output


@pytest.mark.parametrize("words", [("limits", "--workspace", "many"), ("team-rules", "--budget", "-3"),
                                   ("team-rules", "--brand", "Nobody"), ("incidents", "close", "9")])  # fmt: skip
def test_commands_refuse_in_a_sentence(house: House, cast: Cast, words: tuple[str, ...]) -> None:
    result = run(house, *words)
    assert result.exit_code == 1
    assert str(result.exception)


def incident(house: House, sentence: str = "A <b>complaint</b> about our mail.") -> int:
    with house.database.transaction() as tx:
        return record_incident(tx, "complaint", sentence, contact_id=1).id


def test_an_incident_stays_on_today_until_it_is_closed(ada: Person, house: House) -> None:
    number = incident(house)
    for page in (ada.get("/today"), ada.get("/today", part=True)):
        assert "A &lt;b&gt;complaint" in page
        assert f'action="/incidents/{number}/closing"' in page
    assert ada.post(f"/incidents/{number}/closing") == "/today"
    assert f'action="/incidents/{number}/closing"' not in ada.get("/today")
    with house.database.reading() as tx:
        assert tx.session.scalars(select(Incident)).one().closed_by == "user:1"
    ada.post(f"/incidents/{number}/closing", status=409)
    ada.post("/incidents/999/closing", status=404)


def test_who_may_not_send_sees_it_and_cannot_close_it(app: Flask, house: House, cast: Cast) -> None:
    number = incident(house)
    yuki = sign_in(app, house, "yuki@brackenware.example")
    assert "closing" not in yuki.get("/today")
    yuki.post(f"/incidents/{number}/closing", status=403)


def test_commands_list_and_close_and_the_doctor_names_it(house: House, cast: Cast) -> None:
    number = incident(house, "A complaint about our mail.")
    assert [row["id"] for row in read(house, "incidents", "list")] == [number]
    doctor = run(house, "doctor", "--json")
    assert doctor.exit_code == 1
    assert {"what": "A complaint about our mail.", "mend": f"Look into it, then: rapport incidents close {number}"} in (
        json.loads(doctor.stdout)
    )
    assert read(house, "incidents", "close", str(number))["closed_by"] == "cli"
    assert read(house, "incidents", "list") == []
    with house.database.reading() as tx:
        assert list_open_incidents(tx) == []
