"""Finding people, choosing some, one act on all of them, and taking it back; the board by mouse and by key."""

import re

import pytest
from playwright.sync_api import expect

from crm.contacts import create_contact
from crm.pipeline import stage_name
from tests.browser.conftest import Visitors
from tests.browser.keys import press
from tests.web.cast import Cast
from web.wiring import House

pytestmark = pytest.mark.server("chromium")


def _stage(house: House, cast: Cast, name: str) -> str | None:
    with house.database.reading() as tx:
        return stage_name(tx, cast.contacts[name], cast.brand)


def test_filter_choose_change_and_undo(visitors: Visitors, cast: Cast, house: House) -> None:
    ada = visitors.come()
    page = ada.go("/contacts")
    page.locator("summary", has_text="Filter").click()
    page.get_by_label("Size from").fill("90k")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile(r"size=90k"))
    expect(page.locator("tbody tr")).to_have_count(5)
    expect(page.get_by_role("button", name="Owner")).to_be_hidden()
    press(page, "j")
    press(page, "x")
    press(page, "Shift+J")
    press(page, "Shift+J")
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.get_by_label("Select Tomek Wilczak").click(modifiers=["Shift"])
    expect(page.get_by_text("5 selected")).to_be_visible()
    press(page, "s")
    expect(page.get_by_role("heading", level=1, name="5 people chosen")).to_be_visible()
    page.get_by_label("Which one").select_option("Talking")
    expect(page.get_by_text("2 will move to Talking. 3 are at this stage already.")).to_be_visible()
    page.get_by_role("button", name="Move 2 people").click()
    expect(page.get_by_text("People moved to Talking: 2.")).to_be_visible()
    assert _stage(house, cast, "Imani Oduya") == "Talking"
    press(page, "z")
    expect(page.get_by_text("Taken back.")).to_be_visible()
    assert _stage(house, cast, "Imani Oduya") == "Active"
    assert ada.complaints == []


def test_the_board_by_key_by_mouse_and_by_menu(visitors: Visitors, cast: Cast, house: House) -> None:
    ada = visitors.come()
    page = ada.go("/pipeline")
    page.get_by_role("link", name="Kwesi Danquah-Mills").focus()
    press(page, "]")
    expect(page.get_by_role("region", name="Alumni").get_by_role("link", name="Kwesi")).to_be_visible()
    expect(page.locator(".toast > span")).to_have_text("Moved to Alumni.")
    expect(page.get_by_role("link", name="Kwesi Danquah-Mills")).to_be_focused()
    press(page, "z")
    expect(page.get_by_text("Taken back.")).to_be_visible()
    assert _stage(house, cast, "Kwesi Danquah-Mills") == "Active"
    page = ada.go("/pipeline")
    page.locator("[data-card]", has_text="Callum").drag_to(page.get_by_role("region", name="Talking"))
    expect(page.get_by_role("region", name="Talking").get_by_text("Callum")).to_be_visible()
    page.locator("[data-card]", has_text="Callum").get_by_label("Stage of Callum Strachan").click()
    page.get_by_role("button", name="Agreed", exact=True).click()
    expect(page.get_by_role("region", name="Agreed").get_by_text("Callum")).to_be_visible()
    assert _stage(house, cast, "Callum Strachan") == "Agreed"
    assert ada.complaints == []


def test_a_view_on_a_small_screen(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come(wide=390)
    page = ada.go("/contacts?platform=instagram")
    assert ada.overflow() <= 0
    page.get_by_label("This view: save, rename, share or remove it").click()
    page.get_by_label("Save what you see as a view").fill("On Instagram")
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_role("link", name="On Instagram")).to_have_attribute("aria-current", "page")
    page.get_by_label("Select Layan Qasimi").check()
    assert ada.overflow() <= 0
    page.get_by_role("link", name="Board").click()
    expect(page.locator("[data-card]")).to_have_count(2)
    assert ada.overflow() <= 0
    assert ada.complaints == []


def test_without_script(visitors: Visitors, cast: Cast, house: House) -> None:
    ada = visitors.come(script=False)
    page = ada.go("/contacts?stage=Shortlisted")
    page.get_by_label("Select Dorte Fjeldgaard").check()
    page.get_by_label("Select Niamh Kerrisk").check()
    page.get_by_role("button", name="Tag", exact=True).click()
    page.get_by_label("Tag", exact=True).fill("stew")
    page.get_by_role("button", name="See what happens").click()
    expect(page.get_by_text("2 will be tagged.")).to_be_visible()
    page.get_by_role("button", name="Change 2 people").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()


