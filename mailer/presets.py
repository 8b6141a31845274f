"""Pure: where the servers of an address probably are: well-known providers, their MX names, else the usual names."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """Servers of a provider. `app_password`: it refuses the usual password and wants one made for programs."""

    title: str
    smtp_url: str
    imap_url: str
    app_password: bool = False


_GOOGLE = Preset(
    title="Google", smtp_url="smtps://smtp.gmail.com:465", imap_url="imaps://imap.gmail.com:993", app_password=True
)
_MICROSOFT = Preset(
    title="Microsoft", smtp_url="smtp://smtp.office365.com:587", imap_url="imaps://outlook.office365.com:993"
)
_YAHOO = Preset(
    title="Yahoo", smtp_url="smtps://smtp.mail.yahoo.com:465", imap_url="imaps://imap.mail.yahoo.com:993",
    app_password=True,
)  # fmt: skip
_APPLE = Preset(
    title="iCloud", smtp_url="smtp://smtp.mail.me.com:587", imap_url="imaps://imap.mail.me.com:993", app_password=True
)
_FASTMAIL = Preset(
    title="Fastmail", smtp_url="smtps://smtp.fastmail.com:465", imap_url="imaps://imap.fastmail.com:993",
    app_password=True,
)  # fmt: skip
_ZOHO = Preset(title="Zoho", smtp_url="smtps://smtp.zoho.eu:465", imap_url="imaps://imap.zoho.eu:993")
_IONOS = Preset(title="IONOS", smtp_url="smtps://smtp.ionos.com:465", imap_url="imaps://imap.ionos.com:993")
_GMX = Preset(title="GMX", smtp_url="smtps://mail.gmx.net:465", imap_url="imaps://imap.gmx.net:993")
_MAILBOX_ORG = Preset(
    title="mailbox.org", smtp_url="smtps://smtp.mailbox.org:465", imap_url="imaps://imap.mailbox.org:993"
)
_DOMAINS = {
    "gmail.com": _GOOGLE, "googlemail.com": _GOOGLE, "outlook.com": _MICROSOFT, "hotmail.com": _MICROSOFT,
    "live.com": _MICROSOFT, "yahoo.com": _YAHOO, "icloud.com": _APPLE, "me.com": _APPLE, "mac.com": _APPLE,
    "fastmail.com": _FASTMAIL, "gmx.de": _GMX, "gmx.net": _GMX, "mailbox.org": _MAILBOX_ORG,
}  # fmt: skip
# How the names of mail exchangers end.
_EXCHANGERS = (
    ("google.com", _GOOGLE), ("googlemail.com", _GOOGLE), ("outlook.com", _MICROSOFT), ("yahoodns.net", _YAHOO),
    ("icloud.com", _APPLE), ("messagingengine.com", _FASTMAIL), ("zoho.eu", _ZOHO), ("zoho.com", _ZOHO),
    ("ionos.com", _IONOS), ("ionos.de", _IONOS), ("kundenserver.de", _IONOS), ("gmx.net", _GMX),
    ("mailbox.org", _MAILBOX_ORG),
)  # fmt: skip


def choose_preset(domain: str, exchangers: Sequence[str] = ()) -> Preset:
    """Return the servers of a domain: known by itself, by its MX names ("10 host"), else the usual names to try."""
    known = _DOMAINS.get(domain.lower())
    if known:
        return known
    hosts = [one.rpartition(" ")[2].rstrip(".").lower() for one in exchangers]
    found = next((preset for host in hosts for end, preset in _EXCHANGERS if _ends(host, end)), None)
    return found or Preset(title="", smtp_url=f"smtps://smtp.{domain}:465", imap_url=f"imaps://imap.{domain}:993")


def preset_of_host(host: str) -> Preset | None:
    """Return the provider to which a server belongs."""
    presets = (*_DOMAINS.values(), *(preset for _, preset in _EXCHANGERS))
    return next((one for one in presets if f"//{host.lower()}:" in one.smtp_url + one.imap_url), None)


def _ends(host: str, end: str) -> bool:
    return host == end or host.endswith(f".{end}")
