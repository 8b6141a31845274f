"""Pure: well-known mail providers by the name of their SMTP server, and the records that a domain needs for them.

Source: the providers' own help pages on SPF, DKIM and MX, as of 2026. Where a value is made for each customer,
`key_how` says where to find it; such a record cannot be written here.
"""

import re
from dataclasses import dataclass

from mailer.addresses import domain_of, is_free_mail
from mailer.dns_records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider. `spf` are names to include, the first is today's; `hosts` is a pattern of its SMTP servers.

    `cnames` are DKIM records as (selector, target), the same for all customers but for `{domain}` and `{dashed}`.
    `own_envelope`: bounces go to an address of the provider, so that SPF speaks for the provider's domain and only
    DKIM can speak for ours, unless a return path of our own was set up.
    """

    name: str
    hosts: str
    spf: tuple[str, ...]
    selectors: tuple[str, ...] = ()
    cnames: tuple[tuple[str, str], ...] = ()
    mx: tuple[str, ...] = ()
    key_how: str = ""
    own_envelope: bool = False

    def key_records(self, domain: str) -> tuple[Record, ...]:
        """Return the DKIM records of a domain, where they can be known."""
        dashed = domain.replace(".", "-")
        return tuple(
            Record(
                name=f"{selector}._domainkey.{domain}",
                kind="CNAME",
                value=target.format(domain=domain, dashed=dashed),
            )
            for selector, target in self.cnames
        )

    def mx_records(self, domain: str) -> tuple[Record, ...]:
        """Return the MX records of a domain, where they can be known."""
        return tuple(
            Record(name=domain, kind="MX", value=value.format(dashed=domain.replace(".", "-"))) for value in self.mx
        )


PROVIDERS = (
    Provider(
        name="Google", hosts=r"smtp(?:-relay)?\.(?:gmail|google)\.com|aspmx\.l\.google\.com", spf=("_spf.google.com",),
        selectors=("google",), mx=("1 smtp.google.com",),
        key_how="In Google's Admin console: Apps, Google Workspace, Gmail, Authenticate email. Make a key of 2,048"
        " bits, set the record it shows, then press Start authentication there.",
    ),
    Provider(
        name="Microsoft", hosts=r"smtp\.office365\.com|smtp-mail\.outlook\.com|.+\.mail\.protection\.outlook\.com",
        spf=("spf.protection.outlook.com",), selectors=("selector1", "selector2"),
        mx=("0 {dashed}.mail.protection.outlook.com",),
        key_how="In the Microsoft Defender portal: Email authentication settings, DKIM, your domain. It shows two CNAME"
        " records, selector1 and selector2; set both, then switch DKIM on there.",
    ),
    Provider(
        name="Zoho", hosts=r"smtp(?:pro)?\.zoho(?:cloud)?\.(?:com|eu|in|jp|ca|sa|com\.au|com\.cn)",
        spf=("zohomail.com", "zohomail.eu", "zohomail.in", "zoho.com", "zoho.eu", "zoho.in", "one.zoho.com",
             "one.zoho.eu", "one.zoho.in"),
        selectors=("zmail", "zoho"),
        key_how="In Zoho's Mail admin console: Domains, your domain, Email configuration, DKIM.",
    ),
    Provider(
        name="Fastmail", hosts=r"(?:.+\.)?smtp\.fastmail\.com|smtp\.messagingengine\.com",
        spf=("spf.messagingengine.com",), selectors=("fm1", "fm2", "fm3"),
        cnames=tuple((f"fm{n}", f"fm{n}.{{domain}}.dkim.fmhosted.com") for n in (1, 2, 3)),
        mx=("10 in1-smtp.messagingengine.com", "20 in2-smtp.messagingengine.com"),
    ),
    Provider(
        name="Proton", hosts=r"smtp\.protonmail\.ch|smtp\.proton\.me", spf=("_spf.protonmail.ch",),
        selectors=("protonmail", "protonmail2", "protonmail3"),
        mx=("10 mail.protonmail.ch", "20 mailsec.protonmail.ch"),
        key_how="In Proton Mail: Settings, Domain names, your domain, DKIM. It shows three CNAME records; set all.",
    ),
    Provider(
        name="IONOS", hosts=r"smtp\.(?:ionos\.com|1and1\.com|perfora\.net)",
        spf=("_spf-us.ionos.com", "_spf-eu.ionos.com", "_spf.perfora.net", "_spf.kundenserver.de"),
        selectors=("s1-ionos", "s2-ionos"),
        cnames=(("s1-ionos", "s1.dkim.ionos.com"), ("s2-ionos", "s2.dkim.ionos.com")),
    ),
    Provider(
        name="IONOS", hosts=r"smtp\.(?:ionos|1and1|1und1)\.[a-z.]{2,6}|smtp\.kundenserver\.de",
        spf=("_spf-eu.ionos.com", "_spf-us.ionos.com", "_spf.kundenserver.de", "_spf.perfora.net"),
        selectors=("s1-ionos", "s2-ionos"),
        cnames=(("s1-ionos", "s1.dkim.ionos.com"), ("s2-ionos", "s2.dkim.ionos.com")),
    ),
    Provider(
        name="Hostinger", hosts=r"smtp\.hostinger\.[a-z]{2,5}", spf=("_spf.mail.hostinger.com",),
        selectors=("hostingermail-a", "hostingermail-b", "hostingermail-c"),
        cnames=tuple((f"hostingermail-{c}", f"hostingermail-{c}.dkim.mail.hostinger.com") for c in "abc"),
        mx=("5 mx1.hostinger.com", "10 mx2.hostinger.com"),
    ),
    Provider(
        name="OVH", hosts=r"ssl0\.ovh\.net|smtp\.mail\.ovh\.(?:net|ca)|(?:pro|ex)\d*\.mail\.ovh\.(?:net|ca)",
        spf=("mx.ovh.com", "mx.ovh.ca"), key_how="In the OVHcloud control panel: Web Cloud, Emails, your domain, DKIM.",
    ),
    Provider(
        name="Gandi", hosts=r"mail\.gandi\.net|smtp\.gandi\.net", spf=("_mailcust.gandi.net",),
        selectors=("gm1", "gm2", "gm3"), cnames=tuple((f"gm{n}", f"gm{n}.gandimail.net") for n in (1, 2, 3)),
        mx=("10 spool.mail.gandi.net", "50 fb.mail.gandi.net"),
    ),
    Provider(
        name="Mailbox.org", hosts=r"smtp\.mailbox\.org", spf=("mailbox.org",),
        selectors=("mbo0001", "mbo0002", "mbo0003", "mbo0004"),
        cnames=tuple((f"mbo000{n}", f"mbo000{n}._domainkey.mailbox.org") for n in (1, 2, 3, 4)),
        mx=("10 mxext1.mailbox.org", "10 mxext2.mailbox.org", "20 mxext3.mailbox.org"),
    ),
    Provider(
        name="Amazon SES", hosts=r"email-smtp(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com", spf=("amazonses.com",),
        own_envelope=True,
        key_how="In the SES console: Identities, your domain, Authentication. It shows three CNAME records; set all,"
        " and a MAIL FROM domain besides.",
    ),
    Provider(
        name="Mailgun", hosts=r"smtp(?:\.eu)?\.mailgun\.org", spf=("mailgun.org", "eu.mailgun.org"),
        selectors=("mx", "smtp", "pic", "krs", "k1"), own_envelope=True,
        key_how="In Mailgun: Sending, Domain settings, DNS records.",
    ),
    Provider(
        name="SendGrid", hosts=r"smtp\.(?:eu\.)?sendgrid\.net", spf=("sendgrid.net",), selectors=("s1", "s2"),
        own_envelope=True, key_how="In SendGrid: Settings, Sender authentication, Authenticate your domain.",
    ),
    Provider(
        name="Postmark", hosts=r"smtp(?:-broadcasts)?\.postmarkapp\.com", spf=("spf.mtasv.net",), own_envelope=True,
        key_how="In Postmark: Sender signatures, your domain, DNS settings.",
    ),
    Provider(
        name="Brevo", hosts=r"smtp-relay\.(?:brevo|sendinblue)\.com", spf=("spf.brevo.com", "spf.sendinblue.com"),
        selectors=("brevo1", "brevo2", "mail"), own_envelope=True,
        cnames=tuple((f"brevo{n}", f"b{n}.{{dashed}}.dkim.brevo.com") for n in (1, 2)),
        key_how="In Brevo: Senders, Domains and IPs, Domains. The values shown there win if they differ.",
    ),
)  # fmt: skip
_KNOWN = tuple((re.compile(provider.hosts), provider) for provider in PROVIDERS)


def find_provider(smtp_host: str) -> Provider | None:
    """Return who runs an SMTP server, by its name; None for servers of one's own and those we do not know."""
    host = smtp_host.strip().rstrip(".").lower()[:253]
    return next((provider for pattern, provider in _KNOWN if pattern.fullmatch(host)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """One mailbox as the outside sees it: its address, the SMTP server it hands mail to, and its user name there.

    `domain` is in ASCII. `smtp_host` is empty when only a domain is looked at.
    """

    address: str
    domain: str
    smtp_host: str = ""
    user: str = ""

    @property
    def provider(self) -> Provider | None:
        """Who runs the SMTP server, if we know."""
        return find_provider(self.smtp_host)

    @property
    def owns_domain(self) -> bool:
        """Whether the records of the domain are ours to set."""
        return not is_free_mail(self.domain)

    @property
    def may_be_renamed(self) -> bool:
        """Whether the server may put another domain into the envelope: the account's own, when that differs."""
        user = domain_of(self.user)
        return bool(user) and user != self.domain
