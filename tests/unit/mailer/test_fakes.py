"""The fake's own ways: faults, the outbox, folders that change. What it shares with servers is in tests/contracts."""

from datetime import UTC, datetime

import pytest

from mailer.errors import DroppedError, LoginError, MailError, ReplyError, UnclearError, UnreachableError
from mailer.fakes import FakeImapSession, FakeMailServer, FakeSmtpSession, FaultPoint, Taken
from mailer.servers import parse_server
from mailer.transport import Transport
from mailer.types import Login

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ANNA, MILA, CY = "anna@brand.example", "mila@creator.example", "cy@elsewhere.example"
RAW = b"Message-ID: <a@brand.example>\r\n\r\nHi\r\n"
SMTP, IMAP = parse_server("smtps://mx.example"), parse_server("imaps://mx.example")
LOGIN = Login(user=ANNA, secret="pw")


@pytest.fixture
def server() -> FakeMailServer:
    return FakeMailServer(now=lambda: NOW, accounts={ANNA: "pw", MILA: "pw"})


def smtp(server: FakeMailServer) -> FakeSmtpSession:
    return server.open_smtp(SMTP, LOGIN, helo="x.example")


def imap(server: FakeMailServer) -> FakeImapSession:
    return server.open_imap(IMAP, LOGIN)


def send(server: FakeMailServer, recipient: str = CY) -> None:
    opened = smtp(server)
    opened.prepare(ANNA, recipient, size=len(RAW))
    opened.transmit(RAW)


def test_is_a_transport(server: FakeMailServer) -> None:
    transport: Transport = server
    assert transport.open_smtp(SMTP, LOGIN, helo="x.example").is_usable


def test_keeps_all_mail_and_tells_the_world() -> None:
    told: list[Taken] = []
    server = FakeMailServer(now=lambda: NOW, accounts={ANNA: "pw", MILA: "pw"}, on_mail=told.append)
    send(server)
    send(server, MILA)
    assert server.outbox == told == [Taken(ANNA, CY, RAW), Taken(ANNA, MILA, RAW)]
    (delivered,) = server.folder(MILA).mails
    assert (delivered.raw, delivered.at, delivered.uid) == (RAW, NOW, 1)
    assert server.logins == [("smtp", ANNA), ("smtp", ANNA)]


@pytest.mark.parametrize(
    ("point", "code", "expected", "stage", "is_taken"),
    [
        (FaultPoint.CONNECT, None, UnreachableError, None, False),
        (FaultPoint.CONNECT, 421, ReplyError, "connect", False),
        (FaultPoint.EHLO, None, DroppedError, None, False),
        (FaultPoint.LOGIN, 535, LoginError, None, False),
        (FaultPoint.LOGIN, 454, ReplyError, "ehlo", False),
        (FaultPoint.MAIL, 550, ReplyError, "mail", False),
        (FaultPoint.RCPT, 450, ReplyError, "rcpt", False),
        (FaultPoint.RCPT, None, DroppedError, None, False),
        (FaultPoint.DATA, 451, ReplyError, "data", False),
        (FaultPoint.DATA, None, DroppedError, None, False),
        (FaultPoint.CONTENT, None, UnclearError, None, False),
        (FaultPoint.FINAL, 554, ReplyError, "final", False),
        (FaultPoint.FINAL, None, UnclearError, None, True),
    ],
)
def test_faults_strike_once_where_they_are_told(
    server: FakeMailServer,
    point: FaultPoint,
    code: int | None,
    expected: type[MailError],
    stage: str | None,
    is_taken: bool,
) -> None:
    server.fail(point, code=code, text="5.0.0 because")
    with pytest.raises(MailError) as failure:
        send(server)
    assert type(failure.value) is expected
    if isinstance(failure.value, ReplyError):
        assert (failure.value.stage, failure.value.code, failure.value.enhanced) == (stage, code, "5.0.0")
    assert len(server.outbox) == is_taken
    send(server)
    assert len(server.outbox) == is_taken + 1


def test_a_fault_for_one_recipient_and_for_ever(server: FakeMailServer) -> None:
    server.fail(FaultPoint.RCPT, code=450, address=CY, times=None)
    for _ in range(3):
        send(server, MILA)
        with pytest.raises(ReplyError):
            send(server, CY)
    server.heal()
    send(server, CY)


def test_a_broken_session_is_no_longer_usable(server: FakeMailServer) -> None:
    opened = smtp(server)
    server.fail(FaultPoint.RCPT, code=421)
    with pytest.raises(ReplyError):
        opened.prepare(ANNA, CY, size=1)
    assert not opened.is_usable
    with pytest.raises(DroppedError):
        opened.prepare(ANNA, CY, size=1)


def test_imap_faults(server: FakeMailServer) -> None:
    opened = imap(server)
    server.fail(FaultPoint.IMAP, times=None)
    with pytest.raises(DroppedError):
        opened.select("INBOX")
    with pytest.raises(UnreachableError):
        imap(server)
    server.heal()
    server.fail(FaultPoint.IMAP_LOGIN, code=535)
    with pytest.raises(LoginError):
        imap(server)
    imap(server).select("INBOX")


def test_renumbering_changes_uid_validity(server: FakeMailServer) -> None:
    for _ in range(3):
        server.deliver(ANNA, RAW, NOW)
    server.folder(ANNA).expunge(1)
    opened = imap(server)
    before = opened.select("INBOX")
    server.folder(ANNA).renumber()
    after = opened.select("INBOX")
    assert after.uid_validity != before.uid_validity
    assert opened.uids_after(0) == [1, 2]
