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
]
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
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


class Visitors:
    """Opens windows."""

    def __init__(self, browser: Browser, house: House, base: str) -> None:
        self._browser, self._house, self._base = browser, house, base
        self._open: list[BrowserContext] = []

    def come(
        self,
        *,
        email: str | None = _ADA,
        wide: int = 1440,
        theme: str = "light",
        script: bool = True,
    ) -> Visitor:
        context = self._browser.new_context(
            viewport={"width": wide, "height": 900}, color_scheme=theme, java_script_enabled=script
        )
        self._open.append(context)
        if email:
            with self._house.database.transaction() as tx:
                token = users.open_session(tx, users.get_user_by_email(tx, email))
            context.add_cookies([{"name": "rapport_session", "value": token, "url": self._base}])
        context.set_default_timeout(10_000)
        visitor = Visitor(context, context.new_page(), self._base)
        visitor.page.on("console", partial(_note_console, visitor))
        visitor.page.on("request", partial(_note_request, visitor))
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        return visitor

    def leave(self) -> None:
        for context in self._open:
            context.close()


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


@pytest.fixture
def visitors(browser: Browser, house: House, base: str) -> Iterator[Visitors]:
    visitors = Visitors(browser, house, base)
    yield visitors
    visitors.leave()
