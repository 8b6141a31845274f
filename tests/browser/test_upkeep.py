"""The day of somebody who keeps relationships: promises, whom to talk to, leave; by keyboard, by mouse, on a phone."""

import pytest
from playwright.sync_api import expect

from crm.models import Relationship, Stage
from tests.browser.conftest import Visitors
from tests.browser.keys import press
from tests.browser.test_looks import look
from tests.web.cast import ADA, Cast
from web.wiring import House

pytestmark = pytest.mark.server("chromium")
KWESI, RUBEN = 6, "ruben@brackenware.example"


def test_a_promise_from_a_note_to_kept(visitors: Visitors, cast: Cast) -> None:
    ada = visitors.come()
    page = ada.go(f"/contacts/{KWESI}")
    press(page, "c")
    page.get_by_label("Note", exact=True).fill("On the phone: I'll send him the second lid today.")
    press(page, "Tab")
    press(page, "Enter")
    expect(page.get_by_text("Promised?")).to_be_visible()
    page.wait_for_load_state()
    press(page, "y")
    expect(page.get_by_text("Promised: send him the second lid")).to_be_visible()
    page = ada.go("/today")
    page.get_by_role("button", name="Promise kept: send him the second lid").click()
    expect(page.get_by_role("heading", name="Promised")).to_have_count(0)
    page.wait_for_load_state()
    press(page, "z")
    expect(page.get_by_role("button", name="Promise kept: send him the second lid")).to_be_visible()
    assert ada.complaints == []


def test_upkeep_on_a_phone_and_in_both_themes(visitors: Visitors, house: House, cast: Cast) -> None:
    with house.database.transaction() as tx:
        tx.session.query(Stage).filter_by(name="Active").one().talk_days = 30
        bond = tx.session.query(Relationship).filter_by(contact_id=KWESI).one()
        bond.talked_at = bond.talked_at and bond.talked_at.replace(year=2025)
    ada = visitors.come(wide=390)
    page = ada.go(f"/contacts/{KWESI}")
    page.get_by_text("Promise", exact=True).click()
    page.get_by_label("What we promised").fill("a third lid, and the label for the parcel to Accra")
    page.get_by_label("By", exact=True).locator("visible=true").fill("2026-11-20")
    page.get_by_role("button", name="Write down").click()
    expect(page.get_by_text("Written down.")).to_be_visible()
    page = ada.go("/settings/leave")
    page.get_by_label("First day away").fill("2026-11-23")
    page.get_by_label("Last day away").fill("2026-11-27")
    page.get_by_label("Deputy", exact=True).select_option("Ruben Castellan")
    page.get_by_role("button", name="Plan the leave").click()
    expect(page.get_by_text("away now")).to_be_visible()
    found = []
    for theme, email, wide in (("light", ADA, 390), ("dark", RUBEN, 1440)):
        somebody = visitors.come(email=email, theme=theme)
        for path in ("/today", "/tasks?show=promises", f"/contacts/{KWESI}"):
            somebody.go(path)
            found += [f"{theme} {path}: {fault}" for fault in look(somebody, (wide,))]
        assert somebody.complaints == []
    assert found == []
    assert ada.complaints == []
