"""The desk: what it keeps and shows, what a look costs, that nobody is asked by looking; and the same by command."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from crm.contacts import create_contact
from crm.mailboxes import get_mailbox
from crm.models import MailboxCheck, Message
from crm.suppressions import suppress_contact
from crm.users import add_user
from kit.tx import Tx
from sequences.mailboxes.deliverability import KEPT, list_bad_looks, read_desk, record_look, share_name
from sequences.mailboxes.health import check_mailbox, check_records
from sequences.models import Send
from tests.unit.mailer.zones import Zone, Zones
from tests.web.cast import ADA, Cast
from tests.web.conftest import Person, sign_in
from tests.web.test_forecast import run
from web.wiring import House, make_engine_of

DOMAIN = "brackenware.example"
ZONE: Zone = {
    DOMAIN: ("v=spf1 include:_spf.google.com ~all", "v=spf1 -all"),
    f"_dmarc.{DOMAIN}": ("v=DMARC1; p=none; rua=mailto:x@brackenware.example",),
    f"{DOMAIN} MX": ("1 smtp.google.com",),
    "_spf.google.com": ("v=spf1 ip4:192.0.2.0/24 ~all",),
}
DESK = "/settings/deliverability/1"


def use_zone(house: House, zone: Zone) -> Zones:
    zones = Zones(zone)
    house.make_resolver = lambda: zones
    return zones


def look(house: House, zone: Zone) -> None:
    use_zone(house, zone)
    with house.database.reading() as tx:
        mailbox = get_mailbox(tx, ADA)
    check_records(make_engine_of(house), mailbox)


def sends(tx: Tx, count: int, *, hours: float, domain: str = "gmail.com", **facts: Any) -> list[Send]:
    """Write mails into the log as if they had left some hours ago."""
    one = tx.session.scalars(select(Send).limit(1)).one()
    at = tx.now - timedelta(hours=hours)
    rows = [
        Send(
            request_key=f"{domain}-{hours}-{n}", contact_id=facts.get("contact_id", one.contact_id),
            mailbox_id=one.mailbox_id, sequence_id=one.sequence_id, step_key=one.step_key, email=f"{n}@{domain}",
            domain=domain, state="sent", rfc_id=f"{domain}{hours}{n}@x.example", planned_at=at, due_at=at, sent_at=at,
            created_at=at, hard_bounced_at=facts.get("hard_at"), bounced_at=facts.get("hard_at"),
        )
        for n in range(count)
    ]  # fmt: skip
    tx.session.add_all(rows)
    tx.session.flush()
    return rows


def test_nobody_has_looked_yet_and_looking_at_the_page_asks_nobody(ada: Person, house: House) -> None:
    zones = use_zone(house, ZONE)
    page = ada.get("/settings/deliverability")
    assert "Nobody has looked yet" in page
    assert 'action="/settings/deliverability/1/checks"' in page
    assert zones.asked == []


def test_a_look_is_kept_and_shown_with_the_record_to_set(ada: Person, house: House) -> None:
    zones = use_zone(house, ZONE)
    assert ada.post(f"{DESK}/checks") == DESK
    asked = len(zones.asked)
    assert asked > 0
    page = ada.get(DESK)
    assert len(zones.asked) == asked
    ada.post(f"{DESK}/checks")
    assert len(zones.asked) == asked, "pressed twice, asked once"
    assert "several SPF records" in page
    assert ">v=spf1 include:_spf.google.com ~all</textarea>" in page
    assert "Wrong: " in page
    assert "p=quarantine" in page
    assert "Check again" in page


def test_who_only_reads_cannot_ask(app: Flask, house: House, cast: Cast) -> None:
    use_zone(house, ZONE)
    yuki = sign_in(app, house, "yuki@brackenware.example")
    assert "/checks" not in yuki.get(DESK)
    yuki.post(f"{DESK}/checks", status=403)
    yuki.get("/settings/deliverability/99", status=404)


def test_a_mailbox_that_is_not_there(ada: Person) -> None:
    ada.post("/settings/deliverability/99/checks", status=404)


def test_an_empty_house_says_what_would_be_here(app: Flask, house: House) -> None:
    with house.database.transaction() as tx:
        add_user(tx, "first@brackenware.example", role="admin", name="First")
    page = sign_in(app, house, "first@brackenware.example").get("/settings/deliverability")
    assert "No mailbox is connected" in page


def test_words_from_dns_are_never_markup(ada: Person, house: House) -> None:
    use_zone(house, {**ZONE, DOMAIN: ("v=spf1 include:<script>alert(1)</script> -all",)})
    ada.post(f"{DESK}/checks")
    assert "<script>alert" not in ada.get(DESK)


def test_only_the_last_looks_are_kept_and_trouble_is_named(ada: Person, house: House) -> None:
    finding = {"name": "spf", "state": "bad", "sentence": "SPF is broken.", "reason": "", "record": None}
    for number in range(KEPT + 3):
        with house.database.transaction() as tx:
            record_look(tx, 1, [{**finding, "state": "bad" if number % 2 == 0 else "ok"}])
    with house.database.reading() as tx:
        assert len(tx.session.scalars(select(MailboxCheck)).all()) == KEPT
        assert list_bad_looks(tx) == [(ADA, ("SPF is broken.",))]
    assert "Earlier looks" in ada.get(DESK)


def test_the_figures_count_what_left_and_came_back(house: House, cast: Cast) -> None:
    with house.database.transaction() as tx:
        sends(tx, 40, hours=2)
        sends(tx, 10, hours=3, domain="hotmail.co.uk")
        sends(tx, 30, hours=24 * 9, domain="people.example")
        sends(tx, 2, hours=24 * 3, domain="dead.example", hard_at=tx.now)
        person = create_contact(tx, name="Out", emails=["out@people.example"], actor="system")
        sends(tx, 1, hours=30, domain="out.example", contact_id=person.id)
        suppress_contact(tx, person.id, reason="opt_out", source="x", actor="contact")
        tx.session.scalars(select(Message).where(Message.direction == "in")).first().complaint = True  # type: ignore[union-attr]
    with house.database.reading() as tx:
        desk = read_desk(tx, 1)
    assert desk is not None
    own = desk.own
    assert (own.last_day, own.week, own.month, own.week_before) == (50, 53, 83, 3)
    assert (own.bounces, own.hard, own.opt_outs, own.first_mails) == (2, 2, 1, 30)
    assert own.families == {"google": 40, "microsoft": 10}
    assert own.complaints + own.replies > 0
    assert desk.domain == replace(own, breaker=desk.domain.breaker)
    assert {rule.code: rule.state for rule in desk.rules}["jump"] == "broken"


def test_the_page_asks_as_many_questions_however_much_was_sent(
    ada: Person, house: House, cast: Cast, queries: list[str]
) -> None:
    look(house, ZONE)
    queries.clear()
    ada.get(DESK)
    before = len(queries)
    with house.database.transaction() as tx:
        sends(tx, 60, hours=2)
        for number in range(12):
            record_look(tx, 1, [{"name": "spf", "state": "ok", "sentence": f"{number}", "reason": "", "record": None}])
    queries.clear()
    ada.get(DESK)
    assert len(queries) == before <= 15


def test_domains_that_receivers_count_together() -> None:
    assert share_name("a@brand.example", "b@mail.brand.example")
    assert not share_name("a@brand.example", "b@otherbrand.example")


def test_the_command_says_the_same_and_keeps_its_fields(house: House, cast: Cast) -> None:
    zones = use_zone(house, ZONE)
    with house.database.reading() as tx:
        mailbox = get_mailbox(tx, ADA)
    result = check_mailbox(make_engine_of(house), mailbox)
    assert set(result) == {"address", "ok", "checks"}
    by_name = {one["name"]: one for one in result["checks"]}
    assert list(by_name)[-8:] == ["spf", "dkim", "dmarc", "alignment", "mx", "ptr", "from", "one_click"]
    assert {"name", "state", "sentence", "record"} <= set(by_name["spf"])
    assert by_name["spf"]["paste"][0]["value"] == "v=spf1 include:_spf.google.com ~all"
    assert by_name["dkim"]["state"] == "unclear"
    assert json.loads(json.dumps(result)) == result
    assert zones.asked
    doctor = run(house, "doctor", "--json")
    assert any("several SPF records" in one["what"] for one in json.loads(doctor.stdout))


def test_the_report_by_command(house: House, cast: Cast) -> None:
    with house.database.transaction() as tx:
        sends(tx, 40, hours=2)
    report = json.loads(run(house, "mailboxes", "report", ADA, "--json").stdout)
    assert report["mailbox"]["last_day"] == 40
    assert {"code", "state", "title", "sentence", "reason", "todo"} == set(report["rules"][0])
    assert "Even volume" in run(house, "mailboxes", "report", ADA).output


def test_the_commands_that_lint(house: House, cast: Cast, tmp_path: Any) -> None:
    mail = tmp_path / "pitch.eml"
    mail.write_text("From: a@b.example\nTo: c@d.example\nSubject: Re: [name]\n\nHi ,\n\nClick here!\n")
    found = json.loads(run(house, "mail", "advise", str(mail), "--json").stdout)["findings"]
    assert {"subject_faked", "unfilled_brackets", "greeting_empty", "phrase_click"} <= {one["code"] for one in found}
    assert "pretends to be an answer" in run(house, "mail", "advise", str(mail)).output
    assert run(house, "mail", "advise", str(tmp_path / "none.eml")).exit_code == 1
    file = tmp_path / "x.yaml"
    file.write_text(
        "name: x\nbrand: Brackenware\nmailbox: ada@brackenware.example\nsteps:\n  - key: one\n    kind: email\n"
        "    subject: A PAN FOR YOU\n    body: Hi {{ contact.first_name }}, a pan.\n"
    )
    said = run(house, "sequences", "check", str(file))
    assert "Think twice: one: The subject is written in capitals." in said.stderr
    assert said.exit_code == 0


@pytest.mark.parametrize("name", ["Niamh Kerrisk", "Dorte Fjeldgaard"])
def test_review_shows_what_is_worth_a_thought(ada: Person, house: House, cast: Cast, name: str) -> None:
    with house.database.reading() as tx:
        send = tx.session.scalars(select(Send).where(Send.contact_id == cast.contacts[name])).one()
    page = ada.get(f"/review/{send.id}")
    assert "Seven points" in page
    assert "of 7 seen" in page
