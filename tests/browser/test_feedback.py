"""Feedback that closes its loop: a creator's mail, a theme, a change that ships, five letters, five closed loops."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from crm.feedback import log_feedback
from crm.feedback_links import open_link, token_of
from crm.models import Mailbox, Message
from kit.clock import FixedClock
from mailer.sandbox import SandboxMailWorld
from sequences.tick import tick
from tests.browser.axe import find_faults
from tests.browser.conftest import Visitor, Visitors
from tests.browser.keys import press
from tests.web.cast import ADA, Cast
from web.wiring import House, make_engine_of

pytestmark = pytest.mark.server("chromium")
OTHERS = ("Tomek Wilczak", "Layan Qasimi", "Sofía Arrieta", "Hanne Vosk")
WORDS = "The handle gets properly hot after ten minutes on induction."


@pytest.fixture
def arrived() -> list[tuple[str, str]]:
    """What the town's server took: for whom, and the whole mail."""
    return []


@pytest.fixture
def town(house: House, cast: Cast, clock: FixedClock, arrived: list[tuple[str, str]]) -> Iterator[SandboxMailWorld]:
    """Real servers on loopback behind Ada's mailbox."""

    def take(_sender: str, recipient: str, raw: bytes) -> None:
        arrived.append((recipient, raw.decode("utf-8", "replace")))

    world = SandboxMailWorld(now=clock.now, on_data=take)
    world.start({ADA: "x"})
    with house.database.transaction() as tx:
        box = tx.session.query(Mailbox).one()
        box.smtp_url = f"smtp+plain://127.0.0.1:{world.smtp_port}"
        box.imap_url = f"imap+plain://127.0.0.1:{world.imap_port}"
    yield world
    world.stop()


def _from_imani(house: House, cast: Cast) -> bytes:
    with house.database.reading() as tx:
        last = tx.session.get_one(Message, cast.messages["Imani Oduya"])
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "Imani <imani@smallkitchen.example>", ADA, "One more thing"
        mail["Message-ID"], mail["In-Reply-To"] = "<hot@smallkitchen.example>", last.rfc_id
        mail.set_content(f"{WORDS}\n")
    return bytes(mail)


def _select(page: Page, words: str) -> None:
    line = page.locator("[data-quotable]").get_by_text(words).last
    expect(line).to_be_visible()
    line.select_text()


def test_from_a_mail_to_five_closed_loops(
    visitors: Visitors, house: House, cast: Cast, clock: FixedClock, town: SandboxMailWorld,
    arrived: list[tuple[str, str]],
) -> None:  # fmt: skip
    town.deliver(ADA, _from_imani(house, cast), clock.now())
    tick(make_engine_of(house))
    ada = visitors.come()
    page = ada.go(f"/inbox/{cast.threads['Imani Oduya']}")

    _keep_and_answer(page)
    _give_it_a_theme(ada, house, cast)
    _ship(page)
    _read_and_send(page)
    assert arrived == []

    # They leave, and only then is anybody told.
    for _ in range(12):
        clock.advance(timedelta(minutes=10))
        tick(make_engine_of(house))
    assert len({to for to, _ in arrived}) == 5
    # Each in the language they speak, as far as there are words in it.
    assert [to for to, raw in arrived if "Du hast es uns gesagt" in raw] == ["hanne@slowpan.example"]
    assert len([to for to, raw in arrived if "You told us" in raw]) == 4
    assert len(arrived) == 6, "the answer and five letters"
    page.reload()
    expect(page.get_by_text("All 5 told. The loop is closed.")).to_be_visible()
    for name in ("Imani Oduya", *OTHERS):
        page = ada.go(f"/contacts/{cast.contacts[name]}?show=feedback")
        expect(page.get_by_text("loop closed")).to_be_visible()
    page = ada.go("/feedback")
    expect(page.get_by_text("All 5 told")).to_be_visible()
    assert ada.complaints == []


