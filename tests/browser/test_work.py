"""The daily work in a real browser: set up, answer, approve, find, and all of it without script too."""

import re

import pytest
from playwright.sync_api import expect

from crm import users
from crm.models import Message, Thread
from crm.threads import store_message, touch_thread
from sequences.models import Send
from tests.browser.conftest import Visitors
from tests.browser.keys import press
from tests.web.cast import ADA, PASSWORD, Cast
from web.wiring import House

pytestmark = pytest.mark.server("chromium")


def _sends(house: House) -> list[Send]:
    with house.database.reading() as tx:
        return tx.session.query(Send).all()


def test_the_set_up_link_leads_on_to_the_mailbox(visitors: Visitors, house: House) -> None:
    with house.database.transaction() as tx:
        token = users.create_link(tx, "setup")
    ada = visitors.come(email=None)
    page = ada.go(f"/setup/{token}")
    page.get_by_label("Your name").fill("Ada Marsh")
    page.get_by_label("Email address").fill(ADA)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Brand").fill("Brackenware")
    page.get_by_role("button", name="Create and sign in").click()
    expect(page).to_have_url(re.compile("/setup/steps/mailbox$"))
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Email address").fill(ADA)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/today$"))
    assert ada.complaints == []


def test_an_answer_from_the_keyboard_and_its_undo(visitors: Visitors, cast: Cast, house: House) -> None:
    ada = visitors.come()
    page = ada.go(f"/inbox/{cast.threads['Imani Oduya']}")
    press(page, "r")
    page.keyboard.type("One take! je jke a 1")
    press(page, "Control+Enter")
    page.get_by_role("button", name="Send now all the same").click()
    expect(page.get_by_text("Your answer leaves in 10 seconds.")).to_be_visible()
    assert [send.state for send in _sends(house) if send.request_key] == ["scheduled"]
    press(page, "z")
    expect(page.get_by_text("Taken back. Nothing was sent.")).to_be_visible()
    assert [send.state for send in _sends(house) if send.request_key] == ["cancelled"]
    assert ada.complaints == []


def test_approving_with_one_key(visitors: Visitors, cast: Cast, house: House) -> None:
    ada = visitors.come()
    page = ada.go("/review")
    expect(page.get_by_role("heading", level=2, name="Niamh Kerrisk")).to_be_visible()
    page.get_by_label("Personal line for").click()
    press(page, "a")
    assert {send.state for send in _sends(house)} == {"draft"}
    page.get_by_role("heading", level=2).click()
    press(page, "a")
    expect(page.get_by_role("heading", level=2, name="Efua Mintah-Boyle")).to_be_visible()
    assert sorted(send.state for send in _sends(house)) == ["draft", "draft", "scheduled"]
    assert ada.complaints == []


def test_selected_words_become_feedback(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come()
    page = ada.go(f"/inbox/{cast.threads['Tomek Wilczak']}")
    page.locator("[data-quotable] p").last.select_text()
    press(page, "f")
    expect(page.get_by_label("Their words")).to_have_value(re.compile("^For three videos"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Kept as feedback.")).to_be_visible()


def test_a_reply_appears_by_itself(visitors: Visitors, cast: Cast, house: House) -> None:
    ada = visitors.come()
    page = ada.go("/today")
    expect(page.locator("#count-inbox")).to_contain_text("6")
    with house.database.transaction() as tx:
        thread = tx.session.get_one(Thread, cast.threads["Kwesi Danquah-Mills"])
        message = Message(
            mailbox_id=thread.mailbox_id, thread_id=thread.id, contact_id=thread.contact_id, direction="in",
            kind="reply", dedupe="new", sender="kwesi@jolloflab.example", at=tx.now, subject="Re: pan",
        )  # fmt: skip
        store_message(tx, message, new_text="Filmed it.", text="Filmed it.", html=None, raw=None, ids=[])
        touch_thread(tx, thread, at=tx.now, inbound=True, counts_as_turn=True)
    expect(page.get_by_text("Filmed it.")).to_be_visible()
    expect(page.locator("#count-inbox")).to_contain_text("7")
    assert ada.complaints == []


def test_the_palette_finds_people_and_places(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come()
    page = ada.go("/today")
    press(page, "/")
    page.keyboard.type("lay")
    expect(page.get_by_role("option", name="Layan Qasimi")).to_be_visible()
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1, name="Layan Qasimi")).to_be_visible()
    press(page, "g")
    press(page, "s")
    expect(page.get_by_role("heading", level=1, name="Sequences")).to_be_visible()
    assert ada.complaints == []


def test_letter_keys_can_be_switched_off(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come()
    page = ada.go("/settings/you")
    page.get_by_label("Letter keys").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    press(page, "g")
    press(page, "c")
    press(page, "/")
    expect(page.get_by_role("heading", level=1, name="You")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_day_s_work_without_script(visitors: Visitors, cast: Cast, house: House) -> None:
    ada = visitors.come(email=None, script=False)
    page = ada.go("/inbox?turn=you")
    page.get_by_label("Email address").fill(ADA)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/inbox\?turn=you$"))
    page.get_by_role("link", name="Sofía Arrieta").first.click()
    page.get_by_role("textbox", name="Message").fill("¡En español!")
    page.get_by_role("button", name="Send and close").click()
    page.get_by_role("button", name="Send now all the same").click()
    expect(page.get_by_text("Your answer leaves in 10 seconds.")).to_be_visible()
    page.get_by_role("link", name="Review").first.click()
    page.get_by_role("button", name="Approve and next").click()
    assert sorted(send.state for send in _sends(house)) == ["draft", "draft", "scheduled", "scheduled"]
    page.get_by_role("link", name="Contacts").first.click()
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Size from").fill("100k")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr")).to_have_count(4)
    page.get_by_role("link", name="Search or jump to").click()
    expect(page.get_by_role("heading", level=1, name="Search")).to_be_visible()
