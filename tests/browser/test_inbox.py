"""Answering in a real browser: typed words are kept, put back by undo, and an answer is written with a text."""

import re

import pytest
from playwright.sync_api import expect

from crm.texts import create_text
from tests.browser.conftest import Visitors
from tests.web.cast import Cast
from web.wiring import House

pytestmark = pytest.mark.server("chromium")


def test_a_snippet_a_draft_and_an_undo_from_the_keyboard(visitors: Visitors, cast: Cast, house: House) -> None:
    with house.database.transaction() as tx:
        create_text(tx, "snippet", "Thanks", "Thank you, {{ contact.first_name }}!", actor="user:1")
    ada = visitors.come()
    page = ada.go(f"/inbox/{cast.threads['Imani Oduya']}")
    page.keyboard.press("r")
    page.keyboard.press(";")
    page.keyboard.press("Enter")
    box = page.get_by_label("Message", exact=True)
    expect(box).to_have_value("Thank you, Imani!")
    expect(page.get_by_text("Draft kept")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile("Your answer leaves in 10 seconds"))).to_be_visible()
    page.keyboard.press("z")
    expect(box).to_have_value("Thank you, Imani!")
    assert ada.complaints == []
