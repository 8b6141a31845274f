"""A refused form comes back where it stands: with what was given, what is wrong under the field, a summary on top."""

import re

import pytest

from tests.web.cast import Cast
from tests.web.conftest import Person
from web.page_forms import Refused, fill_again


def field_of(page: str, name: str) -> str:
    """Return the one field of that name that is marked as wrong, with its message."""
    found = re.findall(
        rf'<[^>]*name="{name}"[^>]*aria-invalid="true"[^>]*>.*?<span class="msg"[^>]*>.*?</span>', page, re.DOTALL
    )
    assert len(found) == 1, found
    return str(found[0])


def test_a_rate_that_is_no_number_comes_back_with_all_that_was_written(ada: Person, cast: Cast) -> None:
    page = ada.post(
        "/contacts/1/rates", handle_id="1", format="story", amount="twelve hundred", said_by="her <agent>",
        said_on="2026-11-02", came_from="/contacts/1/channels", status=422,
    )  # fmt: skip
    assert "twelve hundred is no price I can read" in field_of(page, "amount")
    assert 'value="twelve hundred"' in page
    assert 'value="her &lt;agent&gt;"' in page
    assert 'value="2026-11-02"' in page
    assert re.search(r'<option value="story" selected>', page)
    assert page.count('role="alert" tabindex="-1" autofocus') == 1
    assert re.search(r"<details class=\"fold-form\" open>", page), "a form in a fold is unfolded"


def test_the_form_that_was_sent_is_the_one_that_comes_back(ada: Person, cast: Cast) -> None:
    """Each account has such a form; the hidden number tells them apart."""
    ada.post("/contacts/1/handles", platform="twitch", username="second")
    number = max(re.findall(r'name="handle_id" value="(\d+)"', ada.get("/contacts/1/channels")), key=int)
    page = ada.post(
        "/contacts/1/figures", handle_id=number, followers="lots", came_from="/contacts/1/channels", status=422
    )
    form = field_of(page, "followers")
    assert f'name="handle_id" value="{number}"' in page.partition(form)[0].rpartition("<form")[2]


def test_a_page_that_came_back_can_be_wrong_again(ada: Person, cast: Cast) -> None:
    """The browser then names the address that was posted to, which is no page; the form remembers."""
    again = ada.post(
        "/contacts/1/rates", handle_id="1", amount="x", form_page="/contacts/1/channels",
        came_from="/contacts/1/rates", status=422,
    )  # fmt: skip
    assert "x is no price" in field_of(again, "amount")


@pytest.mark.parametrize("elsewhere", ["", "//evil.example/contacts/1/channels", "/contacts/2", "/nowhere"])
def test_without_a_page_to_go_back_to_the_refusal_is_a_page(ada: Person, cast: Cast, elsewhere: str) -> None:
    page = ada.post("/contacts/1/rates", handle_id="1", amount="x", form_page=elsewhere, status=422)
    assert "x is no price" in page
    assert "aria-invalid" not in page
    assert "evil" not in page


def test_the_page_of_a_refusal_leads_back_to_the_form(ada: Person, cast: Cast) -> None:
    page = ada.post("/promises/999/day", came_from="/contacts/1?show=notes", status=404)
    assert '<a class="btn primary" href="/contacts/1?show=notes">Back to the form</a>' in page


@pytest.mark.parametrize(
    ("path", "page", "given", "name"),
    [
        ("/contacts/1/addresses", "/contacts/1/edit", {"email": "nobody at all"}, "email"),
        ("/contacts/1/handles", "/contacts/1/edit", {"username": "x", "followers": "lots"}, "followers"),
        ("/contacts/1/links", "/contacts/1", {"email": "no address", "role": "agent"}, "email"),
        ("/contacts/1/posts", "/contacts/1/channels", {"handle_id": "1", "lines": "soon 5k"}, "lines"),
        ("/contacts/1/promises", "/contacts/1", {"what": " "}, "what"),
        ("/contacts/1/tags", "/contacts/1", {"tag": " "}, "tag"),
        ("/views", "/contacts?topic=cooking", {"name": " ", "query": "topic=cooking"}, "name"),
        ("/feedback/themes/1/facts", "/feedback/themes/1", {"name": " ", "plan": "Weigh it"}, "name"),
    ],
)  # fmt: skip
def test_every_form_says_what_is_wrong_under_its_field(
    ada: Person, cast: Cast, path: str, page: str, given: dict[str, str], name: str
) -> None:
    shown = ada.post(path, came_from=page, status=422, **given)
    assert f'id="m-{name}"' in field_of(shown, name)


FORM = """<form method="post" action="/x"><input type="hidden" name="n" value="1"><input name="a" value="old">
<input name="b" type="checkbox" value="1" checked><input name="c" type="radio" value="1">
<input name="c" type="radio" value="2"><div class="field"><textarea name="d">old</textarea></div>
<select name="e"><option>One</option><option value="2" selected>Two</option></select><input name="p" type="password">
<input name="a" value="older"></form><form method="post" action="/x"><input name="a" value="kept"></form>"""
GIVEN = {"n": ["1"], "a": ["1", 'q"<'], "c": ["2"], "d": ["</textarea>"], "e": ["One"], "p": ["secret"]}


def test_every_kind_of_field_takes_what_was_given() -> None:
    page = fill_again(FORM, Refused("/x", GIVEN, "No.", "/page", {"d": "Shorter."}), "!")
    assert page
    for words in (
        '<input name="a" value="1">',
        '<input name="a" value="q&quot;&lt;">',
        '<input name="b" type="checkbox" value="1">',
        '<input name="c" type="radio" value="1">',
        '<input name="c" type="radio" value="2" checked>',
        '<div class="field err"><textarea name="d" aria-invalid="true" aria-describedby="m-d">',
        '&lt;/textarea&gt;</textarea><span class="msg" id="m-d">!Shorter.</span>',
        "<option selected>One</option>",
        '<option value="2">Two</option>',
        '<input name="a" value="kept">',
        '<input name="p" type="password">',
    ):
        assert words in page, words


def test_a_form_with_nothing_to_fill_in_is_no_place_for_words() -> None:
    refused = Refused("/x", GIVEN, "No.", "/page")
    assert fill_again('<form method="post" action="/x"><button>Go</button></form>', refused, "!") is None
