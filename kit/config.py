"""Wire: the settings, read from the environment once; every fault is reported at once."""

import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from kit.errors import InvalidError

_KEY_SIZE = 32
_WEAK_KEY = 16
_MOST_TOGETHER = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting as `rapport settings` lists it: `source` is environment, file or default."""

    name: str
    value: str
    source: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this installation runs. `oauth` holds id, secret, scopes, tenant and endpoints of each client by name."""

    home: Path
    database_url: str
    broker_url: str | None
    public_url: str
    now: datetime | None
    send_together: int
    oauth: Mapping[str, Mapping[str, str]] = field(repr=False)
    secret_key: str | None = field(repr=False)
    listed: tuple[Setting, ...] = field(repr=False)

    @property
    def key_file(self) -> Path:
        """Where the installation's secret lies when the environment does not give it."""
        return self.home / "secret.key"

    @property
    def is_public(self) -> bool:
        """Whether links in mail can be opened by the person who gets it."""
        parts = urlsplit(self.public_url)
        return parts.scheme == "https" and not _is_loopback(parts.hostname or "")


_ABOUT = {
    "RAPPORT_HOME": "data folder: SQLite file, key file, attachments, backups",
    "RAPPORT_DATABASE_URL": "sqlite:///... or postgresql://...",
    "RAPPORT_BROKER_URL": "redis://... or amqp://...; in-process when unset",
    "RAPPORT_SECRET_KEY": "seals mailbox secrets, signs links and cookies; made once in RAPPORT_HOME when unset",
    "RAPPORT_PUBLIC_URL": "base of public links in mail",
    "RAPPORT_SEND_TOGETHER": "mails committed as sending at once: quicker, and as many unknown after a crash",
    "RAPPORT_OAUTH_GOOGLE_ID": "the OAuth client for mailboxes at Google",
    "RAPPORT_OAUTH_GOOGLE_SECRET": "its secret",
    "RAPPORT_OAUTH_MICROSOFT_ID": "the OAuth client for mailboxes at Microsoft",
    "RAPPORT_OAUTH_MICROSOFT_SECRET": "its secret; unset for a public client",
    "RAPPORT_NOW": "a fixed clock for one command (ISO 8601 with zone)",
}
_OAUTH = re.compile(
    r"RAPPORT_OAUTH_(?P<name>[A-Z0-9]{1,40})_(?P<part>ID|SECRET|SCOPES|TENANT|AUTHORISE_URL|TOKEN_URL|DEVICE_URL)\Z"
)
_TENANT = re.compile(r"[A-Za-z0-9.-]{1,100}\Z")
# Their endpoints and scopes are known; everybody else's must be given.
_KNOWN_ISSUERS = frozenset({"google", "microsoft"})
_OWN_ISSUER = "of an OAuth client for mailboxes"
_PORT = 8000
_CHECKOUT = Path(__file__).resolve().parent.parent


def load_settings(environ: Mapping[str, str] | None = None, *, port: int = 0) -> Settings:
    """Read the settings from `environ` (the process's own when None); `port` is where links lead unless it says.

    Raises InvalidError that names every fault.
    """
    given = {k: v for k, v in (os.environ if environ is None else environ).items() if v}
    faults: list[str] = []
    home = Path(given.get("RAPPORT_HOME") or _default_home()).expanduser().absolute()
    database_url = given.get("RAPPORT_DATABASE_URL") or f"sqlite:///{home / 'rapport.sqlite3'}"
    if not database_url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        faults.append("RAPPORT_DATABASE_URL must begin with sqlite:/// or postgresql://.")
    broker_url = given.get("RAPPORT_BROKER_URL")
    if broker_url and not broker_url.startswith(("redis://", "rediss://", "amqp://", "amqps://")):
        faults.append("RAPPORT_BROKER_URL must begin with redis:// or amqp://, or stay unset.")
    public_url = given.get("RAPPORT_PUBLIC_URL", f"http://127.0.0.1:{port or _PORT}").rstrip("/")
    if not _is_web_address(public_url):
        faults.append("RAPPORT_PUBLIC_URL must be a web address such as https://crm.example.")
    secret = given.get("RAPPORT_SECRET_KEY")
    if secret and len(secret) < _WEAK_KEY:
        faults.append(f"RAPPORT_SECRET_KEY is too short: use at least {_WEAK_KEY} characters.")
    now = _read_now(given.get("RAPPORT_NOW"), faults)
    together = given.get("RAPPORT_SEND_TOGETHER", "1")
    if not together.isdecimal() or not 1 <= int(together) <= _MOST_TOGETHER:
        faults.append(f"RAPPORT_SEND_TOGETHER must be a number from 1 to {_MOST_TOGETHER}.")
    oauth = _read_oauth(given, faults)
    if faults:
        raise InvalidError(" ".join(faults), code="settings", faults=tuple(faults))
    values = {
        "RAPPORT_HOME": str(home),
        "RAPPORT_DATABASE_URL": _mask_url(database_url),
        "RAPPORT_BROKER_URL": _mask_url(broker_url or "in-process"),
        "RAPPORT_SECRET_KEY": "********",
        "RAPPORT_PUBLIC_URL": public_url,
        "RAPPORT_SEND_TOGETHER": together,
        **_list_oauth(given),
        "RAPPORT_NOW": given.get("RAPPORT_NOW", "-"),
    }
    listed = tuple(
        Setting(name=n, value=v, source="environment" if n in given else "default", about=_ABOUT.get(n, _OWN_ISSUER))
        for n, v in values.items()
    )
    return Settings(
        home=home,
        database_url=database_url,
        broker_url=broker_url,
        public_url=public_url,
        now=now,
        send_together=int(together),
        oauth=oauth,
        secret_key=secret,
        listed=listed,
    )


