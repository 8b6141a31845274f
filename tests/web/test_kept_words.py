"""Words that were typed when the session ended are handed back, whatever form they stood in."""

from tests.web.cast import Cast
from tests.web.conftest import Person

ORIGIN = {"Origin": "http://localhost"}
NOTE = "She rides to work and cooks on Sundays."


def test_a_note_sent_after_the_session_ended_comes_back(ada: Person, cast: Cast) -> None:
    ada.client.delete_cookie("rapport_session")
    answer = ada.client.post(
        "/contacts/1/notes", data={"text": NOTE, "kind": "dm", "password": "a secret one"}, headers=ORIGIN
    )
    assert answer.status_code == 401
    assert f">{NOTE}</textarea>" in answer.text
    assert 'action="/contacts/1/notes"' in answer.text
    assert '<input type="hidden" name="kind" value="dm">' in answer.text
    assert "a secret one" not in answer.text


def test_who_signed_in_again_sends_it_with_one_click(ada: Person, cast: Cast) -> None:
    answer = ada.client.post(
        "/contacts/1/notes", data={"text": NOTE, "csrf_token": "of an older session"}, headers=ORIGIN
    )
    assert answer.status_code == 403
    assert NOTE in answer.text
    assert 'name="csrf_token" value=""' not in answer.text
    ada.post("/contacts/1/notes", text=NOTE)
    assert NOTE in ada.get("/contacts/1")


def test_words_from_elsewhere_are_never_put_into_a_form_of_ours(ada: Person, cast: Cast) -> None:
    ada.client.delete_cookie("rapport_session")
    for headers in ({"Origin": "https://evil.example"}, {}):
        answer = ada.client.post("/contacts/1/notes", data={"text": NOTE}, headers=headers)
        assert NOTE not in answer.text


def test_a_button_without_words_leads_to_sign_in(ada: Person, cast: Cast) -> None:
    ada.client.delete_cookie("rapport_session")
    answer = ada.client.post("/contacts/1/suppression", data={"back": "/x"}, headers=ORIGIN)
    assert answer.status_code == 303
    assert "/sign-in" in answer.location
