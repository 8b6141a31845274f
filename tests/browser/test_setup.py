"""From an empty installation to the first approved pitch leaving, against a real Dovecot and a real Postfix."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, Page, expect

from crm import users
from kit.clock import FixedClock
from mailer.transport import NetworkTransport
from mailer.types import Login, Server
from sequences.tick import one_pass
from tests.servers import Dovecot, Postfix, make_certificate, start_dovecot, start_postfix
from web.app import create_app
from web.service import serving
from web.wiring import House, make_engine_of

ADA, IMANI, DORTE, TOMEK = "ada@brand.test", "imani@creator.test", "dorte@creator.test", "tomek@creator.test"


@pytest.fixture
def town() -> Iterator[tuple[Dovecot, Postfix]]:
    with TemporaryDirectory(prefix="rapport-setup-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the servers' own users must enter
        for part in ("dovecot", "postfix"):
            (folder / part).mkdir()
        people = dict.fromkeys((ADA, IMANI, DORTE, TOMEK), "secret")
        dovecot = start_dovecot(folder / "dovecot", people, make_certificate(folder / "dovecot"))
        try:
            postfix = start_postfix(folder / "postfix", replace(dovecot, users=people))
            try:
                yield dovecot, postfix
            finally:
                postfix.stop()
        finally:
            dovecot.stop()


@pytest.fixture
def empty(house: House, town: tuple[Dovecot, Postfix]) -> Iterator[tuple[House, str]]:
    """An empty installation whose transport trusts the town's certificate."""
    house.transport = NetworkTransport(timeout_s=10, tls=town[0].certificate.client_context())
    with serving(create_app(house), "127.0.0.1", 0) as port:
        yield house, f"http://127.0.0.1:{port}"


@pytest.mark.server("chromium")
@pytest.mark.server("dovecot")
@pytest.mark.server("postfix")
def test_from_an_empty_installation_to_the_first_pitch_leaving(
    empty: tuple[House, str], town: tuple[Dovecot, Postfix], browser: Browser, clock: FixedClock
) -> None:
    house, base = empty
    with house.database.transaction() as tx:
        link = users.create_link(tx, "setup")
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(10_000)
    page.goto(f"{base}/setup/{link}")
    _make_owner(page)
    _connect(page, *town)
    _bring_people(page)
    _write_pitch(page)
    page.get_by_role("button", name="Use this sequence").click()

    expect(page.locator("main")).to_contain_text("The stew on Thursday is my kitchen exactly.")
    for name, line in (("Dorte", "Cold coffee in the pan: we argued for a week."), ("Tomek", "Pan number four.")):
        page.get_by_label(f"One true thing you noticed in the work of {name}").fill(line)
    page.get_by_role("button", name="Approve and launch").click()
    expect(page.get_by_text("3 go out, the first tomorrow from").first).to_be_visible()
    expect(page.get_by_role("button", name="Stop them")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    for _ in range(6):  # a day and a half in steps: mails leave one after the other, minutes apart
        clock.advance(timedelta(hours=6))
        one_pass(make_engine_of(house))
        clock.advance(timedelta(minutes=15))
        one_pass(make_engine_of(house))
    assert _subjects(house, town[0], IMANI) == 1
    page.goto(f"{base}/sequences/1/people")
    expect(page.locator("main")).to_contain_text("Imani Oduya")
    page.close()


def _make_owner(page: Page) -> None:
    page.get_by_label("Your name").fill("Ada Marsh")
    page.get_by_label("Email address").fill(ADA)
    page.get_by_label("Password").fill("one pan, no lid")
    page.get_by_label("Brand", exact=True).fill("Brackenware")
    page.get_by_label("Postal address").fill("Havnegade 12, Aarhus")
    page.get_by_role("button", name="Create and sign in").click()


def _connect(page: Page, dovecot: Dovecot, postfix: Postfix) -> None:
    """First with a wrong password: the cause is named and the form stays."""
    page.get_by_label("Email address").fill(ADA)
    page.get_by_label("App password").fill("wrong")
    page.get_by_text("Write them yourself").click()
    page.get_by_label("Server to send").fill(f"smtp://localhost:{postfix.port}")
    page.get_by_label("Server to read").fill(f"imaps://localhost:{dovecot.imaps_port}")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_text("password refused").first).to_be_visible()
    assert page.get_by_label("Server to read").input_value() == f"imaps://localhost:{dovecot.imaps_port}"
    page.get_by_label("App password").fill("secret")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Signed in to read")).to_be_visible()
    expect(page.get_by_text("Sent you a message and saw it arrive")).to_be_visible(timeout=15_000)
    expect(page.locator("#live")).to_contain_text("DMARC")
    page.get_by_role("link", name="Next, people").click()


def _bring_people(page: Page) -> None:
    page.get_by_label("Or paste addresses").fill(f"Dorte <{DORTE}>\nTomek <{TOMEK}>")
    page.get_by_label("Name").first.fill("Imani Oduya")
    page.locator("#f-email-1").fill(IMANI)
    page.locator("#f-line-1").fill("The stew on Thursday is my kitchen exactly.")
    page.get_by_role("button", name="Add them").click()
    expect(page.get_by_role("heading", name="3 people")).to_be_visible()
    page.get_by_role("link", name="Next, the pitch").click()


def _write_pitch(page: Page) -> None:
    page.get_by_label("Product", exact=True).fill("Bracken 26")
    page.get_by_label("What it is").fill("a carbon-steel pan that weighs 1.3 kg")
    page.get_by_label("How it differs").fill("unlike others it arrives already seasoned")
    page.get_by_label("Why their audience cares").fill("your viewers cook with one burner")
    page.get_by_label("What you can pay").press_sequentially("€1,200")
    expect(page.locator("#sketch")).to_contain_text("6 of 7")  # it filled while typing
    page.get_by_role("button", name="Keep, and on to the sequence").click()


def _subjects(house: House, dovecot: Dovecot, email: str) -> int:
    server = Server(protocol="imap", host="localhost", port=dovecot.imaps_port, security="tls")
    inbox = house.transport.open_imap(server, Login(user=email, secret="secret"))
    try:
        return inbox.select("INBOX").exists
    finally:
        inbox.close()
