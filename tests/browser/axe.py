"""What axe finds at the page that is open: how accessible it is."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# Only what is wrong is read; to tell of all that is right as well takes axe half as long again.
_RUN = """async () => (await axe.run({ resultTypes: ["violations"] })).violations.map((v) =>
    `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`)"""


def find_faults(page: Page) -> list[str]:
    """Return what is wrong with a page: the rule, how bad, and where."""
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(_RUN)
    return found
