"""Nothing is open by default: who may come in, who may do what, and what a forged form gets."""

import pytest
from flask import Flask

from tests.conftest import MONDAY
from tests.web.cast import ADA, PASSWORD, Cast
from tests.web.conftest import CSRF, Person, sign_in
from web.app import create_app
from web.auth import PUBLIC, local_path
from web.tries import MAX_TRIES, PER, SignInTries
from web.wiring import House

OPEN_RULES = {
    "/static/<path:filename>", "/healthz", "/sign-in", "/sessions", "/setup", "/setup/<token>", "/password/<token>",
    "/u/<path:token>", "/api/v1/", "/api/v1/<path:rest>", "/api/v1/contacts", "/api/v1/contacts/<int:contact_id>",
    "/api/v1/contacts/<int:contact_id>/timeline", "/api/v1/feedback", "/say/<path:token>",
}  # fmt: skip


_FILL = {"slug": "x", "token": "x", "filename": "rapport.css"}


def _paths(app: Flask) -> list[tuple[str, str]]:
    adapter = app.url_map.bind("localhost")
    return [
        (method, adapter.build(rule.endpoint, {name: _FILL.get(name, 1) for name in rule.arguments}, method=method))
        for rule in app.url_map.iter_rules()
        if rule.rule not in OPEN_RULES
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
    ]


def test_every_rule_but_the_named_ones_wants_a_sign_in(app: Flask) -> None:
    paths = _paths(app)
    assert len(paths) > 30
    for method, path in paths:
        answer = app.test_client().open(path, method=method)
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/sign-in"), (method, path)


def test_the_public_list_names_only_what_it_should(app: Flask) -> None:
    public = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint in PUBLIC}
    assert public == OPEN_RULES


def test_an_unknown_address_tells_a_stranger_nothing(app: Flask) -> None:
    assert app.test_client().get("/no-such-page").status_code == 303


def test_a_part_asked_for_without_a_session_sends_the_page_to_sign_in(app: Flask) -> None:
    answer = app.test_client().get("/today", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in")


def test_being_alive_needs_no_database(app: Flask, house: House) -> None:
    house.database.engine.dispose()
    assert app.test_client().get("/healthz").text == "ok\n"


def test_every_answer_is_strict(ada: Person) -> None:
    answer = ada.client.get("/today")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert " style=" not in answer.text
    assert "<script>" not in answer.text


def test_sign_in_by_password_sets_a_guarded_cookie(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    answer = client.post("/sessions", data={"email": ADA, "password": PASSWORD, "next": "/contacts?q=ima"})
    assert (answer.status_code, answer.location) == (303, "/contacts?q=ima")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Imani" in client.get(answer.location).text


def test_cookies_are_secure_on_a_public_house(house: House, cast: Cast) -> None:
    object.__setattr__(house.settings, "public_url", "https://crm.brackenware.example")
    answer = create_app(house).test_client().post("/sessions", data={"email": ADA, "password": PASSWORD})
    assert "Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("given", [{"email": ADA, "password": "wrong"}, {"email": "x@y.example", "password": "z"}, {}])
def test_a_wrong_password_says_one_and_the_same_sentence(app: Flask, cast: Cast, given: dict[str, str]) -> None:
    answer = app.test_client().post("/sessions", data=given)
    assert answer.status_code == 422
    assert "do not belong together" in answer.text


def test_the_eleventh_try_is_not_looked_at_until_a_quarter_of_an_hour_passed(
    app: Flask, cast: Cast, house: House
) -> None:
    client = app.test_client()
    for _ in range(MAX_TRIES):
        client.post("/sessions", data={"email": ADA, "password": "wrong"})
    blocked = client.post("/sessions", data={"email": ADA, "password": PASSWORD})
    assert "Too many tries" in blocked.text
    house.clock.sleep(PER.total_seconds())
    assert client.post("/sessions", data={"email": ADA, "password": PASSWORD}).status_code == 303


def test_tries_are_bounded() -> None:
    tries = SignInTries()
    for number in range(10_050):
        tries.record(str(number), MONDAY)
    assert len(tries._tries) == 10_000
    assert tries.may_try("10049", MONDAY)


def test_signing_out_ends_the_session(ada: Person) -> None:
    assert ada.post("/sessions/end") == "/sign-in"
    assert ada.client.get("/today").status_code == 303


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
])  # fmt: skip
def test_a_form_from_elsewhere_changes_nothing(ada: Person, cast: Cast, headers: dict[str, str]) -> None:
    token = CSRF.search(ada.get("/today"))
    assert token
    data = {"csrf_token": token[1], "text": "hello"}
    answer = ada.client.post(f"/contacts/{cast.contacts['Imani Oduya']}/notes", data=data, headers=headers)
    assert answer.status_code == 403
    assert "another site" in answer.text


