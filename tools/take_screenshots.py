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
# A page that is there only once somebody has chosen a file.
MAPPING = "/contacts/import/"
FILE = """\
name,e-mail,instagram,Followers,Where they live,Coffee or tea
Noor Haddad,noor@films.example,https://instagram.com/noor.bakes,48200,DE,tea
Tomek Zielinski,tomek@clay.example,@tomek.clay,"12,400",PL,coffee
,someone@,,,,
Ines Duarte,ines@slow.example,https://instagram.com/ines.slow,9300,PT,tea
"""
PAGES = {
    "today": "/today",
    "inbox": "/inbox",
    "review": "/review",
    "contacts": "/contacts",
    "contacts-filter": "/contacts?where=stage:Contacted+or+not+country:DE&build=1",
    "contact": "/contacts/6",
    "contact-new": "/contacts/new",
    "contact-edit": "/contacts/6/edit",
    "contact-channels": "/contacts/6/channels",
    "contact-mail": "/contacts/6/mail",
    "contact-merge": "/contacts/6/merge?with=7",
    "contact-privacy": "/contacts/6/privacy",
    "duplicates": "/contacts/duplicates",
    "selection": "/contacts/selection?id=1,2,3&act=stage&value=Talking",
    "tags": "/tags",
    "views": "/views",
    "search": "/search?q=mar",
    "import": "/contacts/import",
    "import-mapping": MAPPING,
    "pipeline": "/pipeline",
    "sequences": "/sequences",
    "sequence": "/sequences/1",
    "sequence-new": "/sequences/new",
    "step": "/sequences/1/steps/1",
    "launch": "/sequences/1/launch",
    "people": "/sequences/1/people",
    "people-new": "/sequences/1/people/new",
    "report": "/sequences/1/report",
    "sequence-settings": "/sequences/1/settings",
    "forecast": "/sequences/1/forecast?days=30",
    "versions": "/sequences/1/versions",
    "why": "/sends/1/explanation",
    "unclear": "/sends/unclear",
    "templates": "/templates",
    "template": "/templates/new?from=pitches/long-pitch.md",
    "tasks": "/tasks?who=everyone",
    "promises": "/tasks?show=promises",
    "feedback": "/feedback",
    "feedback-notes": "/feedback?tab=notes",
    "feedback-told": "/feedback?tab=told",
    "feedback-new": "/feedback/new",
    "feedback-theme": "/feedback/themes/1",
    "feedback-telling": "/feedback/themes/1/telling",
    "feedback-words": "/feedback/words?language=de",
    "feedback-links": "/feedback/links",
    "feedback-import": "/feedback/import",
    "reports": "/reports/outreach",
    "reports-relationships": "/reports/relationships",
    "reports-feedback": "/reports/feedback",
    "reports-mailboxes": "/reports/mailboxes",
    "jobs": "/jobs",
    "changes": "/settings/data/changes",
    "data": "/settings/data",
    "settings": "/settings/you",
    "mailboxes": "/settings/mailboxes",
    "mailbox": "/settings/mailboxes/1",
    "mailbox-new": "/settings/mailboxes/new",
    "mailbox-limits": "/settings/mailboxes/1/limits",
    "mailbox-log": "/settings/mailboxes/1/log",
    "mailbox-disconnection": "/settings/mailboxes/1/disconnection",
    "team": "/settings/team",
    "brands": "/settings/brands",
    "brand": "/settings/brands/1",
    "product": "/settings/products/1",
    "stages": "/settings/stages",
    "fields": "/settings/fields",
    "suppressions": "/settings/suppressions",
    "holidays": "/settings/holidays",
    "leave": "/settings/leave",
    "privacy": "/settings/privacy",
    "tokens": "/settings/tokens",
    "system": "/settings/system",
    "sending": "/settings/sending",
    "team-rules": "/settings/team-rules",
    "deliverability": "/settings/deliverability",
    "deliverability-mailbox": "/settings/deliverability/1",
    "setup": "/setup/steps/mailbox",
    "setup-people": "/setup/steps/people",
    "setup-pitch": "/setup/steps/pitch?what=a+pan+that+never+sticks",
    "setup-sequence": "/setup/steps/sequence",
    "setup-launch": "/setup/steps/launch",
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
            PAGES["import-mapping"] = choose_file(browser, f"http://127.0.0.1:{port}", play.session)
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


def choose_file(browser: Browser, base: str, session: str) -> str:
    """Choose a file to import, and return the page that asks what its columns mean."""
    context = browser.new_context()
    context.add_cookies([{"name": "rapport_session", "value": session, "url": base}])
    page = context.new_page()
    page.goto(base + PAGES["import"])
    page.set_input_files("input[type=file]", {"name": "creators.csv", "mimeType": "text/csv", "buffer": FILE.encode()})
    with page.expect_navigation():
        page.locator("form:has(input[type=file]) button[type=submit]").first.click()
    place = page.url.removeprefix(base)
    context.close()
    return place


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
