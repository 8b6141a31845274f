"""Somebody is known twice: seen, compared, merged and taken back, by mouse and keyboard, and on a phone."""

import os

import pytest
from playwright.sync_api import expect

from crm.contacts import create_contact
from crm.suppressions import suppress
from tests.browser.conftest import Visitors
from tests.web.cast import Cast
from web.wiring import House

pytestmark = pytest.mark.server("chromium")
PICTURES = os.environ.get("RAPPORT_PICTURES", "")


@pytest.fixture
def twin(house: House, cast: Cast) -> int:
    with house.database.transaction() as tx:
        create_contact(tx, name="Tomek W", emails=["tomek+pans@castandcarbon.example"], actor="user:1")
        suppress(tx, "tomek+pans@castandcarbon.example", reason="opt_out", source="a mail", actor="contact")
        return create_contact(
            tx, name="Oduya, Imani", emails=["imani+films@smallkitchen.example"], actor="user:1", city="Toronto",
            topic="Films", country="GB",
        ).id  # fmt: skip


def test_compared_merged_and_taken_back(visitors: Visitors, cast: Cast, twin: int) -> None:
    imani = cast.contacts["Imani Oduya"]
    ada = visitors.come()
    page = ada.go("/contacts")
    page.get_by_role("link", name="Known twice?").click()
    expect(page.get_by_role("heading", name="Known twice?")).to_be_visible()
    expect(page.get_by_text("2 pairs may be one person.")).to_be_visible()
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/duplicates.png")
    page.get_by_role("link", name="Compare and merge Imani Oduya").click()
    page.get_by_role("group", name="Topic").get_by_label("Films").check()
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/merge.png", full_page=True)
    page.get_by_role("button", name="Merge them").click()
    expect(page.get_by_text("Two contacts were merged here")).to_be_visible()
    expect(page.locator(".person")).to_contain_text("Films")
    expect(page.locator(".person")).to_contain_text("imani+films@smallkitchen.example")
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/merged.png")
    page.goto(f"{ada.base}/contacts/{twin}")
    assert page.url.endswith(f"/contacts/{imani}")
    page.get_by_role("link", name="What it did, and the way back").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", name="Taken back")).to_be_visible()
    page.goto(f"{ada.base}/contacts/{twin}")
    expect(page.locator(".person")).to_contain_text("Toronto")
    assert ada.complaints == []


def test_two_people_on_a_phone_without_script(visitors: Visitors, cast: Cast, twin: int) -> None:
    ada = visitors.come(wide=390, theme="dark", script=False)
    page = ada.go("/contacts/duplicates")
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/duplicates-390-dark.png", full_page=True)
    page.get_by_role("button", name="Two people: Imani Oduya").click()
    expect(page.get_by_text("Two people. You will not be asked about them again.")).to_be_visible()
    expect(page.get_by_text("1 pair may be one person.")).to_be_visible()
    page.get_by_role("link", name="Compare and merge Tomek Wilczak").click()
    expect(page.get_by_text("It will hold for every address of both")).to_be_visible()
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/merge-390-dark.png", full_page=True)


@pytest.mark.parametrize("path", ["/contacts/duplicates", "/contacts/1/merge?with={twin}", "/contacts/1"])
def test_no_sideways_scroll_on_a_phone(visitors: Visitors, cast: Cast, twin: int, path: str) -> None:
    ada = visitors.come(wide=390)
    ada.go(path.format(twin=twin))
    assert ada.overflow() <= 0
