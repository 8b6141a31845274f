"""The named parts of the product design: where each stands in the mock and on our pages, and what must agree.

`python -m tests.browser.parts FOLDER` reads the mock in FOLDER and writes tests/data/looks.json.
"""

import json
import sys
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page, sync_playwright

RECORD = Path(__file__).resolve().parents[1] / "data" / "looks.json"
THEMES = ("light", "dark")
PROPERTIES = (
    "color", "background-color", "border-block-start-color", "border-start-start-radius", "font-size", "font-weight",
    "font-family", "font-style", "line-height", "letter-spacing", "text-transform", "padding-block-start",
    "padding-inline-start", "padding-inline-end", "padding-block-end", "column-gap", "row-gap", "box-shadow",
)  # fmt: skip
_READ = """([selector, properties]) => {
  const found = [...document.querySelectorAll(selector)].find((el) => el.checkVisibility?.() ?? true);
  if (!found) return null;
  const style = getComputedStyle(found);
  return Object.fromEntries(properties.map((name) => [name, style.getPropertyValue(name)]));
}"""


class Part(NamedTuple):
    """A part: its name, its page and place in the mock, and where we show it (the same selector when empty)."""

    name: str
    mock: str
    selector: str
    path: str
    ours: str = ""


PARTS = (
    Part("page", "today", "body", "/today"),
    Part("navigation", "today", ".nav", "/today"),
    Part("navigation item", "today", ".nav-item:not([aria-current])", "/today"),
    Part("navigation item, here", "today", ".nav-item[aria-current]", "/today"),
    Part("navigation label", "today", ".nav-label", "/today"),
    Part("brand", "today", ".brand b", "/today"),
    Part("jump", "today", ".jump", "/today"),
    Part("count, hot", "today", ".nav .count.hot", "/today"),
    Part("quota", "today", ".quota", "/today"),
    Part("page head", "today", ".head", "/today"),
    Part("page title", "today", ".head h1", "/today"),
    Part("button", "inbox", ".btn:not(.primary, .quiet, .sm, .icon)", "/inbox"),
    Part("button, primary", "today", ".btn.primary", "/today"),
    Part("turn, you", "inbox", ".turn.you", "/inbox"),
    Part("turn, them", "contacts", ".turn.them", "/contacts"),
    Part("turn, resting", "contacts", ".turn.rest", "/contacts"),
    Part("avatar", "contacts", ".table .av", "/contacts"),
    Part("table head", "contacts", ".table th:not(:first-child, [aria-sort])", "/contacts"),
    Part("table cell", "contacts", ".table td:not(:first-child)", "/contacts"),
    Part("channel", "contacts", ".ch", "/contacts"),
    Part("key", "today", ".nav kbd", "/today"),
    Part("tab", "sequence", ".tabs a:not([aria-current])", "/sequences/1"),
    Part("tab, here", "sequence", ".tabs a[aria-current]", "/sequences/1"),
    Part("filter chip, on", "contact", ".fchip[aria-current]", "/contacts/1"),
    Part("filter chip", "contact", ".fchip:not([aria-current])", "/contacts/1"),
    Part("search box", "contacts", ".sub", "/contacts"),
    Part("thread", "contact", ".thread", "/contacts/1"),
    Part("thread node", "contact", ".thread .node", "/contacts/1"),
    Part("event", "contact", ".event .meta", "/contacts/1"),
    Part("facts", "contact", ".facts dt", "/contacts/1"),
    Part("facts value", "contact", ".facts dd", "/contacts/1"),
    Part("composer", "inbox", ".composer", "/inbox/1"),
    Part("inbox list", "inbox", ".list", "/inbox"),
    Part("letter", "review", ".mail", "/review"),
    Part("text field", "inbox", ".composer textarea", "/inbox/1"),
    Part("field label", "review", ".field label", "/review"),
    Part("meter", "today", ".meter", "/today"),
    Part("strip", "contacts", ".strip", "/contacts"),
)


def read_look(page: Page, selector: str) -> dict[str, str] | None:
    """Return the computed look of the first visible element that matches; None when there is none."""
    look: dict[str, str] | None = page.evaluate(_READ, [selector, list(PROPERTIES)])
    return look


def read_mock(page: Page, folder: Path) -> dict[str, dict[str, str]]:
    """Return the look of every part in the mock."""
    looks = {}
    for part in PARTS:
        address = (folder / f"{part.mock}.html").as_uri()
        if page.url != address:
            page.goto(address)
        look = read_look(page, part.selector)
        if look:
            looks[part.name] = look
    return looks


def main() -> None:
    """Read the mock in both themes and write the record."""
    import shutil  # noqa: PLC0415

    folder, record = Path(sys.argv[1]).resolve(), {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for theme in THEMES:
            page = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=theme).new_page()
            record[theme] = read_mock(page, folder)
            missing = [part.name for part in PARTS if part.name not in record[theme]]
            print(f"{theme}: {len(record[theme])} parts; not in the mock: {missing}")
        browser.close()
    RECORD.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
