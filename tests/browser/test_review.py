"""The review queue by keyboard, with letter keys off, and without script."""

import re

import pytest
from playwright.sync_api import expect

from crm import tasks
from sequences.models import Send
from sequences.reviewing.review import Changes, revise
from tests.browser.axe import find_faults
from tests.browser.conftest import Visitors
from tests.browser.keys import press
from tests.web.cast import ADA, PASSWORD, Cast
from web.wiring import House, make_engine_of

pytestmark = pytest.mark.server("chromium")


def states(house: House) -> dict[str, str]:
    with house.database.reading() as tx:
        return {send.email.partition("@")[0]: send.state for send in tx.session.query(Send)}


def with_gaps(house: House, cast: Cast) -> int:
    with house.database.transaction() as tx:
        send = tx.session.query(Send).filter(Send.contact_id == cast.contacts["Efua Mintah-Boyle"]).one()
        changes = Changes(subject="For {{ contact.city }}", body="In {{ contact.city }} for {{ offer.budget }}.")
        revise(tx, send.id, changes, actor="user:1", links=make_engine_of(house).links)
        return send.id


def test_the_whole_queue_by_keyboard(visitors: Visitors, cast: Cast, house: House) -> None:
    ada = visitors.come()
    page = ada.go("/review")
    names = ("Niamh Kerrisk", "Efua Mintah-Boyle", "Dorte Fjeldgaard")
    for key, name in (("j", names[1]), ("j", names[2]), ("k", names[1])):
        press(page, key)
        expect(page.get_by_role("heading", level=2, name=name)).to_be_visible()
    expect(page.get_by_text("2 of 3", exact=True)).to_be_visible()
    page.get_by_label("Personal line for").fill("ajskx is no command here")
    page.get_by_label("Personal line for").press("Control+Enter")
    expect(page.get_by_role("heading", level=2, name=names[2])).to_be_visible()
    press(page, "s")  # for now: it comes last
    expect(page.get_by_role("heading", level=2, name=names[0])).to_be_visible()
    press(page, "x")
    expect(page.get_by_role("heading", level=2, name=names[2])).to_be_visible()
    press(page, "x")
    expect(page.get_by_text("Nothing waits for your yes")).to_be_visible()
    assert states(house) == {"niamh": "cancelled", "efua": "scheduled", "dorte": "cancelled"}
    assert ada.complaints == []


def test_letter_keys_off_leave_the_queue_alone(visitors: Visitors, cast: Cast, house: House) -> None:
    ada = visitors.come()
    page = ada.go("/settings/you")
    page.get_by_label("Letter keys").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page = ada.go("/review")
    for key in "asxj":
        press(page, key)
    expect(page.get_by_role("heading", level=2, name="Niamh Kerrisk")).to_be_visible()
    assert set(states(house).values()) == {"draft"}


def test_gaps_are_filled_and_shown_again_without_script(visitors: Visitors, cast: Cast, house: House) -> None:
    send_id = with_gaps(house, cast)
    ada = visitors.come(script=False)
    page = ada.go(f"/review?sequence={cast.sequence}&send={send_id}")
    page.get_by_label("Missing: city").fill("Leeds")
    page.get_by_label("Missing: offer budget").fill("EUR 900")
    page.get_by_label("Missing: offer budget").press("Enter")
    expect(page.get_by_text("In Leeds for EUR 900.")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/review\?sequence={cast.sequence}&send={send_id}$"))
    page.get_by_role("button", name="Approve and next").click()
    expect(page.get_by_role("heading", level=2, name="Dorte Fjeldgaard")).to_be_visible()
    assert states(house)["efua"] == "scheduled"


def test_a_session_that_ends_in_the_middle_of_an_edit_without_script(
    visitors: Visitors, cast: Cast, house: House
) -> None:
    ada = visitors.come(script=False)
    page = ada.go("/review")
    page.get_by_text("Change this mail by hand").click()
    page.get_by_label("Message").fill("Hi Niamh, this took an hour.")
    ada.context.clear_cookies()
    page.get_by_role("button", name="Save and show the mail").click()
    expect(page.get_by_text("You were signed out")).to_be_visible()
    with ada.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in").click()
    door = opened.value
    door.get_by_label("Email address").fill(ADA)
    door.get_by_label("Password").fill(PASSWORD)
    door.get_by_role("button", name="Sign in").click()
    expect(door).to_have_url(re.compile("/today$"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("You signed in again")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Hi Niamh, this took an hour.").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"/review/\d+$"))


@pytest.mark.parametrize(("wide", "theme"), [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")])
def test_gaps_and_steps_by_hand_look_right(visitors: Visitors, cast: Cast, house: House, wide: int, theme: str) -> None:
    send_id = with_gaps(house, cast)
    efua = cast.contacts["Efua Mintah-Boyle"]
    with house.database.transaction() as tx:
        task = tasks.create_task(tx, "Say hello", actor="system", contact_id=efua, due_on=tx.now.date())
        task.kind, task.channel, task.body = "step", "instagram", "Hi Efua,\n\nlentils!"
    ada = visitors.come(wide=wide, theme=theme)
    for path in (f"/review/{send_id}", f"/review?sequence={cast.sequence}", "/review?sequence=99", "/today",
                 f"/contacts/{efua}"):  # fmt: skip
        page = ada.go(path)
        assert ada.overflow() <= 0, path
        assert find_faults(page) == [], path
    assert ada.complaints == []


def test_copying_a_text(visitors: Visitors, cast: Cast, house: House) -> None:
    efua = cast.contacts["Efua Mintah-Boyle"]
    with house.database.transaction() as tx:
        task = tasks.create_task(tx, "Say hello", actor="system", contact_id=efua, due_on=tx.now.date())
        task.kind, task.channel, task.body = "step", "instagram", "Hi Efua,\n\nlentils!"
    ada = visitors.come()
    ada.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = ada.go(f"/contacts/{efua}")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "Hi Efua,\n\nlentils!"
    page.get_by_role("button", name="Done: Say hello").click()
    expect(page.get_by_text("Done.", exact=True)).to_be_visible()
