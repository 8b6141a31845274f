"""Every page, wide and narrow, light and dark: nothing to scroll sideways, nothing refused, nothing inaccessible."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Visitors
from tests.web.cast import Cast

pytestmark = pytest.mark.server("chromium")
PATHS = (
    "/today", "/inbox", "/inbox/1", "/review", "/review/1", "/contacts", "/contacts/new", "/contacts/1", "/pipeline",
    "/contacts?q=zzz", "/contacts/selection?id=1,2&act=stage&value=Talking", "/sequences",
    "/sequences/1", "/search?q=ima", "/settings/you", "/sign-in", "/nothing",
    "/contacts/1/edit", "/tasks", "/feedback", "/feedback?tab=notes",
    "/feedback/new?who=ima", "/feedback/themes/1", "/sends/unclear",
)  # fmt: skip


@pytest.mark.parametrize("wide", [1440, 900, 390])
def test_no_page_scrolls_sideways_or_breaks_its_own_policy(visitors: Visitors, cast: Cast, wide: int) -> None:
    ada = visitors.come(wide=wide)
    for path in PATHS:
        ada.go(path)
        assert ada.overflow() <= 0, path
    assert [line for line in ada.complaints if "404" not in line] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("wide", [1440, 390])
def test_axe_finds_nothing(visitors: Visitors, cast: Cast, wide: int, theme: str) -> None:
    ada, guest = visitors.come(wide=wide, theme=theme), visitors.come(email=None, wide=wide, theme=theme)
    found = []
    for path in PATHS:
        page = (guest if path == "/sign-in" else ada).go(path)
        for violation in Axe().run(page).response["violations"]:
            nodes = [node["html"][:160] for node in violation["nodes"][:3]]
            found.append(f"{path}: {violation['id']} ({violation['impact']}): {nodes}")
    assert found == []
