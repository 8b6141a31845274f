"""Wire: does a sending domain's DNS speak for us: SPF, DKIM, DMARC, whether they agree, MX and reverse names.

A question that could not be asked is "unclear", never "bad". DKIM keys can only be found by name, so a key missing
under the usual names is "unclear" as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from mailer.dkim_record import Key, judge_keys, read_keys
from mailer.dmarc import Policy, judge_dmarc
from mailer.dns_records import Finding, Record
from mailer.domain import ascii_domain
from mailer.providers import Sender
from mailer.resolver import Answer, Resolver
from mailer.servers import is_loopback
from mailer.spf_judge import judge_spf

__all__ = ["DomainCheck", "Finding", "Record", "Sender", "check_domain", "check_sender", "make_sender"]

USUAL_SELECTORS = (
    "default", "google", "selector1", "selector2", "s1", "s2", "k1", "k2", "k3", "dkim", "mail", "smtp", "fm1", "fm2",
    "fm3", "protonmail", "protonmail2", "protonmail3", "zoho", "zmail", "ionos", "hostinger",
)  # fmt: skip
_MOST_SELECTORS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainCheck:
    """What DNS says about one domain and the server it sends through."""

    domain: str
    spf: Finding
    dkim: Finding
    dmarc: Finding
    alignment: Finding
    mx: Finding
    ptr: Finding

    @property
    def findings(self) -> tuple[tuple[str, Finding], ...]:
        """All findings by name, in the order of their weight."""
        names = ("spf", "dkim", "dmarc", "alignment", "mx", "ptr")
        return tuple((name, getattr(self, name)) for name in names)


def make_sender(address: str, *, smtp_host: str = "", user: str = "") -> Sender:
    """Return a mailbox as the outside sees it.

    Raises:
        ValueError: the address has no domain.
    """
    domain = ascii_domain(address.rpartition("@")[2])
    return Sender(address=address, domain=domain, smtp_host=smtp_host.lower(), user=user)


def check_domain(domain: str, *, resolver: Resolver, selectors: Sequence[str] = ()) -> DomainCheck:
    """Look at a domain without knowing the server that sends for it.

    Raises:
        ValueError: `domain` is no domain.
    """
    name = ascii_domain(domain)
    return check_sender(Sender(address=f"postmaster@{name}", domain=name), resolver=resolver, selectors=selectors)


def check_sender(sender: Sender, *, resolver: Resolver, selectors: Sequence[str] = ()) -> DomainCheck:
    """Look up SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489, 9989), MX and PTR for a mailbox.

    `selectors` are the DKIM selectors known to be in use; without any, the usual ones are tried, those of the
    provider first.
    """
    spf = judge_spf(resolver.find(sender.domain, "TXT"), sender, resolver)
    dkim = _find_dkim(sender, selectors, resolver)
    dmarc, policy = judge_dmarc(sender, resolver)
    return DomainCheck(
        domain=sender.domain,
        spf=spf,
        dkim=dkim,
        dmarc=dmarc,
        alignment=_judge_alignment(sender, spf, dkim, policy),
        mx=_judge_mx(sender, resolver),
        ptr=_judge_ptr(sender, resolver),
    )


def _find_dkim(sender: Sender, selectors: Sequence[str], resolver: Resolver) -> Finding:
    provider = sender.provider
    names = dict.fromkeys([*selectors] or [*(provider.selectors if provider else ()), *USUAL_SELECTORS])
    keys: list[Key] = []
    answers: list[Answer] = []
    for selector in list(names)[:_MOST_SELECTORS]:
        texts = resolver.find(f"{selector}._domainkey.{sender.domain}", "TXT")
        answers.append(texts)
        keys += read_keys(selector, texts or ())
        if texts is None and not selectors:
            break  # a resolver that does not answer would cost seconds for every guess
    return judge_keys(keys, answers, sender, selectors)


def _judge_alignment(sender: Sender, spf: Finding, dkim: Finding, policy: Policy | None) -> Finding:
    """Judge whether SPF or DKIM speaks for the domain in From, which is what DMARC asks (RFC 7489 3.1)."""
    provider = sender.provider
    why = "DMARC is met when SPF or DKIM passes for the domain that people see in From."
    by_key = dkim.state in {"ok", "weak"}
    if provider and provider.own_envelope:
        sentence = f"{provider.name} uses an address of its own for bounces, so only DKIM can speak for {sender.domain}"
        if by_key:
            return Finding(state="ok", record=None, sentence=f"{sentence}; a key is there.", reason=why)
        return Finding(state="unclear", record=None, sentence=f"{sentence}, and no key was found.", reason=why)
    if sender.may_be_renamed:
        sentence = f"The account signs in as {sender.user}: its server may put that domain into the envelope."
        return Finding(state="ok" if by_key else "unclear", record=None, sentence=sentence, reason=why)
    strict = policy is not None and policy.is_strict("aspf")
    words = " Even the strict alignment that DMARC asks for here (aspf=s) is met." if strict else ""
    if spf.state in {"ok", "weak"} or by_key:
        sentence = f"Envelope and From both use {sender.domain}.{words}"
        return Finding(state="ok", record=None, sentence=sentence, reason=why)
    if "unclear" in {spf.state, dkim.state}:
        sentence = f"Envelope and From both use {sender.domain}; whether SPF or DKIM passes could not be told."
        return Finding(state="unclear", record=None, sentence=sentence, reason=why)
    sentence = f"Envelope and From both use {sender.domain}, but neither SPF nor DKIM can pass."
    return Finding(state="bad", record=None, sentence=sentence, reason=f"{why} Mend SPF or DKIM first.")


def _judge_mx(sender: Sender, resolver: Resolver) -> Finding:
    """Judge whether answers can arrive (RFC 5321 5.1, RFC 7505)."""
    why = "Without it answers, and reports of mail that did not arrive, cannot reach you."
    found = resolver.find(sender.domain, "MX")
    provider = sender.provider
    paste = provider.mx_records(sender.domain) if provider and sender.owns_domain else ()
    if found is None:
        return Finding(state="unclear", record=None, sentence="MX could not be looked up just now.", reason=why)
    if any(text.split()[-1:] == ["."] for text in found):
        sentence = "The domain says that it takes no mail at all (a null MX)."
        return Finding(state="bad", record=found[0], sentence=sentence, reason=why, paste=paste, replaces=found)
    if found:
        return Finding(state="ok", record=", ".join(sorted(found)), sentence="Answers can arrive.", reason=why)
    hosts = [resolver.find(sender.domain, kind) for kind in ("A", "AAAA")]
    if any(hosts):
        sentence = "There is no MX record; senders fall back on the domain's own address, which may not take mail."
        return Finding(state="weak", record=None, sentence=sentence, reason=why, paste=paste)
    if None in hosts:
        return Finding(state="unclear", record=None, sentence="MX could not be looked up just now.", reason=why)
    sentence = "There is no MX record, so no answer can arrive."
    return Finding(state="missing", record=None, sentence=sentence, reason=why, paste=paste)


def _judge_ptr(sender: Sender, resolver: Resolver) -> Finding:
    """Judge the reverse name of the SMTP server, where it may be the one that delivers (RFC 1912 2.1)."""
    why = "Google and others refuse mail from servers whose address has no name that leads back to it."
    host, provider = sender.smtp_host, sender.provider
    if provider:
        sentence = f"Mail leaves through the servers of {provider.name}, who look after their reverse names."
        return Finding(state="ok", record=None, sentence=sentence, reason=why)
    if not host or is_loopback(host):
        sentence = "Which server delivers the mail is not visible from here."
        return Finding(state="unclear", record=None, sentence=sentence, reason=why)
    addresses = (
        [host] if _is_address(host) else [*(resolver.find(host, "A") or ()), *(resolver.find(host, "AAAA") or ())]
    )
    for address in filter(_is_address, addresses[:4]):
        finding = _judge_address(address, resolver, why)
        if finding.state != "ok":
            return finding
    if not addresses:
        sentence = f"The address of {host} could not be looked up just now."
        return Finding(state="unclear", record=None, sentence=sentence, reason=why)
    sentence = (
        f"{host} has a name that leads back to it. If it hands mail on, look at the server that delivers as well."
    )
    return Finding(state="ok", record=", ".join(addresses), sentence=sentence, reason=why)


def _judge_address(address: str, resolver: Resolver, why: str) -> Finding:
    number = ip_address(address)
    names = resolver.find(number.reverse_pointer, "PTR")
    if names is None:
        sentence = f"The name of {address} could not be looked up just now."
        return Finding(state="unclear", record=None, sentence=sentence, reason=why)
    kind = "A" if number.version == 4 else "AAAA"  # noqa: PLR2004 - the version of the protocol
    back = [resolver.find(name, kind) for name in names[:4]]
    if any(address in (found or ()) for found in back):
        return Finding(state="ok", record=", ".join(names), sentence=f"{address} has a name.", reason=why)
    if None in back:
        sentence = f"The name of {address} could not be looked up just now."
        return Finding(state="unclear", record=None, sentence=sentence, reason=why)
    what = f"is called {names[0]}, which does not lead back" if names else "has no name (PTR record)"
    sentence = f"{address} {what}. If this server delivers your mail, many receivers refuse it."
    return Finding(state="missing", record=", ".join(names) or None, sentence=sentence, reason=why)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
