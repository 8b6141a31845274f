"""The sandbox: rules that refuse, rules that answer, people who come later, a clean end."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from mailer.errors import ReplyError
from mailer.sandbox import SandboxMailWorld
from mailer.servers import parse_server
from mailer.smtp import SmtpSession
from mailer.transport import ImapPort, NetworkTransport
from mailer.types import Login

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ANNA, MILA = "anna@brand.test", "mila@creator.test"
RAW = b"Subject: hi\r\n\r\nHello.\r\n"


class Rules:
    """The world's people: some refuse, the others answer at once."""

    def __init__(self) -> None:
        self.world = SandboxMailWorld(now=lambda: NOW, on_rcpt=self.on_rcpt, on_data=self.on_data)
        self.taken: list[tuple[str, str, bytes]] = []

    def on_rcpt(self, sender: str, recipient: str) -> str | None:
        return "550 5.1.1 no such user" if recipient.startswith("dead") else None

    def on_data(self, sender: str, recipient: str, raw: bytes) -> str | None:
        if recipient.startswith("full"):
            return "452 4.2.2 mailbox full"
        self.taken.append((sender, recipient, raw))
        self.world.deliver(sender, b"Subject: Re: hi\r\n\r\nYes!\r\n", NOW)
        return None


@pytest.fixture
def rules() -> Iterator[Rules]:
    rules = Rules()
    rules.world.start({ANNA: "pw"})
    yield rules
    rules.world.stop()


def read(world: SandboxMailWorld, user: str, folder: str = "INBOX") -> list[bytes]:
    server = parse_server(f"imap+plain://127.0.0.1:{world.imap_port}")
    port: ImapPort = NetworkTransport(timeout_s=5).open_imap(server, Login(user=user, secret="pw"))
    try:
        port.select(folder)
        return [mail.raw for mail in port.fetch(port.uids_after(0))]
    finally:
        port.close()


def open_smtp(world: SandboxMailWorld, login: Login | None) -> SmtpSession:
    server = parse_server(f"smtp+plain://127.0.0.1:{world.smtp_port}")
    return SmtpSession.open(server, login, helo="x.test", timeout_s=5)


def test_rules_refuse_and_answer(rules: Rules) -> None:
    session = open_smtp(rules.world, Login(user=ANNA, secret="pw"))
    with pytest.raises(ReplyError, match=r"550 5\.1\.1"):
        session.prepare(ANNA, "dead@creator.test", size=1)
    session.prepare(ANNA, "full@creator.test", size=1)
    with pytest.raises(ReplyError, match=r"452 4\.2\.2") as refusal:
        session.transmit(RAW)
    assert refusal.value.stage == "final"
    session.prepare(ANNA, MILA, size=1)
    session.transmit(RAW)
    session.close()
    assert rules.taken == [(ANNA, MILA, RAW)]
    assert read(rules.world, ANNA) == [b"Subject: Re: hi\r\n\r\nYes!\r\n"]


def test_nobody_sends_without_signing_in(rules: Rules) -> None:
    session = open_smtp(rules.world, None)
    with pytest.raises(ReplyError, match="530"):
        session.prepare(ANNA, MILA, size=1)
    session.close()


def test_people_may_come_later_and_mail_may_lie_anywhere(rules: Rules) -> None:
    rules.world.add_account(MILA, "pw")
    rules.world.deliver(MILA, RAW, NOW, "Junk")
    assert read(rules.world, MILA, "Junk") == [RAW]


def test_stops_with_open_connections_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    rules = Rules()
    rules.world.start({ANNA: "pw"})
    session = open_smtp(rules.world, Login(user=ANNA, secret="pw"))
    rules.world.stop()
    assert set(threading.enumerate()) <= before
    session.close()


def test_a_taken_port_is_told(rules: Rules) -> None:
    other = SandboxMailWorld(now=lambda: NOW)
    with pytest.raises(OSError, match="did not start"):
        other.start({}, smtp_port=rules.world.smtp_port)
