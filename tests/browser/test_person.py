"""The day of somebody who looks after creators, and of a brand team: by keyboard, by mouse, and on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors
from tests.browser.keys import press
from tests.web.cast import Cast

pytestmark = pytest.mark.server("chromium")
YUKI = "yuki@brackenware.example"


def _press(page: Page, key: str, label: str) -> None:
    """Press a letter, as somebody who sees where the cursor goes before typing on."""
    press(page, key)
    expect(page.locator("details[open] :is(input, textarea):focus")).to_be_visible()
    expect(page.get_by_label(label, exact=True).and_(page.locator(":focus"))).to_be_visible()


def test_a_day_of_looking_after_creators_by_keyboard(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come()
    page = ada.go("/contacts/6")
    _press(page, "c", "Note")
    page.keyboard.type("Films on Fridays, likes e and k.")
    press(page, "Tab")
    press(page, "Enter")
    expect(page.get_by_role("paragraph").filter(has_text="Films on Fridays, likes e and k.")).to_be_visible()
    page.wait_for_load_state()
    _press(page, "s", "Why (may stay empty)")
    page.keyboard.type("asked for a break")
    page.get_by_label("Move to", exact=True).select_option("Alumni")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator(".stages [aria-current]")).to_have_text("Alumni")
    expect(page.get_by_text("asked for a break").first).to_be_visible()
    page.wait_for_load_state()
    press(page, "z")
    expect(page.locator(".stages [aria-current]")).to_have_text("Active")
    page.wait_for_load_state()
    _press(page, "l", "Tag")
    page.keyboard.type("caravan")
    press(page, "Enter")
    expect(page.get_by_role("link", name="caravan")).to_be_visible()
    page.get_by_role("button", name="Mark next action done").click()
    expect(page.get_by_text("Set the next action")).to_be_visible()
    page.wait_for_load_state()
    _press(page, "n", "What")
    page.keyboard.type("Send the second lid")
    press(page, "Enter")
    expect(page.locator(".next b")).to_have_text("Send the second lid")
    assert ada.complaints == []


def test_a_brand_team_logs_sorts_and_moves(visitors: Visitors, cast: Cast) -> None:
    yuki = visitors.come(email=YUKI)
    page = yuki.go("/feedback")
    press(page, "f")
    page.get_by_label("Who said it?").fill("Tomek")
    press(page, "Enter")
    expect(page.get_by_label("Tomek Wilczak")).to_be_checked()
    page.get_by_label("Their words").fill("The lid knob came loose in the post.")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("Kept as feedback.")).to_be_visible()
    page.wait_for_load_state()
    _press(page, "t", "Theme, or a new one")
    page.keyboard.type("Lid knob")
    press(page, "Enter")
    page.get_by_role("link", name="Lid knob").click()
    page.get_by_role("button", name="Planned").click()
    expect(page.get_by_role("button", name="Planned")).to_have_attribute("aria-current", "step")
    page.wait_for_load_state()
    press(page, "z")
    expect(page.get_by_role("button", name="Listening")).to_have_attribute("aria-current", "step")
    assert yuki.complaints == []


def test_on_a_phone(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come(wide=390)
    page = ada.go("/tasks")
    page.get_by_role("button", name=re.compile("Mark done: Answer on draft 2")).click()
    expect(page.get_by_text("Answer on draft 2")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Answer on draft 2").first).to_be_visible()
    page = ada.go("/contacts/1/edit")
    page.get_by_label("City", exact=True).fill("Toronto")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert ada.overflow() <= 0
    assert ada.complaints == []
