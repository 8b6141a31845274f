"""Wire: from a server's address to a signed-in IMAP connection, with every way to fail told apart."""

import binascii
import imaplib
import re
import socket
import ssl
from contextlib import suppress

from imapclient import IMAPClient
from imapclient.exceptions import LoginError as RefusedLogin

from mailer.errors import DroppedError, LoginError, MailError, TlsError, UnreachableError
from mailer.login import TokenTalk, choose_mechanism, sasl_plain
from mailer.types import Login, Server

# RFC 5530, and what large providers say instead: the password may be right, so nothing is paused.
_BUSY = re.compile(
    r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN|THROTTLED|OVERQUOTA)\]"
    r"|too many (?:simultaneous|connections|login)|throttl|rate limit|try again|temporar|bandwidth|system error",
    re.IGNORECASE,
)


def enter(server: Server, login: Login, *, timeout_s: float, tls: ssl.SSLContext) -> IMAPClient:
    """Connect, secure and sign in; errors as in `ImapSession.open`."""
    client = _connect(server, timeout_s=timeout_s, tls=tls)
    try:
        client.normalise_times = False  # keeps the zone of INTERNALDATE
        if server.security == "starttls":
            _secure(client, tls)
        _sign_in(client, server, login)
        # A command leaves in several writes: without this, each but the first waits 40 ms for the server's ACK.
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except ssl.SSLError as error:  # first: a refused certificate is a ValueError as well
        _hang_up(client)
        raise TlsError(f"The connection to {server.host} cannot be secured: {error.reason or error}.") from error
    except (MailError, ValueError):
        _hang_up(client)
        raise
    except (imaplib.IMAP4.error, OSError) as error:
        _hang_up(client)
        raise DroppedError(f"The connection to {server.host} broke before we had signed in.") from error
    return client


def _connect(server: Server, *, timeout_s: float, tls: ssl.SSLContext) -> IMAPClient:
    try:
        is_tls = server.security == "tls"
        return IMAPClient(server.host, server.port, ssl=is_tls, ssl_context=tls if is_tls else None, timeout=timeout_s)
    except imaplib.IMAP4.abort as error:
        raise DroppedError(f"{server.host}:{server.port} hung up before its greeting.") from error
    except imaplib.IMAP4.error as error:
        raise UnreachableError(f"{server.host}:{server.port} turns us away: {error}.") from error
    except ssl.SSLError as error:
        raise TlsError(f"The connection to {server.host} cannot be secured: {error.reason or error}.") from error
    except (OSError, UnicodeError) as error:
        raise UnreachableError(f"{server.host}:{server.port} cannot be reached: {error}.") from error


def _secure(client: IMAPClient, tls: ssl.SSLContext) -> None:
    """Demand STARTTLS: an offer that is missing may have been cut out on the way."""
    if not client.has_capability("STARTTLS"):
        raise TlsError("The server offers no STARTTLS, and without it nothing is read.")
    client.starttls(tls)


def _sign_in(client: IMAPClient, server: Server, login: Login) -> None:
    talk = _token_talk(client, server, login) if login.mechanism == "xoauth2" else None
    try:
        if talk:
            client.sasl_login(talk.mechanism, talk)
        else:
            _show_password(client, login)
    except RefusedLogin as error:
        # The library calls a connection that broke while signing in a refused login as well.
        if isinstance(error.__context__, imaplib.IMAP4.abort):
            raise DroppedError("The connection broke while signing in.") from error
        words = str(error).removeprefix("b'").removesuffix("'")
        if _BUSY.search(words):
            raise UnreachableError(f"The server lets nobody in just now: {words}") from error
        raise LoginError(f"The server refused the login: {talk.explain(words) if talk else words}") from error
    except binascii.Error as error:
        raise DroppedError(f"{server.host} asked something that makes no sense while we signed in.") from error


def _token_talk(client: IMAPClient, server: Server, login: Login) -> TokenTalk:
    capabilities = (name.decode("ascii", "replace").upper() for name in client.capabilities())
    offered = frozenset(name.removeprefix("AUTH=") for name in capabilities if name.startswith("AUTH="))
    return TokenTalk(choose_mechanism(login, offered), login, server)


def _show_password(client: IMAPClient, login: Login) -> None:
    sasl_plain(login)  # refuses control characters
    if client.has_capability("LOGINDISABLED") or not (login.user + login.secret).isascii():
        client.plain_login(login.user, login.secret)
    else:
        client.login(login.user, login.secret)


def _hang_up(client: IMAPClient) -> None:
    with suppress(OSError, imaplib.IMAP4.error):
        client.shutdown()
