"""The three mail worlds that must behave alike: the fake, the sandbox, and Postfix with Dovecot."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from imapclient import IMAPClient

from mailer.fakes import FakeMailServer
from mailer.sandbox import SandboxMailWorld
from mailer.servers import parse_server
from mailer.transport import ImapPort, NetworkTransport, SmtpPort, Transport
from mailer.types import Login, Server
from tests.servers import Dovecot, Postfix
from tests.servers.fixtures import USERS

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ANNA, BO, CY, MILA = USERS


class Backstage(Protocol):
    """What a test may do behind the mailer's back."""

    def put(self, address: str, raw: bytes, at: datetime, folder: str = "INBOX") -> None: ...

    def flags(self, address: str, folder: str, uid: int) -> set[str]: ...

    def expunge(self, address: str, uid: int) -> None: ...


@dataclass(frozen=True)
class MailWorld:
    transport: Transport
    smtp: Server
    imap: Server
    backstage: Backstage

    @contextmanager
    def sending(self, user: str = ANNA) -> Iterator[SmtpPort]:
        port = self.transport.open_smtp(self.smtp, Login(user=user, secret=USERS[user]), helo="client.test")
        try:
            yield port
        finally:
            port.close()

    @contextmanager
    def reading(self, user: str = MILA) -> Iterator[ImapPort]:
        port = self.transport.open_imap(self.imap, Login(user=user, secret=USERS[user]))
        try:
            yield port
        finally:
            port.close()


class _FakeBackstage:
    def __init__(self, server: FakeMailServer) -> None:
        self._server = server

    def put(self, address: str, raw: bytes, at: datetime, folder: str = "INBOX") -> None:
        self._server.deliver(address, raw, at, folder)

    def flags(self, address: str, folder: str, uid: int) -> set[str]:
        mail = self._server.folder(address, folder).find(uid)
        assert mail is not None
        return mail.flags

    def expunge(self, address: str, uid: int) -> None:
        self._server.folder(address).expunge(uid)


class _ImapBackstage:
    """Another IMAP client, by the library itself."""

    def __init__(self, port: int) -> None:
        self._port = port

    def put(self, address: str, raw: bytes, at: datetime, folder: str = "INBOX") -> None:
        with self._client(address) as client:
            client.append(folder, raw, (), at)

    def flags(self, address: str, folder: str, uid: int) -> set[str]:
        with self._client(address) as client:
            client.select_folder(folder, readonly=True)
            return {flag.decode() for flag in client.get_flags([uid])[uid]} - {"\\Recent"}

    def expunge(self, address: str, uid: int) -> None:
        with self._client(address) as client:
            client.select_folder("INBOX")
            client.delete_messages([uid])
            client.expunge()

    @contextmanager
    def _client(self, address: str) -> Iterator[IMAPClient]:
        with IMAPClient("127.0.0.1", self._port, ssl=False, timeout=10) as client:
            client.login(address, USERS[address])
            yield client


@contextmanager
def fake_world() -> Iterator[MailWorld]:
    server = FakeMailServer(now=lambda: NOW, accounts=USERS)
    yield MailWorld(
        server, parse_server("smtps://fake.test"), parse_server("imaps://fake.test"), _FakeBackstage(server)
    )


@contextmanager
def sandbox_world() -> Iterator[MailWorld]:
    world = SandboxMailWorld(now=lambda: NOW)
    world.start(USERS)
    try:
        smtp = parse_server(f"smtp+plain://127.0.0.1:{world.smtp_port}")
        imap = parse_server(f"imap+plain://127.0.0.1:{world.imap_port}")
        yield MailWorld(NetworkTransport(timeout_s=10), smtp, imap, _ImapBackstage(world.imap_port))
    finally:
        world.stop()


def real_world(dovecot: Dovecot, postfix: Postfix) -> MailWorld:
    smtp = parse_server(f"smtp://localhost:{postfix.port}")
    imap = parse_server(f"imaps://localhost:{dovecot.imaps_port}")
    transport = NetworkTransport(timeout_s=10, tls=dovecot.certificate.client_context())
    return MailWorld(transport, smtp, imap, _ImapBackstage(dovecot.imap_port))
