"""Whatever an address or a form asks, every route answers with a page or a refusal, never with a fault of ours."""

import re
from pathlib import Path

import pytest
from flask import request
from werkzeug.routing import Rule

from crm.feedback_links import open_link, token_of
from crm.models import Feedback
from tests.web.cast import Cast
from tests.web.conftest import CSRF, Person, sign_in
from web.app import create_app, make_rooms
from web.wiring import House

ROOT = Path(__file__).resolve().parents[2]
HUGE = "99999999999999999999"
ODD = (HUGE, "2147483648", "9" * 5_000, "a\0b", "0001-01-01", "9999-12-31", "2026-13-45")
# What ends the session, waits for news, or asks somebody outside.
LEFT_ALONE = {
    "sessions.end", "you.end_others", "you.set_password", "live.stream", "static", "data.back_up",
    "deliverability.check", "deliverability.show", "first_steps.check", "first_steps.connect_mailbox",
    "mailboxes.create", "mailbox.set_password", "consents.begin", "consents.accept", "consents.confirm",
}  # fmt: skip


@pytest.fixture
def open_doors(full_house: tuple[House, Cast]) -> House:
    return full_house[0]


def _names() -> list[str]:
    """Return what forms and addresses name, as far as the sources say."""
    pages = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    views = "".join(path.read_text() for path in (ROOT / "web").rglob("*.py"))
    named = re.findall(r'name="([a-z_.]+)"', pages)
    asked = re.findall(r'(?:form|args|given|query|values)(?:\.get|\.getlist)?[(\[]"([a-z_]+)"', views)
    return sorted({*named, *asked} - {"csrf_token", "website"})


def _place(rule: Rule, number: str) -> str:
    return re.sub(r"<[^>]+>", "x", re.sub(r"<int:[^>]+>", number, rule.rule))


def test_nothing_that_is_asked_is_a_fault_of_ours(open_doors: House) -> None:
    app = create_app(open_doors)
    ada = sign_in(app, open_doors, "ada@brackenware.example")
    token = CSRF.search(ada.get("/settings/you"))
    assert token
    names, seen, faults = _names(), 0, []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in LEFT_ALONE:
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            for number in ("1", HUGE) if "<int" in rule.rule else ("1",):
                # One odd value a field, another one each time.
                asked = {name: ODD[(seen + at) % len(ODD)] for at, name in enumerate(names)}
                part = {"query_string": asked} if method == "GET" else {"data": {**asked, "csrf_token": token[1]}}
                answer = ada.client.open(_place(rule, number), method=method, **part)
                faults += [f"{method} {rule.rule} {number} {seen}"] if answer.status_code == 500 else []
                seen += 1
    assert faults == []
    assert seen > 300


def test_a_stranger_who_writes_a_zero_byte_is_kept_without_it(open_doors: House) -> None:
    with open_doors.database.transaction() as tx:
        place = f"/say/{token_of(open_link(tx, 1, None, actor='user:1'), open_doors.seal)}"
    client = create_app(open_doors).test_client()
    stamp = re.search(r'name="stamp" value="([^"]+)"', client.get(place).text)
    assert stamp
    fields = {"quote": "wor\0ds", "name": "N\0oor", "email": "", "kind": "idea", "stamp": stamp[1]}
    assert client.post(place, data=fields).status_code < 400
    with open_doors.database.reading() as tx:
        assert [(note.said_by, note.quote) for note in tx.session.query(Feedback).filter_by(source="form")] == [
            ("Noor", "words")
        ]


def test_no_field_holds_a_zero_byte() -> None:
    rooms = make_rooms()
    with rooms.test_request_context("/?a%00=b%00c&a=d", method="POST", data={"e": "f\0", "g": "h"}):
        assert request.args.to_dict(flat=False) == {"a": ["bc", "d"]}
        assert request.form.to_dict() == {"e": "f", "g": "h"}
        assert request.values["e"] == "f"


@pytest.mark.parametrize("place", [f"/contacts/{HUGE}", "/contacts/2147483648", f"/contacts/{'9' * 5_000}"])
def test_a_number_that_no_column_holds_has_no_page(ada: Person, place: str) -> None:
    ada.get(place, status=404)
