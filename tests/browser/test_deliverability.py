"""The desk in a browser, filled: wide and narrow, light and dark, and its records copied or selected."""

import pytest

from tests.browser.axe import find_faults
from tests.browser.conftest import Visitors
from tests.web.cast import Cast
from tests.web.test_deliverability import DESK, ZONE, look, sends
from web.wiring import House

pytestmark = pytest.mark.server("chromium")


@pytest.fixture
def filled(house: House, cast: Cast) -> House:
    look(house, {})
    look(house, ZONE)
    with house.database.transaction() as tx:
        sends(tx, 60, hours=2)
        sends(tx, 20, hours=50, domain="people.example")
    return house


@pytest.mark.parametrize(("wide", "theme"), [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")])
def test_the_desk_is_whole_and_accessible(visitors: Visitors, filled: House, wide: int, theme: str) -> None:
    ada = visitors.come(wide=wide, theme=theme)
    page = ada.go(DESK)
    assert ada.overflow() <= 0
    assert find_faults(page) == []
    assert ada.complaints == []


def test_a_record_can_be_selected_without_a_script(visitors: Visitors, filled: House) -> None:
    page = visitors.come(script=False).go(DESK)
    assert page.get_by_label("Value of the TXT record brackenware.example").input_value().startswith("v=spf1 ")
