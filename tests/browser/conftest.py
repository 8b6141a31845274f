"""A real browser in front of a real server on loopback, with the company of the mock behind it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from crm import users
from tests.web.conftest import app, cast, house, rooms, seeded
from web.service import serving
from web.wiring import House

__all__ = ["app", "cast", "house", "rooms", "seeded"]
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A site's pages share a renderer, whatever their port: to start one costs as much as ten pages.
    "--process-per-site",
]
_KEEPER = "http://127.0.0.1/"
_ADA = "ada@brackenware.example"


@dataclass(slots=True)
class Visitor:
    """Somebody at a window. `complaints` are console errors and requests that left the house."""

    context: BrowserContext
    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def overflow(self) -> int:
        # A click returns when the next page is on its way: there is nothing to measure yet.
        self.page.wait_for_load_state()
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


class Windows:
    """Windows of one browser, lent to one test after the other: empty of cookies, rights and what a page kept.

    Each holds an empty page of our site, so that the process which shows its pages lives on between two tests.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[bool, list[BrowserContext]] = {True: [], False: []}

    def lend(self, *, script: bool) -> BrowserContext:
        return self._free[script].pop() if self._free[script] else self._open(script=script)

    def take_back(self, context: BrowserContext, base: str, *, script: bool) -> None:
        keeper, *pages = context.pages
        for page in pages:
            page.close()
        context.clear_cookies()
        context.clear_permissions()
        session = context.new_cdp_session(keeper)
        session.send("Storage.clearDataForOrigin", {"origin": base, "storageTypes": "all"})
        session.detach()
        self._free[script].append(context)

    def _open(self, *, script: bool) -> BrowserContext:
        context = self._browser.new_context(viewport={"width": 1440, "height": 900}, java_script_enabled=script)
        context.set_default_timeout(10_000)
        keeper = context.new_page()
        keeper.route(_KEEPER, lambda route: route.fulfill(body="", content_type="text/html"))
        keeper.goto(_KEEPER)
        return context


class Visitors:
    """Lets people come."""

    def __init__(self, windows: Windows, house: House, base: str) -> None:
        self._windows, self._house, self._base = windows, house, base
        self._open: list[tuple[BrowserContext, bool]] = []

    def come(
        self,
        *,
        email: str | None = _ADA,
        wide: int = 1440,
        theme: str = "light",
        script: bool = True,
    ) -> Visitor:
        context = self._windows.lend(script=script)
        self._open.append((context, script))
        if email:
            with self._house.database.transaction() as tx:
                token = users.open_session(tx, users.get_user_by_email(tx, email))
            context.add_cookies([{"name": "rapport_session", "value": token, "url": self._base}])
        visitor = Visitor(context, context.new_page(), self._base)
        visitor.page.set_viewport_size({"width": wide, "height": 900})
        visitor.page.emulate_media(color_scheme=theme)
        visitor.page.on("console", partial(_note_console, visitor))
        visitor.page.on("request", partial(_note_request, visitor))
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        return visitor

    def leave(self) -> None:
        for context, script in self._open:
            self._windows.take_back(context, self._base, script=script)


def _note_console(visitor: Visitor, message: ConsoleMessage) -> None:
    # A form that asks back (422) is an answer, which the console calls an error.
    if message.type in {"error", "warning"} and "status of 422" not in message.text:
        visitor.complaints.append(message.text)


def _note_request(visitor: Visitor, request: Request) -> None:
    if not request.url.startswith((visitor.base, "data:")):
        visitor.complaints.append(f"left the house: {request.url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def base(app: Flask) -> Iterator[str]:
    with serving(app, "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Windows:
    return Windows(browser)


@pytest.fixture
def visitors(windows: Windows, house: House, base: str) -> Iterator[Visitors]:
    visitors = Visitors(windows, house, base)
    yield visitors
    visitors.leave()
