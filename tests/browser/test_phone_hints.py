"""A phone: hints of keys are left out where there is no keyboard, and the log of a mailbox fits the screen."""

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from crm import users
from sequences.models import Attempt, Send
from tests.browser.conftest import Visitors
from tests.web.cast import Cast
from web.wiring import House

pytestmark = pytest.mark.server("chromium")
_ADA = "ada@brackenware.example"
_HINTS = "[...document.querySelectorAll('kbd')].filter((key) => key.checkVisibility()).length"
_WORDS = "mailbox unavailable: the account of this person is over its quota, try again later"


@pytest.mark.parametrize("touch", [True, False])
def test_a_phone_shows_no_hints_of_keys(
    browser: Browser, house: House, base: str, cast: Cast, visitors: Visitors, touch: bool
) -> None:
    with house.database.transaction() as tx:
        token = users.open_session(tx, users.get_user_by_email(tx, _ADA))
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=touch, is_mobile=touch)
    context.add_cookies([{"name": "rapport_session", "value": token, "url": base}])
    page, paths = context.new_page(), ("/today", f"/inbox/{cast.threads['Imani Oduya']}", "/review", "/tasks")
    for path in paths:
        page.goto(base + path)
        assert page.evaluate(_HINTS) == 0, path
    context.close()
    wide = visitors.come().go("/tasks")
    assert wide.evaluate(_HINTS) > 0


def test_the_log_of_a_mailbox_is_read_on_a_phone(house: House, visitors: Visitors, cast: Cast) -> None:
    with house.database.transaction() as tx:
        send_id = tx.session.scalars(select(Send.id).where(Send.contact_id.is_not(None))).first() or 0
        for outcome in ("sent", "deferred", "refused"):
            tx.session.add(Attempt(send_id=send_id, at=tx.now, outcome=outcome, stage="rcpt", code=452, text=_WORDS))
    phone = visitors.come(wide=390)
    for path in ("/settings/mailboxes/1", "/settings/mailboxes/1/log"):
        page = phone.go(path)
        cells = page.locator(".table.log tbody td:nth-child(3)")
        assert cells.count() == 3
        table = page.locator(".table.log").bounding_box()
        assert table
        assert table["width"] <= 390
        for number in range(3):
            box = cells.nth(number).bounding_box()
            assert box
            assert box["width"] > 0.8 * table["width"]
    assert phone.overflow() == 0
