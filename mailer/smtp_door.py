"""Wire: from a server's address to a signed-in SMTP connection, with every way to fail told apart."""

import smtplib
import ssl
from base64 import b64encode

from mailer.errors import DroppedError, LoginError, MailError, TlsError, UnreachableError
from mailer.login import TokenTalk, choose_mechanism, read_challenge, sasl_plain
from mailer.smtp_replies import make_reply_error, reply_text
from mailer.types import Login, Server

_OK = 250
_SIGNED_IN = 235
_CHALLENGE = 334
_PERMANENT = 500
_LONGEST_COMMAND = 512  # RFC 5321 4.5.3.1.4, with its CRLF


def enter(server: Server, login: Login | None, *, helo: str, timeout_s: float, tls: ssl.SSLContext) -> smtplib.SMTP:
    """Connect, greet, secure and sign in; errors as in `SmtpSession.open`."""
    smtp = _connect(server, helo=helo, timeout_s=timeout_s, tls=tls)
    try:
        _greet(smtp)
        if server.security == "starttls":
            _secure(smtp, tls)
            _greet(smtp)
        if login:
            _sign_in(smtp, server, login)
    except ssl.SSLError as error:  # first: a refused certificate is a ValueError as well
        smtp.close()
        raise TlsError(f"The connection to {server.host} cannot be secured: {error.reason or error}.") from error
    except (MailError, ValueError):
        smtp.close()
        raise
    except OSError as error:
        smtp.close()
        raise DroppedError(f"The connection to {server.host} broke before we had signed in.") from error
    return smtp


def _connect(server: Server, *, helo: str, timeout_s: float, tls: ssl.SSLContext) -> smtplib.SMTP:
    try:
        if server.security == "tls":
            return smtplib.SMTP_SSL(server.host, server.port, helo, timeout=timeout_s, context=tls)
        return smtplib.SMTP(server.host, server.port, helo, timeout=timeout_s)
    except smtplib.SMTPConnectError as error:
        words = error.smtp_error if isinstance(error.smtp_error, bytes) else error.smtp_error.encode()
        if error.smtp_code < 0:
            raise DroppedError(f"{server.host}:{server.port} speaks no SMTP.") from error
        raise make_reply_error("connect", error.smtp_code, words) from error
    except smtplib.SMTPException as error:
        raise DroppedError(f"{server.host}:{server.port} hung up before its greeting.") from error
    except ssl.SSLError as error:
        raise TlsError(f"The connection to {server.host} cannot be secured: {error.reason or error}.") from error
    except (OSError, UnicodeError) as error:
        raise UnreachableError(f"{server.host}:{server.port} cannot be reached: {error}.") from error


def _greet(smtp: smtplib.SMTP) -> None:
    code, words = smtp.ehlo()
    if code != _OK:
        code, words = smtp.helo()
    if code != _OK:
        raise make_reply_error("ehlo", code, words)


def _secure(smtp: smtplib.SMTP, tls: ssl.SSLContext) -> None:
    """Demand STARTTLS: an offer that is missing may have been cut out on the way."""
    if not smtp.has_extn("starttls"):
        raise TlsError("The server offers no STARTTLS, and without it nothing is sent.")
    try:
        smtp.starttls(context=tls)
    except smtplib.SMTPResponseException as error:
        raise TlsError(f"The server refused STARTTLS: {error.smtp_code}.") from error


def _sign_in(smtp: smtplib.SMTP, server: Server, login: Login) -> None:
    offered = frozenset(smtp.esmtp_features.get("auth", "").upper().split())
    match choose_mechanism(login, offered):
        case "XOAUTH2" | "OAUTHBEARER" as mechanism:
            code, words = _show_token(smtp, TokenTalk(mechanism, login, server))
        case "LOGIN":
            code, words = _sign_in_step_by_step(smtp, login)
        case _:
            code, words = smtp.docmd("AUTH", f"PLAIN {_coded(sasl_plain(login).encode())}")
    if code == _SIGNED_IN:
        return
    if code >= _PERMANENT:
        raise LoginError(f"The server refused the login: {code} {reply_text(words)}")
    raise make_reply_error("ehlo", code, words)


def _show_token(smtp: smtplib.SMTP, talk: TokenTalk) -> tuple[int, bytes]:
    """Show the token at once, or on request where it makes the command too long (RFC 4954 4)."""
    command = f"{talk.mechanism} {_coded(talk.first)}"
    is_short = len(f"AUTH {command}\r\n") <= _LONGEST_COMMAND
    code, words = smtp.docmd("AUTH", command if is_short else talk.mechanism)
    if is_short:
        talk(b"")
    while code == _CHALLENGE:
        code, words = smtp.docmd(_coded(talk(read_challenge(words))))
    return code, talk.explain(words.decode("utf-8", "replace")).encode()


def _sign_in_step_by_step(smtp: smtplib.SMTP, login: Login) -> tuple[int, bytes]:
    sasl_plain(login)  # refuses control characters
    code, words = smtp.docmd("AUTH", "LOGIN")
    for answer in (login.user, login.secret):
        if code == _CHALLENGE:
            code, words = smtp.docmd(_coded(answer.encode()))
    return code, words


def _coded(words: bytes) -> str:
    return b64encode(words).decode("ascii")
