"""Reading: the failures that no well-behaved server shows. What servers do right is in tests/contracts."""

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import BinaryIO

import pytest

from mailer.errors import DroppedError, FolderError, LoginError, MailError, TlsError, UnreachableError
from mailer.imap import ImapSession
from mailer.imap_door import enter
from mailer.types import Login, Server
from tests.servers.process import free_port

from .scripted import HANG_UP, SILENCE, scripted_imap

LOGIN = Login(user="anna", secret="secret")
TOKEN = Login(user="anna", secret="token", mechanism="xoauth2")
CAPABLE = {
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n<tag> OK done\r\n",
    "LOGIN": b"<tag> OK welcome\r\n",
    "LOGOUT": b"* BYE\r\n<tag> OK bye\r\n",
    "EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 9] x\r\n<tag> OK done\r\n",
    "NOOP": b"<tag> OK done\r\n",
}


def open_at(port: int, security: str = "plain", login: Login = LOGIN) -> ImapSession:
    server = Server(protocol="imap", host="127.0.0.1", port=port, security=security)
    return ImapSession.open(server, login, timeout_s=0.4)


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ({"<greeting>": HANG_UP}, DroppedError),
        ({"<greeting>": SILENCE}, UnreachableError),
        ({"<greeting>": b"* BYE too busy\r\n"}, UnreachableError),
        ({"LOGIN": b"<tag> NO [AUTHENTICATIONFAILED] wrong\r\n"}, LoginError),
        ({"LOGIN": b"<tag> NO [UNAVAILABLE] try later\r\n"}, UnreachableError),
        ({"LOGIN": HANG_UP}, DroppedError),
        ({"LOGIN": SILENCE}, DroppedError),
        ({"CAPABILITY": HANG_UP}, DroppedError),
    ],
)
def test_tells_why_there_is_no_session(replies: Mapping[str, bytes], expected: type[MailError]) -> None:
    with scripted_imap({**CAPABLE, **replies}) as server, pytest.raises(MailError) as failure:
        open_at(server.port).close()
    assert type(failure.value) is expected
    assert LOGIN.secret not in str(failure.value)


def test_nobody_there_is_unreachable() -> None:
    with pytest.raises(UnreachableError):
        open_at(free_port())


def test_never_goes_on_without_tls() -> None:
    with scripted_imap(CAPABLE) as server, pytest.raises(TlsError, match="STARTTLS"):
        open_at(server.port, "starttls")
    assert "LOGIN" not in server.verbs
    with scripted_imap(CAPABLE) as server, pytest.raises(TlsError):
        open_at(server.port, "tls")


@pytest.mark.parametrize(
    ("reply", "expected"),
    [(HANG_UP, DroppedError), (SILENCE, DroppedError), (b"<tag> NO no such folder\r\n", FolderError)],
)
def test_tells_why_a_folder_stays_closed(reply: bytes, expected: type[MailError]) -> None:
    with scripted_imap({**CAPABLE, "EXAMINE": reply}) as server:
        opened = open_at(server.port)
        with pytest.raises(MailError) as failure:
            opened.select("INBOX")
        opened.close()
    assert type(failure.value) is expected


def test_without_idle_the_wait_ends_at_once() -> None:
    with scripted_imap({**CAPABLE, "UID": b"* SEARCH 8\r\n<tag> OK done\r\n"}) as server:
        opened = open_at(server.port)
        opened.select("INBOX")
        assert not opened.wait_for_news(60)
        opened.close()


def test_the_last_uid_repeated_by_the_server_is_left_out() -> None:
    with scripted_imap({**CAPABLE, "UID": b"* SEARCH 8\r\n<tag> OK done\r\n"}) as server:
        opened = open_at(server.port)
        opened.select("INBOX")
        assert opened.uids_after(8) == []
        assert opened.uids_after(7) == [8]
        opened.close()


def test_a_token_is_sent_as_xoauth2() -> None:
    replies = {**CAPABLE, "AUTHENTICATE": b"+ \r\n", "DXNLCJ1HBM5HAWF1DGG9QMVHCMVYIHRVA2VUAQE=": b""}
    login = Login(user="anna", secret="token", mechanism="xoauth2")
    with scripted_imap(replies) as server:
        with pytest.raises(DroppedError):  # the script knows no tag here, so it stays silent
            open_at(server.port, login=login)
        assert b"dXNlcj1hbm5hAWF1dGg9QmVhcmVyIHRva2VuAQE=\r\n" in server.heard


@pytest.mark.parametrize(("mechanism", "agreed"), [("XOAUTH2", b"\r\n"), ("OAUTHBEARER", b"AQ==\r\n")])
def test_a_refused_token_is_agreed_to(mechanism: str, agreed: bytes) -> None:
    challenge, end = b"+ eyJzdGF0dXMiOiI0MDEifQ==\r\n", b"NO [AUTHENTICATIONFAILED] no\r\n"
    refused = pytest.raises(LoginError, match="the token: 401")
    with scripted_tokens(mechanism, challenge, end) as server, refused:
        open_at(server.port, login=TOKEN)
    assert server.heard[-1] == agreed