def _keep_and_answer(page: Page) -> None:
    """Two keys keep what she wrote, two more answer her."""
    _select(page, WORDS)
    press(page, "f")
    expect(page.get_by_label("Their words")).to_have_value(WORDS)
    press(page, "Control+Enter")
    expect(page.get_by_text("Kept as feedback.")).to_be_visible()
    page.wait_for_load_state()
    press(page, "r")
    page.keyboard.type("Ouch. We are on it.")
    press(page, "Control+Enter")
    page.get_by_role("button", name="Send now all the same").click()
    expect(page.get_by_text("Your answer leaves in 10 seconds.")).to_be_visible()


def _give_it_a_theme(ada: Visitor, house: House, cast: Cast) -> None:
    """Sort the note; four others raised the same."""
    page = ada.go("/feedback")
    expect(page.locator("#count-feedback")).to_contain_text("1")
    page.wait_for_load_state()
    press(page, "t")
    expect(page.get_by_label("Theme, or a new one").and_(page.locator(":focus"))).to_be_visible()
    page.keyboard.type("Hot handle")
    press(page, "Enter")
    expect(page.get_by_role("link", name="Hot handle")).to_be_visible()
    with house.database.transaction() as tx:
        for name in OTHERS:
            log_feedback(tx, f"{name}: it is too hot.", kind="problem", actor="user:1", brand_id=cast.brand,
                         contact_id=cast.contacts[name], theme="Hot handle")  # fmt: skip
    page.get_by_role("link", name="Hot handle").click()


def _ship(page: Page) -> None:
    page.get_by_role("button", name="Out", exact=True).click()
    page.get_by_label("What we did").fill("The handle is hollow now and stays cool for forty minutes.")
    page.locator("#loop").get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Tell 5").click()


def _read_and_send(page: Page) -> None:
    expect(page.get_by_text("5 letters to read.")).to_be_visible()
    expect(page.get_by_label("Letter: Imani Oduya")).to_have_value(re.compile(re.escape(WORDS)))
    page.get_by_label("Letter: Hanne Vosk").fill("Liebe Hanne, der Griff bleibt jetzt kühl. Danke!")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Letter kept.")).to_be_visible()
    page.get_by_role("button", name="Send 5 letters").click()
    expect(page.get_by_text("5 letters leave in 10 seconds.")).to_be_visible()
    expect(page.get_by_text("0 of 5 told")).to_be_visible()


def test_letters_on_a_phone(visitors: Visitors, house: House, cast: Cast) -> None:
    with house.database.transaction() as tx:
        for name in OTHERS:
            log_feedback(tx, "Too hot.", kind="problem", actor="user:1", brand_id=cast.brand,
                         contact_id=cast.contacts[name], theme="Hot handle")  # fmt: skip
    ada = visitors.come(wide=390)
    page = ada.go("/feedback/themes/2")
    _ship_on_phone(page)
    expect(page.get_by_text("4 letters to read.")).to_be_visible()
    assert ada.overflow() <= 0
    page.get_by_role("button", name=re.compile("Send this one.*Hanne Vosk")).click()
    expect(page.get_by_text("1 letter leaves in 10 seconds.")).to_be_visible()
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_role("button", name="Send 4 letters")).to_be_visible()
    assert ada.overflow() <= 0
    ada.go("/feedback")
    assert ada.overflow() <= 0
    assert ada.complaints == []


def _ship_on_phone(page: Page) -> None:
    page.get_by_role("button", name="Out", exact=True).click()
    page.get_by_label("What we did").fill("It is cool now.")
    page.locator("#loop").get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Tell 4").click()


def test_somebody_at_the_public_form(visitors: Visitors, house: House, cast: Cast) -> None:
    with house.database.transaction() as tx:
        place = "/say/" + token_of(open_link(tx, cast.brand, None, actor="user:1"), house.seal)
    guest = visitors.come(email=None, wide=390, script=False)
    page = guest.go(place)
    page.get_by_label("In your own words").fill("The lid rattles.")
    page.get_by_label("A problem").check()
    page.get_by_label("I watch, read or buy").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you. It is with a person now.")).to_be_visible()
    assert guest.context.cookies() == []
    dark = visitors.come(email=None, wide=390, theme="dark")
    page = dark.go(place)
    assert find_faults(page) == []
    assert dark.overflow() <= 0
    ada = visitors.come()
    page = ada.go("/feedback")
    expect(page.get_by_text("The lid rattles.").first).to_be_visible()
    assert guest.complaints + dark.complaints + ada.complaints == []
