"""Every page, wide and narrow, light and dark: nothing to scroll sideways, nothing refused, nothing inaccessible."""

import os
from collections.abc import Iterable

import pytest
from sqlalchemy import update

from crm.models import User
from tests.browser.axe import find_faults
from tests.browser.conftest import Visitor, Visitors
from tests.web.cast import Cast
from tests.web.test_looking_changes_nothing import EXAMPLES
from web.wiring import House

pytestmark = pytest.mark.server("chromium")
SIZES, THEMES = (1440, 900, 390), ("light", "dark")
# Files, streams, doors that open once, and parts shown inside other pages.
NOT_PAGES = (
    "/live", "/healthz", "/demo", "/static", "/api", "/files", ".csv", "{", "/html", "/attachments", "/left-out",
    "/result", "/sample", "/filled", "/news", "/password", "/backup",
)  # fmt: skip
MORE = (
    "/nothing", "/inbox/1", "/contacts?q=zzz", "/contacts/selection?id=1,2&act=stage&value=Talking",
    "/contacts?where=(stage:Talking+and+not+country:JO)+or+tag:one-pan&build=1",
    "/search?q=ima", "/feedback?tab=notes", "/tasks?who=everyone&show=done",
)  # fmt: skip
PAGES = sorted({paths[0] for _, paths in EXAMPLES.values()} | set(MORE))
PAGES = [path for path in PAGES if not any(part in path for part in NOT_PAGES)]
GROUPS = 4
# A page in one theme and size, its neighbour in another; RAPPORT_LOOKS=all asks for all six of each, in minutes.
EVERY = os.environ.get("RAPPORT_LOOKS") == "all"


@pytest.mark.parametrize("group", range(GROUPS))
@pytest.mark.parametrize("theme", THEMES)
def test_every_page_in_every_look(visitors: Visitors, house: House, cast: Cast, theme: str, group: int) -> None:
    with house.database.transaction() as tx:
        tx.session.execute(update(User).values(role="admin"))
    boss, found, seen = visitors.come(theme=theme), [], 0
    for number, path in list(enumerate(PAGES))[group::GROUPS]:
        if not EVERY and THEMES[number // GROUPS % 2] != theme:
            continue
        answer = boss.page.goto(boss.base + path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        seen += 1
        turn = number // GROUPS // len(THEMES)
        found += [f"{path}: {fault}" for fault in look(boss, SIZES if EVERY else (SIZES[turn % len(SIZES)],))]
    assert found == [], "\n".join(found)
    # Pages that refuse (nothing there, not allowed, nothing to publish) are pages too.
    assert [line for line in boss.complaints if "responded with a status of 4" not in line] == []
    assert seen >= len(PAGES) // GROUPS // (1 if EVERY else 2) - 3


@pytest.mark.parametrize("theme", THEMES)
def test_the_door_in_every_look(visitors: Visitors, cast: Cast, theme: str) -> None:
    guest = visitors.come(email=None, theme=theme)
    guest.go("/sign-in")
    assert look(guest, SIZES) == []
    assert guest.complaints == []


def look(visitor: Visitor, sizes: Iterable[int]) -> list[str]:
    """Return what is wrong with the page that is open: sideways scroll in all sizes, axe's findings in `sizes`."""
    page, found = visitor.page, []
    for wide in SIZES:
        page.set_viewport_size({"width": wide, "height": 900})
        if visitor.overflow() > 0:
            found.append(f"{wide}: scrolls sideways by {visitor.overflow()}")
        if wide in sizes:
            found += [f"{wide}: {fault}" for fault in find_faults(page)]
    return found
