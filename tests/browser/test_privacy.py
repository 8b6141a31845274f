"""One day of whoever answers for people's data: a basis, an export, an erasure; at the desk, and on a phone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crm import users
from sequences.jobs.runner import run_jobs
from tests.browser.conftest import Visitor, Visitors
from tests.browser.keys import press
from tests.browser.test_looks import SIZES, THEMES, look
from tests.web.cast import Cast
from web.wiring import House, make_engine_of

pytestmark = pytest.mark.server("chromium")
BOSS = "boss@brackenware.example"
PLACES = ("/contacts/1/privacy", "/settings/privacy", "/settings/data")


@pytest.fixture
def come(house: House, cast: Cast, visitors: Visitors) -> Callable[..., Visitor]:
    with house.database.transaction() as tx:
        users.add_user(tx, BOSS, role="admin", name="Solveig Boss")

    def come(wide: int = 1440, theme: str = "light") -> Visitor:
        return visitors.come(email=BOSS, wide=wide, theme=theme)

    return come


def test_a_day_with_peoples_data(come: Callable[..., Visitor], house: House, tmp_path: Path) -> None:
    boss = come()
    page = boss.go("/contacts/1")
    page.get_by_role("link", name="Their data: give it out, erase").click()
    page.get_by_label("The lawful basis").fill("They agreed to be written to")
    page.get_by_label("How we know").fill("their mail of 3 May")
    press(page, "Enter")
    page.get_by_text("Saved.", exact=True).wait_for()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download everything").click()
    assert coming.value.suggested_filename == "Imani Oduya.zip"
    page = boss.go("/contacts/1/privacy")
    assert page.get_by_text("Everything about one person").is_visible()
    page.get_by_label("Why", exact=True).select_option(label="They asked for it")
    page.get_by_label("Write their name").fill("Imani Oduya")
    page.get_by_label("I know that this cannot be taken back").check()
    page.get_by_role("button", name="Erase this person").click()
    page.get_by_text("Erased. Their traces elsewhere are searched for now.").wait_for()
    run_jobs(make_engine_of(house))
    page = boss.go("/contacts/1")
    assert page.get_by_text("This person was erased").is_visible()
    page = boss.go("/settings/privacy")
    page.get_by_label("Empty the texts of mails after how many months").fill("24")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved. It runs once a day.").wait_for()
    assert page.get_by_text("0 texts of mails").is_visible()
    assert [line for line in boss.complaints if "status of 404" not in line] == []


@pytest.mark.parametrize("theme", THEMES)
def test_the_pages_in_every_look(come: Callable[..., Visitor], theme: str) -> None:
    boss = come(390, theme)
    for place in PLACES:
        boss.go(place)
        assert look(boss, SIZES) == [], place
    assert boss.complaints == []
