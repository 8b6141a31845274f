"""A phone with touch: menus stay inside the page, nothing is for a desk alone, the newest mail, room for fingers."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from crm import users
from crm.brands import create_brand
from tests.web.cast import ADA, Cast
from web.wiring import House

pytestmark = pytest.mark.server("chromium")
# A card's own menu unfolds inside its card, which scrolls with the board.
OUTSIDE = """() => [...document.querySelectorAll("details.menu:not(.stage-menu)")]
  .filter((menu) => menu.checkVisibility()).map((menu) => {
    document.querySelectorAll("details.menu[open]").forEach((other) => { other.open = false; });
    menu.open = true;
    menu.scrollIntoView({ block: "center" });
    const { left, right, top } = menu.lastElementChild.getBoundingClientRect();
    const seen = document.elementFromPoint((left + right) / 2, top + 8)?.closest("details.menu") === menu;
    const fits = left >= 0 && right <= innerWidth && seen;
    return fits ? "" : `${Math.round(left)}..${Math.round(right)} ${menu.outerHTML.slice(0, 120)}`;
  }).filter(Boolean)"""
SMALL = """() => [...document.querySelectorAll(".btn, .fchip, .stages > *, .seg > *, .tabs a, .check, summary")]
  .filter((el) => el.checkVisibility() && !el.closest("dialog")).map((el) => {
    const reach = el.matches(".check") ? 2 * Math.abs(parseFloat(getComputedStyle(el, "::after").top)) : 0;
    return [el.getBoundingClientRect().height + reach, el.outerHTML.slice(0, 120)];
  }).filter(([tall]) => tall < 43.9)"""
THIN = """() => [...document.querySelectorAll("input, textarea, select")]
  .filter((el) => el.checkVisibility() && !["hidden", "checkbox", "radio", "file"].includes(el.type))
  .filter((el) => parseFloat(getComputedStyle(el).fontSize) < 16).map((el) => el.outerHTML.slice(0, 120))"""


@pytest.fixture
def phone(browser: Browser, house: House, base: str, cast: Cast) -> Iterator[Page]:
    with house.database.transaction() as tx:
        create_brand(tx, "Second Pan")
        token = users.open_session(tx, users.get_user_by_email(tx, ADA))
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, base_url=base)
    context.add_cookies([{"name": "rapport_session", "value": token, "url": base}])
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def test_menus_stay_inside_the_page_and_fingers_find_their_targets(phone: Page, cast: Cast) -> None:
    person, thread = cast.contacts["Imani Oduya"], cast.threads["Imani Oduya"]
    for path in (
        "/contacts",
        "/pipeline",
        "/today",
        "/tasks",
        f"/contacts/{person}",
        f"/inbox/{thread}",
        "/sequences/1",
    ):
        phone.goto(path)
        assert phone.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        assert phone.evaluate(SMALL) == [], path
        assert phone.evaluate(THIN) == [], path
        assert phone.evaluate(OUTSIDE) == [], path


def test_what_a_desk_offers_is_offered_here(phone: Page, cast: Cast) -> None:
    phone.goto("/contacts")
    phone.get_by_label("More", exact=True).click()
    phone.get_by_role("link", name="Import").click()
    expect(phone.get_by_role("heading", level=1, name="Import")).to_be_visible()
    phone.locator(".brand-bar summary").click()
    phone.get_by_role("button", name="Second Pan").click()
    expect(phone.locator(".brand-bar summary")).to_contain_text("Second Pan")
    phone.goto("/sequences/1/people")
    row = phone.get_by_role("row", name="Niamh Kerrisk")
    row.get_by_text("Details").click()
    row.get_by_label("Take Niamh Kerrisk out").locator("visible=true").click()
    expect(row.get_by_text("Stopped")).to_be_visible()


def test_the_newest_mail_and_the_answer_are_in_reach(phone: Page, cast: Cast) -> None:
    phone.goto(f"/inbox/{cast.threads['Imani Oduya']}")
    expect(phone.locator(".convo-b > .thread > li").last).to_be_in_viewport()
    reply = phone.locator(".reply-bar").get_by_role("link", name="Reply")
    expect(reply).to_be_in_viewport(ratio=1)
    reply.click()
    expect(phone.get_by_label("Message", exact=True)).to_be_focused()
    phone.goto("/review")
    phone.get_by_role("link", name="Niamh Kerrisk").click()
    expect(phone.get_by_role("button", name="Approve and next")).to_be_in_viewport(ratio=1)
