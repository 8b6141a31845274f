"""Sending: every way to fail says whether the mail may have been taken."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailer.errors import DroppedError, LoginError, MailError, ReplyError, TlsError, UnclearError, UnreachableError
from mailer.smtp import SmtpSession
from mailer.types import Login, Server
from tests.servers.certificate import make_certificate
from tests.servers.process import free_port

from .scripted import EHLO, HANG_UP, SILENCE, ScriptedServer, scripted

RAW = b"Subject: hi\r\n\r\nHello.\r\n"
ANNA, MILA = "anna@brand.example", "mila@creator.example"
LOGIN = Login(user="anna", secret="geheim-ü")
WITH_PLAIN = {"EHLO": b"250-scripted.test\r\n250 AUTH PLAIN LOGIN\r\n", "AUTH": b"235 2.7.0 welcome\r\n"}


def server_at(port: int, security: str = "plain") -> Server:
    return Server(protocol="smtp", host="127.0.0.1", port=port, security=security)


@contextmanager
def session(server: ScriptedServer, login: Login | None = None) -> Iterator[SmtpSession]:
    opened = SmtpSession.open(server_at(server.port), login, helo="client.test", timeout_s=0.4, final_timeout_s=0.4)
    try:
        yield opened
    finally:
        opened.close()


def send(opened: SmtpSession, raw: bytes = RAW) -> str:
    opened.prepare(ANNA, MILA, size=len(raw))
    return opened.transmit(raw).text


def test_sends_many_over_one_connection_without_reset() -> None:
    with scripted() as server:
        with session(server) as opened:
            assert send(opened) == "2.0.0 Ok: queued as 4711"
            send(opened)
        assert not opened.is_usable
    assert "RSET" not in server.verbs
    assert server.heard[1:3] == [b"MAIL FROM:<anna@brand.example>\r\n", b"RCPT TO:<mila@creator.example>\r\n"]


@pytest.mark.parametrize(
    ("raw", "wire"),
    [
        (b"a\r\n.b\r\n..\r\n.\r\n", b"a\r\n..b\r\n...\r\n..\r\n.\r\n"),
        (b".first\r\n", b"..first\r\n.\r\n"),
        (b"bare\nlines\rend", b"bare\r\nlines\r\nend\r\n.\r\n"),
        (b"x" * 200_000 + b"\r\n", b"x" * 200_000 + b"\r\n.\r\n"),
    ],
)
def test_content_is_stuffed_and_ended(raw: bytes, wire: bytes) -> None:
    with scripted() as server, session(server) as opened:
        send(opened, raw)
    assert wire in server.heard


@pytest.mark.parametrize(
    ("changes", "expected", "stage", "code"),
    [
        ({"MAIL": b"550 5.7.1 not you\r\n"}, ReplyError, "mail", 550),
        ({"RCPT": b"450 4.7.1 greylisted\r\n"}, ReplyError, "rcpt", 450),
        ({"RCPT": b"550-5.1.1 no\r\n550 5.1.1 such user\r\n"}, ReplyError, "rcpt", 550),
        ({"DATA": b"451 4.3.0 later\r\n"}, ReplyError, "data", 451),
        ({"<content>": b"554 5.7.1 spam\r\n"}, ReplyError, "final", 554),
        ({"<content>": b"421 4.3.2 shutting down\r\n"}, ReplyError, "final", 421),
        ({"MAIL": HANG_UP}, DroppedError, None, None),
        ({"RCPT": SILENCE}, DroppedError, None, None),
        ({"DATA": HANG_UP}, DroppedError, None, None),
        ({"DATA": SILENCE}, DroppedError, None, None),
        ({"RCPT": b"what is this\r\n"}, DroppedError, None, None),
        ({"<content>": HANG_UP}, UnclearError, None, None),
        ({"<content>": SILENCE}, UnclearError, None, None),
        ({"<content>": b"what is this\r\n"}, UnclearError, None, None),
        ({"<content>": b"354 again?\r\n"}, UnclearError, None, None),
        ({"<content>": b"250 " + b"x" * 9000 + b"\r\n"}, UnclearError, None, None),
    ],
)
def test_tells_failures_apart(
    changes: Mapping[str, bytes], expected: type[MailError], stage: str | None, code: int | None
) -> None:
    with scripted(changes) as server, session(server) as opened:
        with pytest.raises(MailError) as failure:
            send(opened)
        assert type(failure.value) is expected
        assert opened.is_usable is (expected is ReplyError and code != 421)
        if isinstance(failure.value, ReplyError):
            assert (failure.value.stage, failure.value.code) == (stage, code)
            assert failure.value.temporary is (code is not None and code < 500)


def test_reads_the_enhanced_code_of_a_reply_in_lines() -> None:
    with scripted({"RCPT": b"550-5.1.1 no\r\n550 5.1.1 such user\r\n"}) as server, session(server) as opened:
        with pytest.raises(ReplyError) as refusal:
            opened.prepare(ANNA, MILA, size=1)
        assert refusal.value.enhanced == "5.1.1"
        assert refusal.value.text == "5.1.1 no 5.1.1 such user"


def test_resets_after_a_refusal_only() -> None:
    with scripted({"RCPT": b"550 5.1.1 no\r\n"}) as server, session(server) as opened:
        with pytest.raises(ReplyError):
            opened.prepare(ANNA, MILA, size=1)
        server.replies["RCPT"] = b"250 Ok\r\n"
        send(opened)
        send(opened)
    assert server.verbs.count("RSET") == 1


@pytest.mark.parametrize(("mail", "stage"), [(b"250 Ok\r\n", "rcpt"), (b"550 5.7.1 no\r\n", "mail")])
def test_pipelining_keeps_replies_in_step(mail: bytes, stage: str) -> None:
    changes = {
        "EHLO": b"250-scripted.test\r\n250 PIPELINING\r\n",
        "MAIL": mail,
        "RCPT": b"503 5.5.1 no\r\n",
    }
    with scripted(changes) as server, session(server) as opened:
        with pytest.raises(ReplyError) as refusal:
            opened.prepare(ANNA, MILA, size=1)
        assert refusal.value.stage == stage
        server.replies |= {"MAIL": b"250 Ok\r\n", "RCPT": b"250 Ok\r\n"}
        assert send(opened) == "2.0.0 Ok: queued as 4711"


def test_a_421_with_pipelining_is_a_refusal_not_a_drop() -> None:
    changes = {"EHLO": b"250-scripted.test\r\n250 PIPELINING\r\n", "MAIL": b"421 4.3.2 going\r\n", "RCPT": HANG_UP}
    with scripted(changes) as server, session(server) as opened:
        with pytest.raises(ReplyError, match="421"):
            opened.prepare(ANNA, MILA, size=1)
        assert not opened.is_usable
        with pytest.raises(DroppedError):
            opened.prepare(ANNA, MILA, size=1)


def test_announces_size_and_smtputf8() -> None:
    with scripted({"EHLO": b"250-scripted.test\r\n250-SIZE 1000\r\n250 SMTPUTF8\r\n"}) as server:
        with session(server) as opened:
            opened.prepare(ANNA, "milá@bücher.example", size=77)
            with pytest.raises(ReplyError, match=r"1000 bytes") as refusal:
                opened.prepare(ANNA, MILA, size=1001)
        assert (refusal.value.stage, refusal.value.code, refusal.value.temporary) == ("mail", 552, False)
    assert b"MAIL FROM:<anna@brand.example> SIZE=77 SMTPUTF8 BODY=8BITMIME\r\n" in server.heard
    assert "RCPT TO:<milá@xn--bcher-kva.example>\r\n".encode() in server.heard


def test_refuses_foreign_local_parts_without_smtputf8() -> None:
    with scripted() as server, session(server) as opened, pytest.raises(ReplyError, match=r"5\.6\.7"):
        opened.prepare(ANNA, "milá@creator.example", size=1)


@pytest.mark.parametrize("bad", ["mila@x.example>\r\nRCPT TO:<bo@x.example", "mila@x.example> SIZE=1", "mila"])
def test_no_address_smuggles_a_command(bad: str) -> None:
    with scripted() as server, session(server) as opened:
        with pytest.raises(ValueError, match=r"."):
            opened.prepare(ANNA, bad, size=1)
        with pytest.raises(ValueError, match=r"."):
            opened.prepare(bad, MILA, size=1)
    assert server.verbs == ["EHLO", "QUIT"]


@pytest.mark.parametrize(
    ("changes", "expected", "stage"),
    [
        ({"<greeting>": b"554 5.7.1 go away\r\n"}, ReplyError, "connect"),
        ({"<greeting>": b"421 4.7.0 too busy\r\n"}, ReplyError, "connect"),
        ({"<greeting>": HANG_UP}, DroppedError, None),
        ({"<greeting>": SILENCE}, DroppedError, None),
        ({"<greeting>": b"HTTP/1.1 400 Bad Request\r\n"}, DroppedError, None),
        ({"EHLO": HANG_UP}, DroppedError, None),
        ({"EHLO": b"550 5.7.1 no\r\n", "HELO": b"550 5.7.1 no\r\n"}, ReplyError, "ehlo"),
        ({**WITH_PLAIN, "AUTH": b"535 5.7.8 wrong\r\n"}, LoginError, None),
        ({**WITH_PLAIN, "AUTH": b"454 4.7.0 later\r\n"}, ReplyError, "ehlo"),
        ({**WITH_PLAIN, "AUTH": HANG_UP}, DroppedError, None),
        ({"EHLO": b"250-scripted.test\r\n250 AUTH CRAM-MD5\r\n"}, LoginError, None),
        ({"EHLO": EHLO}, LoginError, None),
    ],
)
def test_tells_why_there_is_no_session(
    changes: Mapping[str, bytes], expected: type[MailError], stage: str | None
) -> None:
    with scripted(changes) as server, pytest.raises(MailError) as failure, session(server, LOGIN):
        pass
    assert type(failure.value) is expected
    assert LOGIN.secret not in str(failure.value)
    if isinstance(failure.value, ReplyError):
        assert failure.value.stage == stage


def test_nobody_there_is_unreachable() -> None:
    with pytest.raises(UnreachableError):
        SmtpSession.open(server_at(free_port()), None, helo="client.test")


@pytest.mark.parametrize(
    ("offer", "login", "heard"),
    [
        (b"PLAIN LOGIN", LOGIN, [b"AUTH PLAIN AGFubmEAZ2VoZWltLcO8\r\n"]),
        (b"LOGIN", LOGIN, [b"AUTH LOGIN\r\n", b"YW5uYQ==\r\n", b"Z2VoZWltLcO8\r\n"]),
        (
            b"PLAIN XOAUTH2",
            Login(user="anna", secret="token", mechanism="xoauth2"),
            [b"AUTH XOAUTH2 dXNlcj1hbm5hAWF1dGg9QmVhcmVyIHRva2VuAQE=\r\n"],
        ),
    ],
)
def test_signs_in(offer: bytes, login: Login, heard: list[bytes]) -> None:
    changes = {"EHLO": b"250-scripted.test\r\n250 AUTH " + offer + b"\r\n", "AUTH": b"235 2.7.0 welcome\r\n"}
    if offer == b"LOGIN":
        changes |= {"AUTH": b"334 VXNlcm5hbWU6\r\n", "YW5UYQ==": b"334 UGFzc3dvcmQ6\r\n"}
        changes |= {"Z2VOZWLTLCO8": b"235 welcome\r\n"}
    with scripted(changes) as server, session(server, login):
        pass
    assert server.heard[1:-1] == heard


@pytest.mark.parametrize(("mechanism", "agreed"), [("XOAUTH2", ""), ("OAUTHBEARER", "AQ==")])
def test_a_refused_token_is_a_refused_login(mechanism: str, agreed: str) -> None:
    changes = {
        "EHLO": f"250-scripted.test\r\n250 AUTH {mechanism}\r\n".encode(),
        "AUTH": b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n",
        agreed: b"535 5.7.8 expired\r\n",
    }
    login = Login(user="anna", secret="token", mechanism="xoauth2")
    refused = pytest.raises(LoginError, match=r"535 5\.7\.8 expired \(the token: 401\)")
    with scripted(changes) as server, refused, session(server, login):
        pass


def test_a_long_token_is_shown_only_when_asked_for() -> None:
    token = "t" * 2000
    shown = b64encode(f"user=anna\1auth=Bearer {token}\1\1".encode()).decode()
    changes = {
        "EHLO": b"250-scripted.test\r\n250 AUTH XOAUTH2\r\n",
        "AUTH": b"334 \r\n",
        shown.upper(): b"235 2.7.0 welcome\r\n",
    }
    login = Login(user="anna", secret=token, mechanism="xoauth2")
    with scripted(changes) as server, session(server, login):
        pass
    assert server.heard[1:-1] == [b"AUTH XOAUTH2\r\n", shown.encode() + b"\r\n"]


def test_a_server_that_asks_for_ever_is_left() -> None:
    changes = {"EHLO": b"250-scripted.test\r\n250 AUTH XOAUTH2\r\n", "AUTH": b"334 \r\n", "": b"334 \r\n"}
    login = Login(user="anna", secret="token", mechanism="xoauth2")
    with scripted(changes) as server, pytest.raises(LoginError, match="goes on asking"), session(server, login):
        pass


def test_never_goes_on_without_tls(tmp_path: Path) -> None:
    trusted = make_certificate(tmp_path)
    with scripted(WITH_PLAIN) as server, pytest.raises(TlsError, match="STARTTLS"):
        SmtpSession.open(server_at(server.port, "starttls"), LOGIN, helo="client.test", timeout_s=1)
    assert "AUTH" not in server.verbs
    with scripted() as server, pytest.raises(TlsError):  # a server without TLS where TLS is expected
        SmtpSession.open(server_at(server.port, "tls"), LOGIN, helo="client.test", timeout_s=1)
    with scripted(tls=trusted.server_context()) as server, pytest.raises(TlsError):  # nobody vouches for it
        SmtpSession.open(server_at(server.port, "tls"), LOGIN, helo="client.test", timeout_s=1)
    other = make_certificate(tmp_path, host="other.example")
    with scripted(tls=other.server_context()) as server, pytest.raises(TlsError):  # another name
        SmtpSession.open(
            server_at(server.port, "tls"), LOGIN, helo="client.test", timeout_s=1, tls=other.client_context()
        )
    with scripted(tls=trusted.server_context()) as server:
        SmtpSession.open(
            server_at(server.port, "tls"), None, helo="client.test", timeout_s=1, tls=trusted.client_context()
        ).close()
