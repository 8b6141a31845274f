"""Against real servers: every way to secure a connection, and the refusal to go on without."""

import imaplib

import pytest

from mailer.errors import LoginError, TlsError
from mailer.imap import ImapSession
from mailer.servers import parse_server
from mailer.smtp import SmtpSession
from mailer.tls import make_tls_context
from mailer.types import Login
from tests.servers import Dovecot, Postfix
from tests.servers.fixtures import USERS

pytestmark = [pytest.mark.server("dovecot"), pytest.mark.server("postfix")]
ANNA = next(iter(USERS))
LOGIN = Login(user=ANNA, secret=USERS[ANNA])


def test_imap_by_starttls_and_by_tls(dovecot: Dovecot) -> None:
    for url in (f"imap://localhost:{dovecot.imap_port}", f"imaps://127.0.0.1:{dovecot.imaps_port}"):
        session = ImapSession.open(parse_server(url), LOGIN, tls=dovecot.certificate.client_context())
        assert session.select("INBOX").uid_validity > 0
        session.close()


def test_an_unknown_certificate_is_refused(dovecot: Dovecot, postfix: Postfix) -> None:
    for url in (f"imap://localhost:{dovecot.imap_port}", f"imaps://localhost:{dovecot.imaps_port}"):
        with pytest.raises(TlsError):
            ImapSession.open(parse_server(url), LOGIN)
    with pytest.raises(TlsError):
        SmtpSession.open(parse_server(f"smtp://localhost:{postfix.port}"), LOGIN, helo="client.test")


def test_the_trust_store_may_be_named_by_the_environment(
    dovecot: Dovecot, postfix: Postfix, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate.path))
    tls = make_tls_context()
    ImapSession.open(parse_server(f"imaps://localhost:{dovecot.imaps_port}"), LOGIN, tls=tls).close()
    SmtpSession.open(parse_server(f"smtp://localhost:{postfix.port}"), LOGIN, helo="client.test", tls=tls).close()


def test_a_password_outside_ascii_is_refused_politely(dovecot: Dovecot) -> None:
    with pytest.raises(LoginError):
        ImapSession.open(
            parse_server(f"imaps://localhost:{dovecot.imaps_port}"),
            Login(user=ANNA, secret="pässwörd"),
            tls=dovecot.certificate.client_context(),
        )


def test_the_wait_ends_when_mail_comes_during_it(dovecot: Dovecot) -> None:
    tls = dovecot.certificate.client_context()
    session = ImapSession.open(parse_server(f"imaps://localhost:{dovecot.imaps_port}"), LOGIN, tls=tls)
    other = imaplib.IMAP4("localhost", dovecot.imap_port, timeout=5)
    try:
        before = session.select("INBOX").uid_next
        other.login(ANNA, USERS[ANNA])
        assert not session.wait_for_news(0.05)
        other.append("INBOX", "", "", b"Subject: x\r\n\r\n")
        assert session.wait_for_news(20)
        assert session.uids_after(before - 1) != []
    finally:
        other.logout()
        session.close()
