"""Reports and set-up in every look: nothing inaccessible, nothing to scroll sideways; a report read on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitors
from tests.web.cast import Cast

pytestmark = pytest.mark.server("chromium")
DAYS = "?from=2026-01-01&to=2026-12-31"
PATHS = (
    *(f"/reports/{name}{DAYS}" for name in ("outreach", "mailboxes")),
    *(f"/setup/steps/{name}" for name in ("mailbox", "people", "launch")),
)


def test_a_report_is_read_on_a_phone(visitors: Visitors, cast: Cast) -> None:
    page = visitors.come(wide=390).go("/reports/outreach")
    page.get_by_label("From", exact=True).fill("2026-01-01")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".verdict")).to_be_visible()
    page.get_by_text("The table: From pitch to yes").click()
    expect(page.get_by_role("columnheader", name="People")).to_be_visible()
    page.get_by_role("link", name="Relationships").first.click()
    expect(page).to_have_url(re.compile("/reports/relationships.*from=2026-01-01"))
