"""Typed text survives: a reload, a refusal, a session that ended; and goes once the page after it says it arrived."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors
from tests.web.cast import Cast

NOTE = "She rides to work and cooks on Sundays."


def open_note(page: Page) -> None:
    page.locator("summary", has_text="Note").first.click()


def test_a_note_is_kept_until_it_arrived(cast: Cast, visitors: Visitors) -> None:
    ada = visitors.come()
    page = ada.go("/contacts/1")
    open_note(page)
    page.locator("#q-note").fill(NOTE)
    page = ada.go("/contacts/1")
    open_note(page)
    expect(page.locator("#q-note")).to_have_value(NOTE)
    expect(page.get_by_text(re.compile(r"Your text from \d\d:\d\d"))).to_be_visible()
    page.locator("form:has(#q-note)").get_by_role("button", name="Save").click()
    page.get_by_text("Noted.").first.wait_for()
    page = ada.go("/contacts/1")
    expect(page.locator("#q-note")).to_have_value("")


def test_a_text_of_the_server_comes_back_with_one_click(cast: Cast, visitors: Visitors) -> None:
    ada = visitors.come()
    page = ada.go("/contacts/1/edit")
    box = page.locator("#f-personal_line")
    theirs = box.input_value()
    box.fill("Another line.")
    page = ada.go("/contacts/1/edit")
    box = page.locator("#f-personal_line")
    expect(box).to_have_value("Another line.")
    page.get_by_role("button", name="Discard it").click()
    expect(box).to_have_value(theirs)
    page = ada.go("/contacts/1/edit")
    expect(page.locator("#f-personal_line")).to_have_value(theirs)


def test_a_refused_form_opens_with_its_words_and_the_summary_in_focus(cast: Cast, visitors: Visitors) -> None:
    ada = visitors.come(wide=390)
    page = ada.go("/contacts/1/channels")
    page.locator("summary", has_text="Note a rate").first.click()
    page.get_by_label("Amount").first.fill("twelve hundred")
    page.locator("form[action$='/rates']").first.get_by_role("button", name="Keep").click()
    amount = page.get_by_label("Amount").first
    expect(amount).to_have_value("twelve hundred")
    expect(amount).to_have_attribute("aria-invalid", "true")
    expect(page.locator("form .banner.bad")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
