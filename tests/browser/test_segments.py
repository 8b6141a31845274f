"""Own fields and segments by mouse: filled on the person, asked for, kept as a view; also without script."""

import re

import pytest
from playwright.sync_api import expect

from crm.fields import create_field
from tests.browser.conftest import Visitors
from tests.web.cast import Cast
from web.wiring import House

pytestmark = pytest.mark.server("chromium")


@pytest.fixture
def fields(house: House, cast: Cast) -> None:
    with house.database.transaction() as tx:
        create_field(tx, "Pan size", "number", actor="system")
        create_field(tx, "Hob", "choice", choices=("gas", "induction"), actor="system")


def test_a_field_is_filled_and_found_by_a_segment(visitors: Visitors, fields: None) -> None:
    ada = visitors.come()
    page = ada.go("/contacts/1")
    row = page.locator("dl.own dd").first
    row.get_by_text("Fill in").click()
    row.get_by_label("Hob").select_option("gas")
    row.get_by_role("button", name="Save").click()
    expect(page.locator("dl.own dd").first).to_contain_text("gas")
    expect(page.locator("#entry-1, .thread")).to_contain_text(["Hob: gas"])

    ada.go("/contacts")
    page.get_by_role("link", name="Combine").click()
    page.get_by_label("What is asked").first.select_option("field.hob")
    page.get_by_label("What it must be").first.fill("gas")
    page.get_by_role("button", name="Add more").click()
    page.get_by_label("How these are joined").first.select_option("any")
    group = page.get_by_role("group", name="Another group")
    group.get_by_label("What is asked").select_option("stage")
    group.get_by_label("What it must be").fill("Alumni")
    page.locator(".builder").get_by_role("button", name="Show").first.click()
    expect(page).to_have_url(re.compile(r"where=field\.hob%3Agas\+or\+stage%3AAlumni"))
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.get_by_role("link", name="Segment Hob gas or Stage Alumni")).to_be_visible()

    page.get_by_label("This view: save, rename").click()
    page.get_by_label("Save what you see as a view").fill("Gas or gone")
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_role("navigation", name="Saved views").get_by_text("2", exact=True)).to_be_visible()
    assert ada.complaints == []


def test_a_segment_without_script_on_a_phone(visitors: Visitors, fields: None) -> None:
    ada = visitors.come(wide=390, script=False)
    page = ada.go("/contacts?build=1")
    page.get_by_label("What is asked").first.select_option("tag")
    page.get_by_label("What it must be").first.fill("one-pan")
    page.get_by_role("button", name="Add more").click()
    assert ada.overflow() == 0
    page.get_by_label("What is asked").nth(1).select_option("platform")
    page.get_by_label("What it must be").nth(1).fill("youtube")
    page.get_by_label("Turn this condition round").nth(1).check()
    page.locator(".builder").get_by_role("button", name="Show").first.click()
    expect(page.locator("tbody tr")).to_have_count(3)
    assert ada.overflow() == 0
    ada.go("/contacts/1")
    assert ada.overflow() == 0
