"""Pure: who gives tokens for mailboxes: Google, Microsoft, and own issuers by their endpoints.

Google: developers.google.com/identity/protocols/oauth2 and /gmail/imap/xoauth2-protocol. Its codes for devices cover
a short list of scopes, and mail is not on it (/identity/protocols/oauth2/limited-input-device#allowedscopes), so
consent goes through a browser. Microsoft: learn.microsoft.com, "Authenticate an IMAP, POP or SMTP connection using
OAuth", which documents both ways; basic SMTP AUTH is off by default from the end of December 2026 (Exchange team,
techcommunity.microsoft.com, January 2026), while administrators may switch it on again for a time.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from mailer.errors import ConsentError

_NO_DEVICE = "This issuer has no address for device codes."


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One OAuth client at one issuer. Without `device_url` there are no codes for devices, and `no_device` says why.

    `asks` are further parameters of the address at which a person agrees; `hosts` the mail servers it is known for;
    `loopback` how it wants this machine to be called in a redirect (RFC 8252 7.3).
    """

    name: str
    title: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    authorise_url: str = ""
    token_url: str
    device_url: str = ""
    scopes: str
    asks: Mapping[str, str] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()
    loopback: str = "127.0.0.1"
    no_device: str = _NO_DEVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Preset:
    title: str
    authorise_url: str
    token_url: str
    device_url: str = ""
    scopes: str
    asks: Mapping[str, str]
    hosts: frozenset[str]
    loopback: str = "127.0.0.1"
    no_device: str = ""
    advice: str = ""


_MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
_PRESETS: Mapping[str, _Preset] = {
    "google": _Preset(
        title="Google",
        authorise_url="https://accounts.google.com/o/oauth2/v2/auth",
        token_url="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
        scopes="https://mail.google.com/",
        # Without both, Google gives a refresh token the first time only.
        asks={"access_type": "offline", "prompt": "consent"},
        hosts=frozenset({"imap.gmail.com", "smtp.gmail.com"}),
        no_device="Google's codes for devices do not cover mail.",
    ),
    "microsoft": _Preset(
        title="Microsoft",
        authorise_url=f"{_MICROSOFT}/authorize",
        token_url=f"{_MICROSOFT}/token",
        device_url=f"{_MICROSOFT}/devicecode",
        scopes="https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
        asks={"prompt": "select_account"},
        hosts=frozenset(
            {"outlook.office365.com", "smtp.office365.com", "smtp-mail.outlook.com", "imap-mail.outlook.com"}
        ),
        loopback="localhost",  # the one name for which Entra ignores the port
        advice="Microsoft switches SMTP with a password off by default at the end of December 2026.",
    ),
}


def make_providers(given: Mapping[str, Mapping[str, str]]) -> dict[str, Provider]:
    """Return the clients that the settings name: `given` holds id, secret, scopes, tenant and endpoints by name."""
    return {name: _make_provider(name, parts) for name, parts in given.items()}


def choose_provider(
    providers: Mapping[str, Provider], hosts: Collection[str], *, wanted: str | None = None
) -> Provider:
    """Return the client for a mailbox on these servers: the one wanted, the one known for them, or the only own one.

    Raises:
        ConsentError: there is none, or several would do; the sentence says what to set.
    """
    if wanted is not None:
        if wanted in providers:
            return providers[wanted]
        raise ConsentError(f"No OAuth client “{wanted}” is set up: {_what_to_set(wanted)}")
    known = next((name for name, preset in _PRESETS.items() if preset.hosts & set(hosts)), None)
    if known is not None:
        return choose_provider(providers, hosts, wanted=known)
    own = [provider for name, provider in providers.items() if name not in _PRESETS]
    if len(own) == 1:
        return own[0]
    if own:
        raise ConsentError(f"Several issuers would do: name one of {', '.join(sorted(one.name for one in own))}.")
    raise ConsentError(f"No OAuth client is set up for {', '.join(sorted(hosts))}: {_what_to_set('name')}")


def find_advice(host: str) -> str:
    """Return what somebody should know who signs in to this SMTP server with a password; empty for most."""
    return next((preset.advice for preset in _PRESETS.values() if host in preset.hosts), "")


def _what_to_set(name: str) -> str:
    more = "" if name in _PRESETS else ", its endpoints and scopes"
    return f"set RAPPORT_OAUTH_{name.upper()}_ID{more}."


def _make_provider(name: str, parts: Mapping[str, str]) -> Provider:
    preset = _PRESETS.get(name) or _Preset(
        title=name, authorise_url="", token_url="", scopes="", asks={}, hosts=frozenset(), no_device=_NO_DEVICE
    )
    tenant = parts.get("tenant", "common")
    addresses = {
        part: parts.get(part) or getattr(preset, part).format(tenant=tenant)
        for part in ("authorise_url", "token_url", "device_url")
    }
    return Provider(
        name=name,
        title=preset.title,
        client_id=parts["id"],
        client_secret=parts.get("secret", ""),
        scopes=parts.get("scopes") or preset.scopes,
        asks=preset.asks,
        hosts=preset.hosts,
        loopback=preset.loopback,
        no_device=preset.no_device,
        **addresses,
    )
