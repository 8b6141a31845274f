"""Where tokens let somebody in: a transport, two servers, and the issuer that knows whose a token is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailer.servers import parse_server
from mailer.transport import NetworkTransport, Transport
from mailer.types import Login, Server
from tests.servers import make_certificate, start_dovecot, start_postfix
from tests.servers.issuer import Issuer


@dataclass(frozen=True)
class TokenWorld:
    transport: Transport
    smtp: Server
    imap: Server
    issuer: Issuer

    def login(self, user: str, *, token: str | None = None) -> Login:
        return Login(user=user, secret=token or self.issuer.grant(user)[0], mechanism="xoauth2")


@contextmanager
def real_servers(folder: Path, issuer: Issuer, users: Mapping[str, str], mechanisms: str) -> Iterator[TokenWorld]:
    for path in (folder, folder / "dovecot", folder / "postfix"):
        path.mkdir()
    folder.chmod(0o755)
    dovecot = start_dovecot(
        folder / "dovecot",
        users,
        make_certificate(folder / "dovecot"),
        introspection_url=f"{issuer.url}/introspect",
        mechanisms=mechanisms,
    )
    postfix = start_postfix(folder / "postfix", dovecot)
    try:
        transport = NetworkTransport(timeout_s=10, tls=dovecot.certificate.client_context())
        smtp, imap = (
            parse_server(f"smtp://localhost:{postfix.port}"),
            parse_server(f"imaps://localhost:{dovecot.imaps_port}"),
        )
        yield TokenWorld(transport, smtp, imap, issuer)
    finally:
        postfix.stop()
        dovecot.stop()
