"""Wire: picture every page of a demo that stands still, light, dark and on a phone, into docs/pictures."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from sequences.reviewing.review import approve, list_drafts
from web.app import create_app
from web.demo.play import Play, playing
from web.service import serving

TO = Path(__file__).resolve().parent.parent / "docs" / "pictures"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PAGES = {
    "today": "/today",
    "inbox": "/inbox",
    "review": "/review",
    "contacts": "/contacts",
    "contact": "/contacts/6",
    "contact-edit": "/contacts/6/edit",
    "contact-privacy": "/contacts/6/privacy",
    "selection": "/contacts/selection?id=1,2,3&act=stage&value=Talking",
    "import": "/contacts/import",
    "pipeline": "/pipeline",
    "sequences": "/sequences",
    "sequence": "/sequences/1",
    "people": "/sequences/1/people",
    "report": "/sequences/1/report",
    "sequence-settings": "/sequences/1/settings",
    "forecast": "/sequences/1/forecast?days=30",
    "versions": "/sequences/1/versions",
    "templates": "/templates",
    "template": "/templates/new?from=pitches/long-pitch.md",
    "tasks": "/tasks?who=everyone",
    "promises": "/tasks?show=promises",
    "tags": "/tags",
    "feedback": "/feedback",
    "feedback-told": "/feedback?tab=told",
    "theme": "/feedback/themes/1",
    "reports": "/reports/outreach",
    "reports-relationships": "/reports/relationships",
    "why": "/sends/1/explanation",
    "jobs": "/jobs",
    "changes": "/settings/data/changes",
    "settings": "/settings/you",
    "mailboxes": "/settings/mailboxes",
    "mailbox": "/settings/mailboxes/1",
    "team": "/settings/team",
    "leave": "/settings/leave",
    "brands": "/settings/brands",
    "stages": "/settings/stages",
    "fields": "/settings/fields",
    "suppressions": "/settings/suppressions",
    "holidays": "/settings/holidays",
    "privacy": "/settings/privacy",
    "tokens": "/settings/tokens",
    "system": "/settings/system",
    "sending": "/settings/sending",
    "team-rules": "/settings/team-rules",
    "deliverability": "/settings/deliverability",
    "setup": "/setup/steps/mailbox",
    "states": "/states",
}
LOOKS = {"": (1440, 900, "light"), "-dark": (1440, 900, "dark"), "-390": (390, 844, "light")}


def main() -> int:
    """Take all pictures, or those named on the command line."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.stderr.write("Chromium is not installed. Install it with: make services\n")
        return 1
    wanted = [name for name in PAGES if not sys.argv[1:] or name in sys.argv[1:]]
    TO.mkdir(parents=True, exist_ok=True)
    with playing(fast=False, review=True) as play, sync_playwright() as playwright:
        live_a_little(play)
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        with serving(create_app(play.house), "127.0.0.1", 0) as port:
            for look, (width, height, theme) in LOOKS.items():
                picture(browser, f"http://127.0.0.1:{port}", play.session, wanted, look, width, height, theme)
        browser.close()
    return 0


def live_a_little(play: Play) -> None:
    """Approve four pitches and let some hours pass, so that the pages have something to show."""
    play.settle()
    with play.house.database.transaction() as tx:
        for draft in list_drafts(tx)[:4]:
            approve(tx, draft.send_id, actor="user:1")
    play.settle()
    for _ in range(9):
        at = play.next_event()
        if at is None:
            break
        play.clock.jump(at)
        play.settle()


def picture(
    browser: Browser, base: str, session: str, names: list[str], look: str, width: int, height: int, theme: str
) -> None:
    """Take one look of each page."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if theme == "dark" else "light"
    )
    context.add_cookies([{"name": "rapport_session", "value": session, "url": base}])
    page = context.new_page()
    for name in names:
        page.goto(base + PAGES[name])
        page.evaluate("document.fonts.ready")
        page.screenshot(path=str(TO / f"{name}{look}.png"))
    context.close()


if __name__ == "__main__":
    sys.exit(main())
