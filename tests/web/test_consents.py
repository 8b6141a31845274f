"""Connecting a mailbox in the browser: to a real issuer and back."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import event

from crm.consents import find_consent, open_token
from crm.mailboxes import pause_mailbox
from crm.models import Consent, Mailbox
from crm.users import add_user, get_user_by_email
from mailer.oauth_door import Issuers
from sequences.incidents import list_open_incidents, record_incident
from tests.servers.issuer import Issuer, running_issuer
from tests.web.cast import ADA, Cast
from tests.web.conftest import Person, sign_in
from web.wiring import House

_LINK = re.compile(r'<a class="btn primary" href="([^"]+)" rel="noreferrer"')
PLACE = "/mailboxes/1/consent"


@pytest.fixture(scope="module")
def server() -> Iterator[Issuer]:
    with running_issuer() as issuer:
        yield issuer


@pytest.fixture
def issuer(server: Issuer, house: House) -> Issuer:
    server.__dict__.update(faults={}, asked=[], expires_in=3600, interval=1, devices={})
    house.issuers = Issuers({"house": server.provider()}, timeout_s=5)
    return server


@pytest.fixture
def chief(app: Flask, house: House, cast: Cast, issuer: Issuer) -> Person:
    with house.database.transaction() as tx:
        add_user(tx, "chief@brackenware.example", role="admin", name="Chief")
    return sign_in(app, house, "chief@brackenware.example")


def consent_of(house: House) -> Consent | None:
    with house.database.reading() as tx:
        return find_consent(tx, 1)


def go_there_and_agree(person: Person, issuer: Issuer) -> str:
    """Return the path of ours that the issuer sends the browser back to."""
    link = _LINK.search(person.post(PLACE, status=200))
    assert link
    back = issuer.consent(html.unescape(link[1]), ADA)
    assert back.startswith("http://127.0.0.1:8000/mailboxes/consent?")
    return back.removeprefix("http://127.0.0.1:8000")


def query_of(path: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}


def test_a_mailbox_is_connected_and_goes_on(chief: Person, house: House, issuer: Issuer) -> None:
    with house.database.transaction() as tx:
        pause_mailbox(tx, 1, "The server refused the sign-in.")
        record_incident(tx, "login", "Paused.", mailbox_id=1)
    assert "signs in with a password" in chief.get(PLACE)
    path = go_there_and_agree(chief, issuer)
    asked = issuer.asked[-1][1]
    assert (asked["login_hint"], asked["code_challenge_method"]) == (ADA, "S256")
    page = chief.get(path)
    assert "Connect" in page
    assert consent_of(house) is None
    assert issuer.requests("authorization_code") == []
    assert chief.post("/mailboxes/consent", **query_of(path)) == PLACE
    consent = consent_of(house)
    assert consent
    assert consent.given_by.startswith("user:")
    assert issuer.active[open_token(house.seal, 1, consent.access_token)] == ADA
    shown = chief.get(PLACE)
    assert "Connected" in shown
    assert "Connect again" in shown
    with house.database.reading() as tx:
        mailbox = tx.session.get_one(Mailbox, 1)
        assert (mailbox.auth, mailbox.paused_at, list_open_incidents(tx)) == ("xoauth2", None, [])


def test_today_leads_to_a_lost_consent(chief: Person, house: House) -> None:
    for sentence, expected in (
        ("The password was refused.", False),
        ("Ended: run rapport mailboxes authorise x", True),
    ):
        with house.database.transaction() as tx:
            record_incident(tx, "login", sentence, mailbox_id=1)
        assert (f'href="{PLACE}"' in chief.get("/today")) is expected


def test_a_way_back_works_once(chief: Person, issuer: Issuer) -> None:
    path = go_there_and_agree(chief, issuer)
    chief.post("/mailboxes/consent", **query_of(path))
    assert "used already" in chief.post("/mailboxes/consent", status=403, **query_of(path))
    assert "used already" in chief.get(path, status=403)
    assert len(issuer.requests("authorization_code")) == 1


def test_a_way_back_is_open_for_ten_minutes_and_for_one_person(
    app: Flask, chief: Person, house: House, issuer: Issuer
) -> None:
    path = go_there_and_agree(chief, issuer)
    with house.database.transaction() as tx:
        add_user(tx, "other@brackenware.example", role="admin", name="Other")
    other = sign_in(app, house, "other@brackenware.example")
    assert other.client.get(path).status_code == 403
    other.post("/mailboxes/consent", status=403, **query_of(path))
    house.clock.sleep(timedelta(minutes=10).total_seconds())
    chief.post("/mailboxes/consent", status=403, **query_of(path))
    assert consent_of(house) is None
    assert issuer.requests("authorization_code") == []


@pytest.mark.parametrize("state", ["", "x", "x.y"])
def test_a_made_up_state_is_refused(chief: Person, state: str, issuer: Issuer) -> None:
    assert chief.client.get("/mailboxes/consent", query_string={"state": state, "code": "c"}).status_code == 403
    chief.post("/mailboxes/consent", status=403, state=state, code="c")


def test_a_no_at_the_issuer_changes_nothing(chief: Person, house: House, issuer: Issuer) -> None:
    state = query_of(go_there_and_agree(chief, issuer))["state"]
    answer = chief.client.get("/mailboxes/consent", query_string={"state": state, "error": "access_denied"})
    assert "Consent was refused (access_denied). Nothing was changed." in answer.text
    assert consent_of(house) is None


def test_an_issuer_in_trouble_is_told_and_changes_nothing(chief: Person, house: House, issuer: Issuer) -> None:
    path = go_there_and_agree(chief, issuer)
    issuer.fail("/token", 503)
    said = chief.post("/mailboxes/consent", status=403, **query_of(path))
    assert "503" in said
    assert query_of(path)["code"] not in said
    assert consent_of(house) is None


def test_no_transaction_is_open_while_we_talk_to_the_issuer(chief: Person, house: House, issuer: Issuer) -> None:
    path, held, open_now = go_there_and_agree(chief, issuer), [], set()
    engine = house.database.engine
    event.listen(engine, "begin", lambda connection: open_now.add(id(connection)))
    for name in ("commit", "rollback"):
        event.listen(engine, name, lambda connection: open_now.discard(id(connection)))
    answer = issuer.answer
    issuer.answer = lambda *asked: (held.append(len(open_now)), answer(*asked))[1]  # type: ignore[method-assign]
    try:
        chief.post("/mailboxes/consent", **query_of(path))
    finally:
        del issuer.answer
    assert held == [0]


def test_who_may_connect(app: Flask, house: House, cast: Cast, issuer: Issuer, ada: Person) -> None:
    yuki = sign_in(app, house, "yuki@brackenware.example")
    assert "Your role cannot connect" in yuki.get(PLACE, status=403)
    assert "Your role cannot connect" in yuki.post(PLACE, status=403)
    with house.database.transaction() as tx:
        owner = get_user_by_email(tx, "yuki@brackenware.example")
        tx.session.get_one(Mailbox, 1).owner_id = owner.id
    assert "Connect with The house" in yuki.get(PLACE)
    assert "Go to The house" in yuki.post(PLACE, status=200)


def test_without_a_client_the_page_says_what_to_set(chief: Person, house: House, issuer: Issuer) -> None:
    house.issuers = Issuers()
    assert "RAPPORT_OAUTH_NAME_ID" in chief.get(PLACE)
    chief.post(PLACE, status=403)
    house.issuers = Issuers({"house": issuer.provider(authorise_url="")})
    assert "rapport mailboxes authorise" in chief.get(PLACE)
    chief.get("/mailboxes/99/consent", status=404)
