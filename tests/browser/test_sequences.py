"""A sequence from nothing to its first mail: written, launched, filled, read, approved; by keyboard, and on a phone."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from sequences.course.planning import plan_due
from sequences.draft_models import SequenceDraft
from sequences.models import Send, Sequence
from tests.browser.axe import find_faults
from tests.browser.conftest import Visitors
from tests.browser.keys import press
from tests.web.cast import Cast
from web.wiring import House, make_engine_of

pytestmark = pytest.mark.server("chromium")


def test_from_a_starter_to_an_approved_mail(visitors: Visitors, cast: Cast, house: House) -> None:
    ada = visitors.come()
    page = ada.go("/sequences")
    press(page, "c")
    page.get_by_label("Name").fill("Small kitchens")
    page.get_by_label("Name").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Small kitchens")).to_be_visible()

    # Typed words keep themselves, and the preview follows.
    page.get_by_text("Change the words").click()
    page.get_by_label("Subject").fill("A pan for {{ contact.first_name }}")
    body = page.get_by_label("Message, in Markdown")
    body.fill("Hi {{ contact.first_name }},\n\nwe make a pan. Would you try it by 4 December?")
    expect(page.locator("#kept")).to_contain_text("Kept")
    expect(page.get_by_role("article")).to_contain_text("we make a pan")
    body.press("[")
    expect(body).to_have_value(re.compile(r"\["))
    body.press("Backspace")
    page.get_by_role("button", name="Keep draft").click()
    expect(page.get_by_text("Draft of version 2.")).to_be_visible()

    page.get_by_role("link", name="Launch").click()
    page.get_by_role("button", name="Launch").click()
    expect(page.get_by_text("Launched.")).to_be_visible()
    press(page, "a")
    page.get_by_label("Words").fill("callum")
    page.get_by_label("Words").press("Enter")
    page.get_by_role("button", name=re.compile("Put")).click()
    expect(page.get_by_role("row", name="Callum Strachan")).to_contain_text("In this sequence")

    with house.database.transaction() as tx:
        sequence = tx.session.scalars(select(Sequence).where(Sequence.name == "Small kitchens")).one()
        assert (sequence.state, sequence.version, tx.session.get(SequenceDraft, sequence.id)) == ("live", 2, None)
        plan_due(tx, make_engine_of(house).links)
        number = sequence.id
    ada.go(f"/review?sequence={number}")
    press(page, "a")
    expect(page.get_by_text("Approved.")).to_be_visible()
    with house.database.reading() as tx:
        send = tx.session.scalars(select(Send).where(Send.sequence_id == number)).one()
        assert (send.state, send.subject) == ("scheduled", "A pan for Callum")
    assert ada.complaints == []


def test_fields_are_chips_in_the_text_that_lead_to_their_place(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come()
    page = ada.go(f"/sequences/{cast.sequence}/steps/1")
    read = page.get_by_role("group", name="The text, with its fields")
    # A click on a chip opens the words; what is typed there is read anew.
    read.get_by_role("link", name="first name").first.click()
    body = page.get_by_label("Message, in Markdown")
    expect(body).to_be_focused()
    body.fill("Hello, {{ contact.first_name }}: <b>a pan</b>")
    expect(read).to_have_text("Hello, first name: <b>a pan</b>")
    read.get_by_role("link", name="first name").press("Enter")
    expect(body).to_be_focused()
    assert page.evaluate("String(getSelection())") == "{{ contact.first_name }}"
    assert ada.complaints == []


def test_a_text_is_read_as_it_will_look_and_an_archived_one_only_read(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come(wide=390, theme="dark")
    root = f"/sequences/{cast.sequence}"
    page = ada.go(f"{root}/steps/1")
    read = page.get_by_role("group", name="The text, with its fields")
    page.get_by_text("Change the words").click()
    page.get_by_label("Message, in Markdown").fill(
        "# Big\n\n**For {{ contact.first_name }}**, [a pan](https://pan.example/) or "
        "[yours](https://pan.example/{{ contact.first_name }})\n\n- one\n\n> two\n\n" + "wide" * 40
    )
    expect(read.get_by_role("strong")).to_have_text("For first name")
    expect(read.get_by_role("listitem")).to_have_text("one")
    assert ada.overflow() <= 0
    assert find_faults(page) == []
    page = ada.go(f"{root}/archive")
    page.get_by_role("button", name="Archive and end").click()
    for path in ("/steps/1", "/settings"):
        page = ada.go(root + path)
        expect(page.get_by_role("button", name="Bring back")).to_be_visible()
        expect(page.get_by_role("button", name="Keep draft")).to_have_count(0)
        assert ada.overflow() <= 0, path
        assert find_faults(page) == [], path
    assert ada.complaints == []


@pytest.mark.parametrize(("wide", "theme"), [(390, "light")])
def test_nothing_is_in_the_way(visitors: Visitors, cast: Cast, wide: int, theme: str) -> None:
    ada = visitors.come(wide=wide, theme=theme)
    root = f"/sequences/{cast.sequence}"
    for path in (
        root,
        f"{root}/people",
        f"{root}/report",
        f"{root}/settings",
        f"{root}/people/new?q=a",
        "/sequences/new",
    ):
        page = ada.go(path)
        assert ada.overflow() <= 0, path
        assert find_faults(page) == [], path


def test_a_phone_without_script_writes_a_step(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come(wide=390, script=False)
    page = ada.go(f"/sequences/{cast.sequence}/steps/2")
    page.get_by_text("Change the words").click()
    page.get_by_label("Message, in Markdown").fill("A short word, {{ contact.first_name }}.")
    page.get_by_role("button", name="Keep draft").click()
    expect(page.get_by_text("Draft of version 2.")).to_be_visible()
    page.get_by_role("link", name="Publish changes").click()
    expect(page.get_by_text("3 people in it can follow.")).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 2 is published. 3 people moved to it.")).to_be_visible()
