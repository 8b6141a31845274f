"""Pure: where the servers of an address probably are: by its provider, by who takes its mail, else by usual names.

Source: the providers' own help pages on SMTP and IMAP, as of 2026.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from mailer.addresses import domain_of

_LIMIT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """One guess. `title`: whose servers they are, empty for usual names; `app_password`: it takes no usual one."""

    smtp_url: str
    imap_url: str
    title: str = ""
    app_password: bool = False


def _servers(title: str, smtp: str, imap: str, *, port: int = 465, app_password: bool = False) -> Servers:
    scheme = "smtps" if port == 465 else "smtp"  # noqa: PLR2004 - RFC 8314
    return Servers(
        smtp_url=f"{scheme}://{smtp}:{port}", imap_url=f"imaps://{imap}:993", title=title, app_password=app_password
    )


_GOOGLE = _servers("Google", "smtp.gmail.com", "imap.gmail.com", app_password=True)
_MICROSOFT = _servers("Microsoft", "smtp.office365.com", "outlook.office365.com", port=587, app_password=True)
_YAHOO = _servers("Yahoo", "smtp.mail.yahoo.com", "imap.mail.yahoo.com", app_password=True)
_APPLE = _servers("iCloud", "smtp.mail.me.com", "imap.mail.me.com", port=587, app_password=True)
_FASTMAIL = _servers("Fastmail", "smtp.fastmail.com", "imap.fastmail.com", app_password=True)
_GMX = _servers("GMX", "mail.gmx.net", "imap.gmx.net")
_IONOS = _servers("IONOS", "smtp.ionos.com", "imap.ionos.com")
_IONOS_DE = _servers("IONOS", "smtp.ionos.de", "imap.ionos.de")
_MAILBOX_ORG = _servers("mailbox.org", "smtp.mailbox.org", "imap.mailbox.org")
_BY_DOMAIN = {
    "gmail.com": _GOOGLE, "googlemail.com": _GOOGLE, "outlook.com": _MICROSOFT, "hotmail.com": _MICROSOFT,
    "live.com": _MICROSOFT, "yahoo.com": _YAHOO, "ymail.com": _YAHOO, "icloud.com": _APPLE, "me.com": _APPLE,
    "mac.com": _APPLE, "fastmail.com": _FASTMAIL, "gmx.net": _GMX, "gmx.de": _GMX,
    "web.de": _servers("WEB.DE", "smtp.web.de", "imap.web.de"), "mailbox.org": _MAILBOX_ORG,
}  # fmt: skip
# The end of the name of the server that takes the domain's mail (MX).
_BY_MX = {
    "google.com": _GOOGLE, "googlemail.com": _GOOGLE, "mail.protection.outlook.com": _MICROSOFT,
    "messagingengine.com": _FASTMAIL, "yahoodns.net": _YAHOO, "icloud.com": _APPLE, "mailbox.org": _MAILBOX_ORG,
    "gandi.net": _servers("Gandi", "mail.gandi.net", "mail.gandi.net"),
    "ovh.net": _servers("OVHcloud", "ssl0.ovh.net", "ssl0.ovh.net"),
    "hostinger.com": _servers("Hostinger", "smtp.hostinger.com", "imap.hostinger.com"),
    "ionos.com": _IONOS, "ionos.de": _IONOS_DE, "kundenserver.de": _IONOS_DE, "gmx.net": _GMX,
    "zoho.com": _servers("Zoho", "smtppro.zoho.com", "imappro.zoho.com", app_password=True),
    "zoho.eu": _servers("Zoho", "smtppro.zoho.eu", "imappro.zoho.eu", app_password=True),
}  # fmt: skip


def guess_servers(address: str, mx: Iterable[str] = ()) -> tuple[Servers, ...]:
    """Return where to try, the likeliest first; `mx` are MX records such as "10 mail.host"."""
    domain = domain_of(address)
    known = _BY_DOMAIN.get(domain)
    if known:
        return (known,)
    hosts = [record.rpartition(" ")[2].rstrip(".").lower() for record in mx]
    found = [
        servers for host in hosts for ending, servers in _BY_MX.items() if host == ending or host.endswith(f".{ending}")
    ]
    usual = [
        _servers("", f"mail.{domain}", f"mail.{domain}"), _servers("", f"smtp.{domain}", f"imap.{domain}", port=587)
    ]  # fmt: skip
    return tuple(dict.fromkeys([*found, *([] if found else usual)]))[:_LIMIT]


def knows(domain: str) -> bool:
    """Tell whether the servers of a domain are known without asking DNS."""
    return domain in _BY_DOMAIN


def find_provider(url: str) -> Servers | None:
    """Return the provider to which a server belongs."""
    return next((one for one in (*_BY_DOMAIN.values(), *_BY_MX.values()) if url in (one.smtp_url, one.imap_url)), None)
