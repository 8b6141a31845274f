"""Answering in a real browser: typed words are kept, put back by undo, and an answer is written with a text."""

import re

import pytest
from playwright.sync_api import expect

from crm.texts import create_text
from tests.browser.axe import find_faults
from tests.browser.conftest import Visitors
from tests.browser.keys import press
from tests.web.cast import Cast
from web.wiring import House

pytestmark = pytest.mark.server("chromium")


def test_a_snippet_a_draft_and_an_undo_from_the_keyboard(visitors: Visitors, cast: Cast, house: House) -> None:
    with house.database.transaction() as tx:
        create_text(tx, "snippet", "Thanks", "Thank you, {{ contact.first_name }}!", actor="user:1")
    ada = visitors.come()
    page = ada.go(f"/inbox/{cast.threads['Imani Oduya']}")
    press(page, "r")
    press(page, ";")
    press(page, "Enter")
    box = page.get_by_label("Message", exact=True)
    expect(box).to_have_value("Thank you, Imani!")
    expect(page.get_by_text("Draft kept")).to_be_visible()
    press(page, "Control+Enter")
    page.get_by_role("button", name="Send now all the same").click()
    expect(page.get_by_text(re.compile("Your answer leaves in 10 seconds"))).to_be_visible()
    press(page, "z")
    expect(box).to_have_value("Thank you, Imani!")
    assert ada.complaints == []


def test_a_mail_is_written_kept_and_sent_without_script(visitors: Visitors, cast: Cast, house: House) -> None:
    with house.database.transaction() as tx:
        create_text(tx, "snippet", "Thanks", "Thank you, {{ contact.first_name }}!", actor="user:1")
    ada = visitors.come(script=False)
    page = ada.go(f"/contacts/{cast.contacts['Imani Oduya']}/mail")
    page.get_by_label("Subject").fill("One more pan")
    page.get_by_label("Message", exact=True).fill("Hello Imani.")
    page.get_by_role("button", name=re.compile("^Keep")).first.click()
    expect(page.get_by_text("Draft kept.")).to_be_visible()
    expect(page.get_by_label("Message", exact=True)).to_have_value("Hello Imani.")
    page.get_by_role("button", name=re.compile("^Send")).first.click()
    page.get_by_role("button", name="Send now all the same").click()
    expect(page.get_by_text(re.compile("Your answer leaves in 10 seconds"))).to_be_visible()
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_label("Message", exact=True)).to_have_value("Hello Imani.")
    expect(page.get_by_label("Subject")).to_have_value("One more pan")


def test_composer_and_templates_on_a_dark_phone(visitors: Visitors, cast: Cast, house: House) -> None:
    with house.database.transaction() as tx:
        text = create_text(tx, "template", "Shipping", "Hi {{ contact.first_name }}, it left.", actor="user:1")
    ada = visitors.come(wide=390, theme="dark")
    places = (f"/inbox/{cast.threads['Imani Oduya']}", f"/contacts/{cast.contacts['Imani Oduya']}/mail", "/templates",
              f"/templates/{text.id}", "/templates/new")  # fmt: skip
    for path in places:
        page = ada.go(path)
        assert ada.overflow() <= 0, path
        assert find_faults(page) == [], path
    assert ada.complaints == []


@pytest.mark.parametrize("wide", [1440, 390])
def test_every_way_to_snooze_stands_in_its_menu(visitors: Visitors, cast: Cast, wide: int) -> None:
    ada = visitors.come(wide=wide)
    page = ada.go(f"/inbox/{cast.threads['Imani Oduya']}")
    page.locator("summary[data-key='h']").first.click()
    menu, day = page.locator(".pop:has(> .menu-form)").first, page.get_by_label("Until a day").first
    within, box = menu.bounding_box() or {}, day.bounding_box() or {}
    assert within["x"] <= box["x"]
    assert box["x"] + box["width"] <= within["x"] + within["width"]
    assert within["y"] <= box["y"]
    assert box["y"] + box["height"] <= within["y"] + within["height"]
    day.fill("2027-03-01")
    menu.get_by_role("button", name="Snooze").click()
    expect(page.get_by_text("Snoozed until Monday 1 March", exact=False).first).to_be_visible()


def test_a_kept_draft_is_gone_on_with_at_its_end(visitors: Visitors, cast: Cast) -> None:
    page = visitors.come().go(f"/inbox/{cast.threads['Imani Oduya']}")
    press(page, "r")
    page.keyboard.type("Hello Imani,")
    expect(page.get_by_text("Draft kept")).to_be_visible()
    page.reload()
    press(page, "r")
    page.keyboard.type(" thank you.")
    expect(page.get_by_label("Message", exact=True)).to_have_value("Hello Imani, thank you.")


@pytest.mark.parametrize("wide", [1440, 390])
def test_earlier_mails_and_whole_ones_come_in_place(visitors: Visitors, cast: Cast, wide: int) -> None:
    ada = visitors.come(wide=wide, theme="dark" if wide == 390 else "light")
    page = ada.go(f"/inbox/{cast.threads['Imani Oduya']}")
    mails = page.locator("#thread [id^=message-]")
    expect(mails).to_have_count(4)
    page.get_by_role("link", name="Show 14 earlier messages").click()
    expect(mails).to_have_count(18)
    expect(mails.nth(13)).to_be_focused()
    expect(mails.nth(13)).to_be_in_viewport()
    expect(page.get_by_role("link", name="earlier message")).to_have_count(0)
    assert page.url.endswith(f"/inbox/{cast.threads['Imani Oduya']}")
    expect(page.get_by_text("> Hi")).to_have_count(0)
    mails.last.get_by_text("Show the whole mail").click()
    expect(mails.last.locator("pre.whole")).to_contain_text("> Hi")
    assert ada.overflow() <= 0
    assert find_faults(page) == []
    assert ada.complaints == []


def test_earlier_mails_and_whole_ones_have_a_page_each_without_script(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come(script=False)
    page = ada.go(f"/inbox/{cast.threads['Imani Oduya']}?turn=you")
    page.get_by_text("Show the whole mail").last.click()
    page.get_by_role("link", name="Open it on a page of its own").click()
    expect(page.locator("pre.whole")).to_contain_text("> Hi")
    page.get_by_role("link", name="Back", exact=True).click()
    page = ada.go(f"/inbox/{cast.threads['Imani Oduya']}?turn=you")
    page.get_by_role("link", name="Show 14 earlier messages").click()
    expect(page.locator("[id^=message-]")).to_have_count(14)
    page.get_by_role("link", name="Back", exact=True).click()
    expect(page).to_have_url(re.compile(r"/inbox/1\?turn=you$"))
