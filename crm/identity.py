"""Pure: by what a person may be known twice: normalised addresses, accounts, pages and names, and when they count."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from crm.csv_files.handles import parse_handle
from crm.csv_files.platforms import WEBSITE
from crm.folding import fold
from mailer.addresses import domain_of, is_free_mail, is_role_address

Kind = Literal["mail", "handle", "url", "name"]
Key = tuple[str, str]
Evidence = list[Any]

# How much each kind says; a name counts only together with a second sign.
WEIGHTS = {"mail": 100, "handle": 90, "file": 80, "url": 60, "name": 30}
_SIGN_WEIGHT = 5
_DOTLESS = frozenset({"gmail.com", "googlemail.com"})
_WORD = re.compile(r"\w+")
_LONGEST = 320
_SHORTEST_NAME = 6


@dataclass(slots=True, kw_only=True)
class Known:
    """What is known of one person, as far as it can tell who they are; each account is (platform, name, url, topic)."""

    id: int
    name: str = ""
    country: str | None = None
    city: str = ""
    topic: str = ""
    emails: list[str] = field(default_factory=list)
    handles: list[tuple[str, str, str, str]] = field(default_factory=list)


def canonical_email(email: str) -> str:
    """Return the mailbox that an address leads to, as far as its domain's rules are known.

    What follows a plus is a label; Gmail ignores dots. Behind a shared address (talent+imani@) labels are people.
    """
    local, _, domain = email.lower().rpartition("@")
    if not is_role_address(email):
        local = local.partition("+")[0] or local
    if domain in _DOTLESS:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def list_keys(known: Known) -> dict[Key, str]:
    """Return a person's keys, each with what it was made from."""
    found: dict[Key, str] = {}
    for email in known.emails:
        found.setdefault(("mail", canonical_email(email)), email)
    for platform, username, url, _topic in known.handles:
        for text, of in ((username, platform), (url, None)):
            key = account_key(text, of)
            if key:
                found.setdefault(key, f"{platform}/{username}" if key[0] == "handle" else url or username)
    name = name_key(known.name)
    if name:
        found["name", name] = known.name
    return {key: text for key, text in found.items() if len(key[1]) <= _LONGEST}


def account_key(text: str, platform: str | None) -> Key | None:
    """Return the key of an account or a page; None for what is neither."""
    if not text:
        return None
    if platform == WEBSITE:
        text, platform = text if "://" in text else f"https://{text}", None
    account = parse_handle(text, platform)
    if account is None:
        return ("handle", f"{platform}:{text.removeprefix('@').casefold()}") if platform else None
    if account.platform == WEBSITE:
        return "url", account.username.rstrip("/").casefold()
    return "handle", f"{account.platform}:{account.username}"


def name_key(name: str) -> str:
    """Return a name's words in one order; empty for what is too short to tell anybody by."""
    words = sorted(_WORD.findall(fold(name)))
    key = " ".join(words)
    return key if len(words) > 1 and len(key) >= _SHORTEST_NAME else ""


def second_signs(one: Known, other: Known) -> list[Evidence]:
    """Return what else speaks for two people of one name being one: without any of it the name says nothing."""
    found: list[Evidence] = []
    domains = _domains(one) & _domains(other)
    if domains:
        found.append(["domain", min(domains), min(domains)])
    sites = _sites(one) & _sites(other)
    if sites:
        found.append(["site", min(sites), min(sites)])
    if one.country and one.country == other.country:
        topics = _topics(one) & _topics(other)
        if topics:
            platform, topic = min(topics)
            found.append(["topic", f"{platform}: {topic}", f"{platform}: {topic}"])
        if one.city and fold(one.city) == fold(other.city):
            found.append(["city", one.city, other.city])
    return found


def weigh(evidence: Iterable[Evidence]) -> int:
    """Return how strongly evidence speaks for one person."""
    return sum(WEIGHTS.get(line[0], _SIGN_WEIGHT) for line in evidence)


def _domains(known: Known) -> set[str]:
    return {domain for email in known.emails if (domain := domain_of(email)) and not is_free_mail(domain)}


def _sites(known: Known) -> set[str]:
    keys = (account_key(url or name, WEBSITE) for platform, name, url, _ in known.handles if platform == WEBSITE)
    return {key[1].partition("/")[0] for key in keys if key and key[0] == "url"}


def _topics(known: Known) -> set[tuple[str, str]]:
    pairs = ((platform, fold(topic or known.topic)) for platform, _, _, topic in known.handles)
    return {(platform, topic) for platform, topic in pairs if topic}
