"""Pure: where a mail server listens, from its URL. Security is said by the scheme and is never lowered."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from mailer.domain import ascii_domain
from mailer.types import Server

_SCHEMES = {
    "smtps": ("smtp", "tls", 465),
    "smtp": ("smtp", "starttls", 587),
    "smtp+plain": ("smtp", "plain", 25),
    "imaps": ("imap", "tls", 993),
    "imap": ("imap", "starttls", 143),
    "imap+plain": ("imap", "plain", 143),
}


def parse_server(url: str) -> Server:
    """Read `smtps://`, `smtp://` (STARTTLS), `imaps://`, `imap://` (STARTTLS), or `smtp+plain://`, `imap+plain://`.

    Without a port the scheme's usual one is meant (RFC 8314). Plain schemes are for loopback hosts only.

    Raises:
        ValueError: with one sentence for people.
    """
    parts = urlsplit(url.strip())
    known = _SCHEMES.get(parts.scheme)
    if known is None:
        raise ValueError(f"“{_redact(parts)}” must begin with one of {', '.join(f'{name}://' for name in _SCHEMES)}.")
    if parts.username is not None or parts.password is not None:
        raise ValueError("Leave user name and password out of the server's address; they are kept elsewhere.")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(f"“{url}” must end after the host and port.")
    if not parts.hostname:
        raise ValueError(f"“{url}” names no host.")
    protocol, security, default_port = known
    host = ascii_domain(parts.hostname)
    if security == "plain" and not is_loopback(host):
        raise ValueError(f"“{host}” is another machine: use {protocol}s:// or {protocol}://, never {parts.scheme}://.")
    return Server(protocol=protocol, host=host, port=_read_port(parts, default_port), security=security)


def is_loopback(host: str) -> bool:
    """Tell whether `host` can only be this machine, without asking a resolver."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _read_port(parts: SplitResult, default: int) -> int:
    try:
        port = parts.port
    except ValueError as error:
        raise ValueError("The port must be a number from 1 to 65535.") from error
    if port is None:
        return default
    if port == 0:
        raise ValueError("The port must be a number from 1 to 65535.")
    return port


def _redact(parts: SplitResult) -> str:
    """Return scheme and host only: a mistyped address may carry a password."""
    try:
        host = parts.hostname or ""
    except ValueError:
        host = ""
    return f"{parts.scheme}://{host}" if parts.scheme else "the server's address"
