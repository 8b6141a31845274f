"""Wire: does a sending domain's DNS speak for us: SPF, DKIM, DMARC.

A question that could not be asked is "unclear", never "bad". DKIM keys can only be found by name, so a key missing
under the usual names is "unclear" as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import dns.exception
import dns.resolver

from mailer.dns_records import Finding, judge_dkim, judge_dmarc, judge_spf
from mailer.domain import ascii_domain

__all__ = ["DnsResolver", "DomainCheck", "Finding", "TxtResolver", "check_domain"]

USUAL_SELECTORS = (
    "default", "google", "selector1", "selector2", "s1", "s2", "k1", "k2", "k3", "dkim", "mail", "smtp", "fm1", "fm2",
    "fm3", "protonmail", "protonmail2", "protonmail3", "zoho", "zmail", "ionos", "hostinger",
)  # fmt: skip
_LIFETIME_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainCheck:
    """What DNS says about one domain."""

    domain: str
    spf: Finding
    dkim: Finding
    dmarc: Finding


class TxtResolver(Protocol):
    """Finds TXT records."""

    def find_txt(self, name: str) -> tuple[str, ...] | None:
        """Return the TXT records of `name`, each joined; empty when there are none, None when nobody could say."""
        ...


class DnsResolver:
    """Asks the machine's resolver, each question at most 5 s long."""

    def __init__(self) -> None:
        try:
            self._resolver: dns.resolver.Resolver | None = dns.resolver.Resolver()
        except dns.exception.DNSException:  # a machine without any resolver
            self._resolver = None

    def find_txt(self, name: str) -> tuple[str, ...] | None:
        """Return the TXT records of `name`; empty when there are none, None when nobody could say."""
        if self._resolver is None:
            return None
        try:
            answer = self._resolver.resolve(name, "TXT", lifetime=_LIFETIME_S)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError):
            return None
        return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in answer)


def check_domain(domain: str, *, selectors: Sequence[str] = (), resolver: TxtResolver | None = None) -> DomainCheck:
    """Look up SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489) of a sending domain.

    `selectors` are the DKIM selectors known to be in use; without any, the usual ones are tried.

    Raises:
        ValueError: `domain` is no domain.
    """
    name = ascii_domain(domain)
    ask = resolver or DnsResolver()
    return DomainCheck(
        domain=name,
        spf=judge_spf(ask.find_txt(name)),
        dkim=_find_dkim(name, selectors, ask),
        dmarc=_find_dmarc(name, ask),
    )


def _find_dkim(domain: str, selectors: Sequence[str], ask: TxtResolver) -> Finding:
    """Take the first good key; a bad one counts only when there is no good one."""
    kept = judge_dkim((), selector="", is_known=False)
    for number, selector in enumerate(selectors or USUAL_SELECTORS):
        records = ask.find_txt(f"{selector}._domainkey.{domain}")
        finding = judge_dkim(records, selector=selector, is_known=bool(selectors))
        if finding.state == "ok":
            return finding
        if number == 0 or finding.state == "bad":
            kept = finding
        if records is None and not selectors:
            break  # a resolver that does not answer would cost 5 s for every guess
    return kept


def _find_dmarc(domain: str, ask: TxtResolver) -> Finding:
    """Climb to the parents: a subdomain is covered by the policy of its organisation."""
    labels = domain.split(".")
    finding = judge_dmarc(ask.find_txt(f"_dmarc.{domain}"), at=domain)
    for depth in range(1, len(labels) - 1):
        if finding.state != "missing":
            break
        parent = ".".join(labels[depth:])
        above = judge_dmarc(ask.find_txt(f"_dmarc.{parent}"), at=parent)
        if above.state != "missing":
            finding = above
    return finding
