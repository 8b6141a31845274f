"""The map of keys: walking lists, what a row keeps for a letter, downloads, and what is read out."""

import re

import pytest
from playwright.sync_api import expect

from crm.models import Thread
from tests.browser.conftest import Visitors
from tests.browser.keys import press
from tests.web.cast import Cast
from web.wiring import House

pytestmark = pytest.mark.server("chromium")


def test_a_download_leaves_its_form_ready(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come()
    page = ada.go("/contacts")
    press(page, "j", "x")
    with page.expect_download():
        page.get_by_role("button", name="Export").click()
    expect(page.locator("[aria-busy]")).to_have_count(0)
    page.get_by_role("button", name="Stage").click()
    expect(page.get_by_role("heading", level=1, name="1 person chosen")).to_be_visible()
    page = ada.go(f"/contacts/{cast.contacts['Imani Oduya']}/privacy")
    for _ in range(2):
        with page.expect_download():
            page.get_by_role("button", name="Download everything").click()
    assert ada.complaints == []


def test_j_stops_at_what_opens_a_row(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come()
    page = ada.go("/contacts")
    press(page, "j", "j")
    second = page.locator("tbody tr").nth(1).locator("a.name")
    expect(second).to_be_focused()
    name = second.inner_text()
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    press(page, "u")
    expect(page.get_by_role("heading", level=1, name="Contacts")).to_be_visible()
    press(page, "j", "s")
    expect(page.get_by_role("heading", level=1, name="1 person chosen")).to_be_visible()
    page = ada.go("/today")
    while page.locator(".sec[aria-labelledby=h-due] li.at").count() == 0:
        was = page.evaluate("document.querySelector('.at')?.id ?? ''")
        press(page, "j")
        assert page.evaluate("document.querySelector('.at').id") != was, "no row of the tasks was reached"
    assert page.evaluate("document.querySelector('li.at').contains(document.activeElement)")
    assert ada.complaints == []


def test_the_open_conversation_is_where_j_begins(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come()
    page = ada.go("/inbox?turn=you")
    rows = page.locator("#inbox-list .msg-row")
    third = rows.nth(2).get_attribute("href") or ""
    page = ada.go(third)
    press(page, "j")
    expect(rows.nth(3)).to_be_focused()
    press(page, "k", "k")
    expect(rows.nth(1)).to_be_focused()
    press(page, "u")
    expect(page).to_have_url(re.compile(r"/inbox\?turn=you$"))
    press(page, "n")
    expect(page.locator("#do-n")).to_have_attribute("open", "")
    expect(page.locator("#do-n [name=title], #do-n [name=due_on]").first).to_be_focused()
    assert ada.complaints == []


def test_a_row_of_today_answers_to_its_letters(visitors: Visitors, cast: Cast, house: House) -> None:
    ada = visitors.come()
    page = ada.go("/today")
    press(page, "j")
    first = page.locator("#h-turn").locator("xpath=../..").locator("li").first
    thread_id = int((first.get_attribute("id") or "").removeprefix("waiting-"))
    press(page, "h")
    expect(page.get_by_role("button", name="Tomorrow morning").first).to_be_focused()
    press(page, "Escape", "r")
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    page = ada.go("/today")
    press(page, "j", "e")
    expect(page.locator(".toast > span")).to_have_text("Done. It returns when they write.")
    with house.database.reading() as tx:
        assert tx.session.get_one(Thread, thread_id).done_at is not None
    expect(page).to_have_url(re.compile("/today$"))
    assert ada.complaints == []


def test_a_card_of_the_board_answers_to_its_letters(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come()
    page = ada.go("/pipeline")
    card = page.get_by_role("link", name="Kwesi Danquah-Mills")
    card.focus()
    press(page, "o")
    expect(page.locator("#own")).to_be_focused()
    page = ada.go("/pipeline")
    card.focus()
    press(page, "g", "t")
    expect(page.get_by_role("heading", level=1, name="Today")).to_be_visible()
    assert ada.complaints == []


def test_the_palette_waits_for_a_name_and_knows_what_to_do_with_a_person(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come()
    page = ada.go("/today")
    press(page, "/")
    page.keyboard.type("layan")
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1, name="Layan Qasimi")).to_be_visible()
    page = ada.go("/today")
    press(page, "/")
    expect(page.get_by_role("option", name="Layan Qasimi")).to_be_visible()
    page.keyboard.type("imani od")
    expect(page.get_by_role("group", name="Do something with Imani Oduya")).to_be_visible()
    expect(page.get_by_role("group", name="Looked at last")).to_be_hidden()
    press(page, "Tab", "ArrowDown", "ArrowDown", "Enter")
    expect(page.locator("#st-why")).to_be_focused()
    assert ada.complaints == []


def test_a_key_that_opens_something_stands_in_its_first_field_at_once(visitors: Visitors, cast: Cast) -> None:
    """Whoever types on without waiting loses nothing: what opens tells so later than it opens."""
    ada = visitors.come()
    page = ada.go(f"/inbox/{cast.threads['Imani Oduya']}")
    page.wait_for_load_state()
    where = page.evaluate("""() => {
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "f", bubbles: true }));
        return document.activeElement.name;
    }""")
    assert where == "quote"
    assert ada.complaints == []