@pytest.mark.parametrize(
    ("challenge", "end", "expected"),
    [
        (b"+ A\r\n", b"NO x\r\n", DroppedError),
        (b"+ \r\n", b"NO [UNAVAILABLE] later\r\n", UnreachableError),
        (b"", b"NO [AUTHENTICATIONFAILED] no\r\n", LoginError),
    ],
)
def test_refusals_of_a_token_are_told_apart(challenge: bytes, end: bytes, expected: type[MailError]) -> None:
    with scripted_tokens("XOAUTH2", challenge, end) as server, pytest.raises(expected) as refusal:
        open_at(server.port, login=TOKEN)
    assert type(refusal.value) is expected


def test_a_server_without_tokens_is_told() -> None:
    replies = {**CAPABLE, "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n<tag> OK done\r\n"}
    with scripted_imap(replies) as server, pytest.raises(LoginError, match="it offers PLAIN"):
        open_at(server.port, login=TOKEN)


class _TokenServer:
    """Asks for a token, says its challenge, and ends with the tag of the command."""

    def __init__(self, mechanism: str, challenge: bytes, end: bytes) -> None:
        self.heard: list[bytes] = []
        self._says = (mechanism.encode(), challenge, end)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        with suppress(OSError):
            link, _ = self._listener.accept()
            with link, link.makefile("rb") as lines:
                link.settimeout(5)
                link.sendall(b"* OK ready\r\n")
                self._talk(link, lines)

    def _talk(self, link: socket.socket, lines: BinaryIO) -> None:
        mechanism, challenge, end = self._says
        while line := lines.readline():
            self.heard.append(line)
            tag, _, verb = line.strip().partition(b" ")
            if verb == b"CAPABILITY":
                link.sendall(b"* CAPABILITY IMAP4rev1 AUTH=" + mechanism + b"\r\n" + tag + b" OK done\r\n")
            elif verb.startswith(b"AUTHENTICATE"):
                for asked in (b"+ \r\n", challenge):
                    if asked:
                        link.sendall(asked)
                        self.heard.append(lines.readline())
                link.sendall(tag + b" " + end)
                return


@contextmanager
def scripted_tokens(mechanism: str, challenge: bytes, end: bytes) -> Iterator[_TokenServer]:
    server = _TokenServer(mechanism, challenge, end)
    try:
        yield server
    finally:
        server.stop()


def test_a_huge_range_is_searched_in_spans() -> None:
    examine = CAPABLE["EXAMINE"].replace(b"UIDNEXT 9", b"UIDNEXT 120001").replace(b"* 1 E", b"* 90000 E")
    with scripted_imap({**CAPABLE, "EXAMINE": examine, "UID": b"* SEARCH 120000\r\n<tag> OK done\r\n"}) as server:
        opened = open_at(server.port)
        opened.select("INBOX")
        assert opened.uids_after(0) == [120000]
        opened.close()
    spans = [line.split()[-1] for line in server.heard if b"SEARCH" in line]
    assert spans == [b"1:50000", b"50001:100000", b"100001:*"]


def test_a_huge_mail_comes_cut_off_with_its_true_size() -> None:
    fetched = (
        b'* 1 FETCH (UID 8 RFC822.SIZE 99000000 INTERNALDATE "02-Jan-2026 01:00:00 +0200" BODY[]<0> {3}\r\nabc)\r\n'
        b"<tag> OK done\r\n"
    )
    with scripted_imap({**CAPABLE, "UID": fetched}) as server:
        opened = open_at(server.port)
        opened.select("INBOX")
        (mail,) = opened.fetch([8])
        opened.close()
    assert (mail.size, mail.raw, mail.received_at.isoformat()) == (99_000_000, b"abc", "2026-01-01T23:00:00+00:00")


def test_a_command_in_several_writes_does_not_wait_for_the_servers_ack() -> None:
    with scripted_imap(CAPABLE) as port_of:
        server = Server(protocol="imap", host="127.0.0.1", port=port_of.port, security="plain")
        client = enter(server, LOGIN, timeout_s=0.4, tls=ssl.create_default_context())
        assert client.socket().getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        client.logout()


def test_a_session_that_is_closed_while_idle_does_not_wait_for_an_answer() -> None:
    """A server that idles takes DONE and nothing else: a LOGOUT would wait for its answer until the time-out."""
    capable = CAPABLE["CAPABILITY"].replace(b"IMAP4rev1", b"IMAP4rev1 IDLE")
    with scripted_imap({**CAPABLE, "CAPABILITY": capable, "IDLE": b"+ idling\r\n"}) as server:
        opened = open_at(server.port)
        opened.select("INBOX")
        assert opened.begin_idle() is not None
        opened.close()
    assert any(b"IDLE" in line for line in server.heard)
    assert not any(b"LOGOUT" in line for line in server.heard)
