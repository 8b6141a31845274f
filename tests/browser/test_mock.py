"""The look of the product: colour, type and spacing of every named part are those of the design."""

import json

import pytest

from tests.browser.conftest import Visitors
from tests.browser.parts import PARTS, RECORD, THEMES, read_look
from tests.web.cast import Cast, settle
from web.wiring import House

pytestmark = pytest.mark.server("chromium")


@pytest.mark.parametrize("theme", THEMES)
def test_named_parts_look_like_the_design(visitors: Visitors, house: House, cast: Cast, theme: str) -> None:
    settle(house, cast)  # so that every turn is seen
    wanted = json.loads(RECORD.read_text())[theme]
    ada, page, differ, seen = visitors.come(theme=theme), None, [], 0
    for part in sorted(PARTS, key=lambda part: part.path):
        if page != part.path:
            ada.go(part.path)
            page = part.path
        look = read_look(ada.page, part.ours or part.selector)
        seen += look is not None and part.name in wanted
        for name, value in (look or {}).items():
            if part.name in wanted and value != wanted[part.name][name]:
                differ.append(f"{part.name} ({part.path}): {name} is {value}, designed {wanted[part.name][name]}")
        if look is None:
            differ.append(f"{part.name}: nothing matches {part.ours or part.selector} on {part.path}")
    assert differ == [], "\n".join(differ)
    assert seen >= 30
