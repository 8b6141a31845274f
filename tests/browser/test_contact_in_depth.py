"""Somebody who weighs creators against each other: figures, posts, rates, a manager; mouse, keyboard and thumb."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors
from tests.browser.keys import press
from tests.browser.test_looks import look
from tests.web.cast import Cast
from tests.web.depth import POSTS, deepen
from web.wiring import House

pytestmark = pytest.mark.server("chromium")


def _shows(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible()
    page.wait_for_load_state()


def test_a_creator_is_measured(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come()
    page = ada.go("/contacts/1")
    page.get_by_text("Note figures").click()
    page.get_by_label("Followers", exact=True).fill("190k")
    page.get_by_label("Source").fill("media kit")
    press(page, "Enter")
    _shows(page, "Kept.")
    expect(page.get_by_role("cell", name="190k").first).to_be_visible()
    page.get_by_role("link", name="All readings, posts and names").click()
    page.get_by_text("Note posts").click()
    page.get_by_label("One post a line").fill(POSTS)
    page.locator("form", has=page.get_by_label("One post a line")).get_by_role("button", name="Keep").click()
    _shows(page, "Median of the last ten posts known.")
    expect(page.get_by_text("Norr Knives")).to_be_visible()
    page.get_by_text("Note a rate").click()
    page.get_by_label("Amount").fill("2400")
    page.get_by_label("Said by").fill("her manager")
    press(page, "Enter")
    _shows(page, "€25")
    press(page, "z")
    expect(page.get_by_text("her manager")).to_have_count(0)
    page.wait_for_load_state()
    press(page, "u")
    expect(page).to_have_url(re.compile("/contacts/1$"))
    assert ada.complaints == []


def test_a_creator_is_weighed_and_written_to_with_her_manager(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come()
    page = ada.go("/contacts/1")
    page.get_by_text("What fit is made of").click()
    page.get_by_label("Price of a thousand views").select_option("0")
    page.get_by_role("button", name="Weigh like this").click()
    expect(page).to_have_url(re.compile("w_price=0"))
    expect(page.get_by_label("Price of a thousand views")).to_have_value("0")
    page.get_by_text("Tie somebody").click()
    page.get_by_label("Their address").fill("mira@agency.example")
    page.get_by_label("Name, if they are new").fill("Mira Holm")
    page.get_by_label("Role").select_option("manager")
    page.get_by_role("button", name="Tie", exact=True).click()
    _shows(page, "Mira Holm")
    page.get_by_role("link", name="Write a mail").click()
    page.locator(".copies summary").click()
    page.get_by_role("checkbox", name=re.compile("Mira Holm")).check()
    page.get_by_label("Subject").fill("A fourth film")
    page.get_by_label("Message", exact=True).fill("Shall we?")
    page.get_by_role("button", name="Send", exact=True).click()
    _shows(page, "at night there")
    page.get_by_role("button", name="Send now all the same").click()
    _shows(page, "Your answer leaves in")
    press(page, "z")
    _shows(page, "Taken back.")
    expect(page.get_by_role("checkbox", name=re.compile("Mira Holm"))).to_be_checked()
    assert ada.complaints == []


def test_with_a_thumb_and_without_script(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come(wide=390, script=False)
    page = ada.go("/contacts/1/edit")
    page.locator("#addresses .fold-form summary").click()
    form = page.locator("#addresses .fold-form form")
    form.get_by_label("Why").fill("she left the network")
    form.get_by_label("New address").fill("imani@new.example")
    form.get_by_role("button").click()
    expect(page.get_by_text("she left the network").first).to_be_visible()
    page.goto(ada.base + "/contacts/1")
    expect(page.locator(".person").get_by_text("imani@new.example")).to_be_visible()
    expect(page.locator(".person").get_by_text("imani@smallkitchen.example")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_of_it_in_every_look(visitors: Visitors, house: House, cast: Cast, theme: str) -> None:
    with house.database.transaction() as tx:
        deepen(tx, 1)
    ada, found = visitors.come(theme=theme), []
    for path in ("/contacts/1?w_price=4", "/contacts/1/channels", "/contacts/1/mail")[: 3 if theme == "light" else 2]:
        page = ada.go(path)
        for fold in page.locator(".fold-form, .copies").all():
            fold.evaluate("one => one.open = true")
        found += [f"{path}: {fault}" for fault in look(ada, (1440, 390) if theme == "light" else (900,))]
    assert found == [], "\n".join(found)
