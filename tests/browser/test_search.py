"""Finding what somebody wrote: from the palette by keyboard, on the page by mouse, on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitors
from tests.browser.keys import press
from tests.web.cast import Cast

pytestmark = pytest.mark.server("chromium")


def test_from_the_palette_to_the_mail(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come()
    page = ada.go("/today")
    press(page, "/")
    page.get_by_role("combobox").fill("ima")
    expect(page.get_by_role("option", name=re.compile("Imani Oduya")).first).to_be_visible()
    expect(page.locator("#found mark").first).to_have_text(re.compile("ima", re.IGNORECASE))
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1, name="Imani Oduya")).to_be_visible()
    page = ada.go("/search")
    page.get_by_label("Search people, mails, notes and feedback").fill("properly hot")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(r"/search\?q=properly\+hot"))
    page.get_by_role("navigation", name="What to show").get_by_role("link", name=re.compile("Mails")).click()
    expect(page).to_have_url(re.compile(r"kind=mails"))
    expect(page.locator(".hits mark").first).to_be_visible()
    page.locator(".hits a").first.click()
    expect(page).to_have_url(re.compile(r"#message-\d+"))


def test_on_a_phone(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come(wide=390)
    page = ada.go("/search?q=hot")
    expect(page.locator(".hits a").first).to_be_visible()
    assert ada.overflow() <= 0
    page = ada.go("/search?q=nothing-has-this-word")
    expect(page.get_by_text("Nothing is found")).to_be_visible()