def test_on_a_phone_an_import_names_its_columns_whole_and_a_row_is_put_right(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come(wide=390)
    page = ada.go("/contacts/import")
    long = "what they said about the pan in spring"
    page.get_by_label("Or paste addresses").fill(
        f"Name\tEmail\tInstagram\t{long}\nSunniva\tsunniva@elgaard.example\t@sunniva\tfine\nRashid\tnone here\t\tx"
    )
    page.get_by_role("button", name="See how it is read").click()
    cut = page.locator(".import-map th b").evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"
    )
    assert cut == []
    label, choice = page.get_by_text(long), page.get_by_label(f"{long} becomes")
    assert (label.bounding_box() or {})["y"] < (choice.bounding_box() or {})["y"]
    assert (choice.bounding_box() or {})["width"] > 300
    # Enter puts the row right; it never begins the import.
    page.get_by_role("group", name="Put line 3 right").get_by_label("Email").fill("rashid@bakri.example")
    press(page, "Enter")
    expect(page.get_by_text("2 people are new.")).to_be_visible()
    expect(page.get_by_role("list", name="Rows that were put right")).to_contain_text("rashid@bakri.example")
    assert ada.overflow() <= 0


def test_ticks_stay_from_page_to_page(visitors: Visitors, cast: Cast, house: House) -> None:
    with house.database.transaction() as tx:
        for number in range(60):
            create_contact(tx, name=f"Zoe {number:02}", actor="cli")
    ada = visitors.come()
    page = ada.go("/contacts?q=zoe")
    page.get_by_label("Select Zoe 03").click()
    page.get_by_label("Select Zoe 05").click()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("2 chosen, 0 of them on this page")).to_be_visible()
    page.get_by_label("Select Zoe 55").click()
    expect(page.get_by_text("3 chosen, 1 of them on this page")).to_be_visible()
    page.get_by_role("link", name="Person").click()
    # From the other end of the alphabet: Zoe 55 stands on its first page.
    expect(page).to_have_url(re.compile("sort=-name"))
    expect(page.get_by_text("3 chosen, 1 of them on this page")).to_be_visible()
    press(page, "s")
    expect(page.get_by_role("heading", level=1, name="3 people chosen")).to_be_visible()
    page.go_back()
    press(page, "Escape")
    expect(page.get_by_role("button", name="Owner")).to_be_hidden()
    assert "picked" not in page.url
    assert ada.complaints == []


@pytest.mark.parametrize("wide", [1440, 390])
def test_nothing_in_the_filters_lies_under_its_neighbour(visitors: Visitors, cast: Cast, wide: int) -> None:
    page = visitors.come(wide=wide).go("/contacts")
    page.locator("summary", has_text="Filter").click()
    under = page.locator(".filters .field, .filters .tick").evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.textContent)"
    )
    assert under == []


@pytest.mark.parametrize(
    ("wide", "path", "words"),
    [
        (1440, "/contacts/{imani}", "Note figures"),
        (1440, "/contacts/{imani}", "Tie somebody"),
        (1024, "/contacts?topic=cooking", "Filter"),
        (1024, "/contacts", "Fit"),
        (390, "/contacts/{imani}/channels", "No longer used"),
    ],
)
def test_a_menu_opens_within_the_window(visitors: Visitors, cast: Cast, wide: int, path: str, words: str) -> None:
    ada = visitors.come(wide=wide)
    page = ada.go(path.format(imani=cast.contacts["Imani Oduya"]))
    menu = page.locator("details.menu").filter(has=page.locator("summary", has_text=words)).first
    menu.locator("summary").click()
    cut = menu.locator(".pop").evaluate(
        "menu => [menu, ...menu.querySelectorAll('label, input, button')].map(one => one.getBoundingClientRect())"
        "  .some(({left, right}) => left < 0 || right > Math.min(innerWidth, menu.getBoundingClientRect().right + 1))"
    )
    assert (cut, ada.overflow() <= 0) == (False, True)


@pytest.mark.parametrize("wide", [1440, 1024])
def test_names_in_the_list_are_read_whole(visitors: Visitors, cast: Cast, wide: int) -> None:
    ada = visitors.come(wide=wide)
    names = ada.go("/contacts").locator("td a.name", has_text="Imani Oduya")
    assert names.evaluate_all("all => all.map(one => one.scrollWidth <= one.clientWidth)") == [True]
    assert ada.overflow() <= 0
