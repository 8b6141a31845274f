"""Every page, wide and narrow, light and dark: nothing to scroll sideways, nothing refused, nothing inaccessible."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page
from sqlalchemy import update

from crm.models import User
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
    "/search?q=ima", "/feedback?tab=notes", "/tasks?who=everyone&show=done",
)  # fmt: skip
PAGES = sorted({paths[0] for _, paths in EXAMPLES.values()} | set(MORE))
PAGES = [path for path in PAGES if not any(part in path for part in NOT_PAGES)]
GROUPS = 4
_RUN = """async () => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  document.getAnimations().forEach((moving) => moving.finish());
  return (await axe.run()).violations.map((v) =>
    `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`);
}"""


@pytest.mark.parametrize("group", range(GROUPS))
def test_every_page_in_every_look(visitors: Visitors, house: House, cast: Cast, group: int) -> None:
    with house.database.transaction() as tx:
        tx.session.execute(update(User).values(role="admin"))
    boss, found, seen = visitors.come(), [], 0
    for path in PAGES[group::GROUPS]:
        answer = boss.page.goto(boss.base + path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        seen += 1
        found += [f"{path}: {fault}" for fault in look(boss)]
    assert found == [], "\n".join(found)
    assert [line for line in boss.complaints if "404" not in line and "403" not in line] == []
    assert seen >= len(PAGES) // GROUPS - 3


@pytest.mark.parametrize("theme", THEMES)
def test_the_door_in_every_look(visitors: Visitors, cast: Cast, theme: str) -> None:
    guest = visitors.come(email=None, theme=theme)
    guest.go("/sign-in")
    assert look(guest) == []
    assert guest.complaints == []


def look(visitor: Visitor) -> list[str]:
    """Return what is wrong with the page that is open, in every size and theme."""
    page, found = visitor.page, []
    page.evaluate(AXE_SCRIPT)
    for wide in SIZES:
        page.set_viewport_size({"width": wide, "height": 900})
        if visitor.overflow() > 0:
            found.append(f"{wide}: scrolls sideways by {visitor.overflow()}")
        for theme in THEMES:
            found += [f"{wide} {theme}: {fault}" for fault in _ask_axe(page, theme)]
    return found


def _ask_axe(page: Page, theme: str) -> list[str]:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    faults: list[str] = page.evaluate(_RUN)
    return faults