def ensure_home(home: Path) -> None:
    """Make the data folder. Contacts, mail and the key lie there: nobody else on this machine may look."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)


def ensure_secret(settings: Settings) -> str:
    """Return the installation's secret, making it (mode 0600) in the data folder the first time."""
    if settings.secret_key:
        return settings.secret_key
    ensure_home(settings.home)
    if not settings.key_file.exists():
        _make_key_file(settings)
    secret = settings.key_file.read_text().strip()
    if len(secret) < _WEAK_KEY:
        raise InvalidError(f"The key file {settings.key_file} is damaged: restore it from a backup.", code="settings")
    return secret


def _make_key_file(settings: Settings) -> None:
    """Make the key file whole or not at all: another process may be starting at the same moment."""
    draft = settings.home / f".secret-{secrets.token_hex(8)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(_KEY_SIZE) + "\n")
        with contextlib.suppress(FileExistsError):
            settings.key_file.hardlink_to(draft)
    finally:
        draft.unlink()


def _default_home() -> Path:
    if (_CHECKOUT / "pyproject.toml").exists():
        return _CHECKOUT / "var"
    return Path.home() / ".local" / "share" / "rapport"


def _read_now(text: str | None, faults: list[str]) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        faults.append("RAPPORT_NOW must be an instant with its zone, such as 2026-11-24T09:00:00+01:00.")
        return None
    return at


def _read_oauth(given: Mapping[str, str], faults: list[str]) -> dict[str, dict[str, str]]:
    """Return each OAuth client's parts by its name, both in small letters."""
    clients: dict[str, dict[str, str]] = {}
    for variable in sorted(name for name in given if name.startswith("RAPPORT_OAUTH_")):
        found = _OAUTH.match(variable)
        if found is None:
            faults.append(f"{variable} is no setting: RAPPORT_OAUTH_<NAME>_ID, _SECRET, _SCOPES or an endpoint is.")
            continue
        clients.setdefault(found["name"].lower(), {})[found["part"].lower()] = given[variable]
        if variable.endswith("_URL") and not _is_safe_endpoint(given[variable]):
            faults.append(f"{variable} must begin with https://.")
        if variable.endswith("_TENANT") and not _TENANT.match(given[variable]):
            faults.append(f"{variable} must be a tenant's id or domain, such as contoso.example.")
    for name, parts in clients.items():
        faults += _find_missing(name, parts)
    return clients


def _find_missing(name: str, parts: Mapping[str, str]) -> list[str]:
    """Return what an OAuth client lacks: who answers, and where a person may agree."""
    needed = ["id"] if name in _KNOWN_ISSUERS else ["id", "token_url", "scopes"]
    if name not in _KNOWN_ISSUERS and "device_url" not in parts:
        needed.append("authorise_url")
    return [
        f"RAPPORT_OAUTH_{name.upper()}_{part.upper()} is missing; the client cannot be used without it."
        for part in needed
        if part not in parts
    ]


def _list_oauth(given: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of OAuth clients with their values, secrets masked."""
    names = [name for name in _ABOUT if name.startswith("RAPPORT_OAUTH_")]
    names += sorted(name for name in given if _OAUTH.match(name) and name not in names)
    return {
        name: "-" if name not in given else "********" if name.endswith("_SECRET") else given[name] for name in names
    }


def _is_safe_endpoint(url: str) -> bool:
    if not _is_web_address(url):
        return False
    parts = urlsplit(url)
    return parts.scheme == "https" or _is_loopback(parts.hostname or "")


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _mask_url(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "********"
    return url.replace(f":{parts.password}@", ":********@") if parts.password else url


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
