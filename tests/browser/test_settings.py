"""One day of an admin: a colleague, a stage, a field, a holiday, a token, a mailbox; wide, narrow, light and dark."""

from collections.abc import Callable

import pytest

from crm import users
from tests.browser.conftest import Visitor, Visitors
from tests.browser.keys import press
from tests.web.cast import Cast
from web.wiring import House

pytestmark = pytest.mark.server("chromium")
BOSS = "boss@brackenware.example"
PAGES = ("you", "mailboxes/1", "team", "brands", "stages", "fields", "suppressions", "holidays", "tokens", "data",
         "privacy", "system", "mailboxes/new", "mailboxes/1/limits")  # fmt: skip


@pytest.fixture
def come(house: House, cast: Cast, visitors: Visitors) -> Callable[..., Visitor]:
    with house.database.transaction() as tx:
        users.add_user(tx, BOSS, role="admin", name="Solveig Boss")

    def come(wide: int = 1440, theme: str = "light") -> Visitor:
        return visitors.come(email=BOSS, wide=wide, theme=theme)

    return come


def test_a_day_of_an_admin(come: Callable[..., Visitor]) -> None:
    boss = come()
    page = boss.go("/settings/team")
    page.get_by_label("Email address").fill("nils@brackenware.example")
    page.get_by_label("Role", exact=True).select_option("reviewer")
    page.get_by_role("button", name="Make a link").click()
    assert "/password/" in page.get_by_label("The link").input_value()
    page.get_by_role("link", name="Stages").click()
    page.get_by_role("button", name="Move Alumni earlier").click()
    assert page.locator(".set-rows > li").nth(5).get_by_label("Name of the stage").input_value() == "Alumni"
    page.get_by_role("link", name="Fields").click()
    page.get_by_label("Name", exact=True).fill("Pan size")
    page.get_by_label("Kind").select_option("choice")
    page.get_by_label("Choices, one a line").fill("24 cm\n28 cm")
    page.get_by_role("button", name="Add field").click()
    page.get_by_text("pan_size").wait_for()
    page.get_by_role("link", name="Tokens").click()
    page.get_by_label("What it is for").fill("Weekly report")
    press(page, "Enter")
    assert page.get_by_role("textbox", name="The token").input_value().startswith("rapport_")
    page.get_by_label("Settings").get_by_role("link", name="Mailboxes").click()
    page.get_by_role("link", name="ada@brackenware.example").click()
    page.get_by_role("button", name="Pause sending").click()
    page.get_by_text("Paused.", exact=True).wait_for()
    assert boss.complaints == []


def test_at_390_the_tabs_stay_and_nothing_moves_sideways(come: Callable[..., Visitor]) -> None:
    boss = come(390)
    for place in PAGES:
        page = boss.go(f"/settings/{place}")
        assert boss.overflow() <= 0, place
        assert page.get_by_role("navigation", name="Settings").is_visible(), place
    assert boss.complaints == []
