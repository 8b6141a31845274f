"""The style that is sent, without comments and blanks, says to a browser what the style that was written says."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitors
from web.assets import Asset

pytestmark = pytest.mark.server("chromium")
STYLE = Path(__file__).resolve().parents[2] / "web/static/rapport.css"
_READ = """(text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return [...sheet.cssRules].map((rule) => rule.cssText);
}"""


def test_nothing_is_lost_on_the_way(visitors: Visitors) -> None:
    page = visitors.come(email=None).page
    written, sent = _rules(page, STYLE.read_text()), _rules(page, Asset((STYLE,)).content.decode())
    assert sum(map(len, written)) > 50_000
    assert sent == written


def _rules(page: Page, text: str) -> list[str]:
    # What own properties hold is kept letter by letter, blanks too.
    return [
        re.sub(r"\s*([,(){}/*])\s*|\s+", lambda found: found[1] or " ", rule) for rule in page.evaluate(_READ, text)
    ]