def test_sign_in_too_is_closed_to_other_sites(app: Flask, cast: Cast) -> None:
    data = {"email": ADA, "password": PASSWORD}
    answer = app.test_client().post("/sessions", data=data, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize("token", ["", "wrong", "ä"])
def test_a_post_without_the_sessions_own_token_is_refused(ada: Person, cast: Cast, token: str) -> None:
    answer = ada.client.post("/contacts/1/notes", data={"text": "hello", "csrf_token": token})
    assert answer.status_code == 403


def test_one_session_s_token_is_no_good_for_another(ada: Person, app: Flask, house: House) -> None:
    ruben = sign_in(app, house, "ruben@brackenware.example")
    token = CSRF.search(ruben.get("/today"))
    assert token
    assert ada.client.post("/contacts/1/notes", data={"text": "x", "csrf_token": token[1]}).status_code == 403


def test_htmx_sends_the_token_in_a_header(ada: Person, cast: Cast) -> None:
    token = CSRF.search(ada.get("/today"))
    assert token
    answer = ada.client.post("/contacts/1/notes", data={"text": "x"}, headers={"X-CSRF-Token": token[1]})
    assert answer.status_code == 303


@pytest.mark.parametrize(("role", "path", "status"), [
    ("yuki", "/threads/{thread}/replies", 403),
    ("yuki", "/sends/{send}/approval", 403),
    ("yuki", "/sequences/{sequence}/pause", 403),
    ("yuki", "/sequences/{sequence}/launch", 403),
    ("yuki", "/sequences/{sequence}/versions", 403),
    ("yuki", "/sequences/{sequence}/people", 403),
    ("yuki", "/sequences/{sequence}/settings", 403),
    ("yuki", "/sequences/{sequence}/steps", 403),
    ("yuki", "/sequences/{sequence}/steps/first-touch/tests", 403),
    ("yuki", "/threads/{thread}/done", 403),
    ("yuki", "/contacts/{contact}/suppression", 403),
    ("yuki", "/contacts/{contact}/notes", 303),
    ("yuki", "/feedback", 303),
    ("ruben", "/threads/{thread}/replies", 403),
    ("ruben", "/sends/{send}/approval", 303),
    ("ada", "/sends/{send}/approval", 303),
    ("ada", "/threads/{thread}/replies", 303),
])  # fmt: skip
def test_roles(app: Flask, house: House, cast: Cast, role: str, path: str, status: int) -> None:
    person = sign_in(app, house, f"{role}@brackenware.example")
    place = path.format(
        thread=cast.threads["Imani Oduya"], send=1, sequence=cast.sequence, contact=cast.contacts["Imani Oduya"]
    )
    said = person.post(place, status=status, text="hello", at_night="1", quote="hello", kind="praise")
    if status == 403:
        assert "Your role" in said


@pytest.mark.parametrize(("path", "place"), [
    ("/inbox?turn=you", "/inbox?turn=you"), ("//evil.example", "/today"), ("https://evil.example", "/today"),
    ("/\\evil.example", "/today"), ("", "/today"), (None, "/today"), ("/a\nb", "/today"), ("javascript:x", "/today"),
])  # fmt: skip
def test_going_on_never_leaves_the_house(path: str | None, place: str) -> None:
    assert local_path(path) == place


def test_a_bug_says_what_is_safe_and_changes_nothing(app: Flask, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(app.view_functions, "contact.show", fail)
    said = ada.get("/contacts/1", status=500)
    assert "Nothing was changed" in said
