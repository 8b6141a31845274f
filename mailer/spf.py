"""Wire: an SPF record followed through its includes as receivers do: lookups, dead ends, whom it lets send (RFC 7208).

Macros cannot be filled in without a mail; what hangs on them is counted and not followed.
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from mailer.resolver import Resolver
from mailer.spf_record import LOOKUPS, SpfRecord, Term, find_spf, parse_spf

MOST_LOOKUPS = 10  # section 4.6.4
MOST_VOID = 2
_MOST_HOSTS = 10  # of one `mx`
_MOST_STEPS = 30  # past the tenth lookup receivers have given up; so do we, a little later

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


@dataclass(slots=True, kw_only=True)
class SpfTree:
    """What following a record showed.

    `names` are all domains whose records are taken in, `costs` the lookups below each term of the record itself.
    `faults` are sentences about what makes receivers ignore the record; `unasked` are names nobody could look up.
    `open_at` is a domain whose record lets everybody send.
    """

    domain: str
    record: SpfRecord
    names: set[str] = field(default_factory=set)
    networks: set[Network] = field(default_factory=set)
    lookups: int = 0
    void: int = 0
    costs: dict[str, int] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    has_macros: bool = False
    ends_at: str | None = None
    open_at: str = ""

    def lets_send(self, address: str) -> bool:
        """Tell whether an address is let send by name or number; macros are not followed."""
        try:
            wanted = ip_address(address)
        except ValueError:
            return False
        return any(wanted in network for network in self.networks)


def follow_spf(domain: str, text: str, resolver: Resolver) -> SpfTree:
    """Follow one record from its domain through all it takes in."""
    record = parse_spf(text)
    tree = SpfTree(domain=domain, record=record, names={domain}, ends_at=record.all_qualifier)
    _walk(tree, domain, record, resolver, frozenset({domain}))
    return tree


def _walk(tree: SpfTree, domain: str, record: SpfRecord, resolver: Resolver, above: frozenset[str]) -> None:
    tree.faults += [f"“{word}” in the record of {domain} cannot be read." for word in record.faults]
    is_top = len(above) == 1
    for term in record.terms:
        if term.name == "all":
            tree.open_at = tree.open_at or (domain if term.qualifier == "+" else "")
            break  # what follows is never looked at (section 5.1)
        before = tree.lookups
        _take(tree, domain, term, resolver, above)
        if is_top and tree.lookups > before:
            tree.costs[term.text] = tree.lookups - before
    redirect = next(iter(record.of("redirect")), None)
    if redirect and record.all_qualifier is None:
        before = tree.lookups
        found = _enter(tree, redirect, resolver, above)
        if is_top:
            tree.costs[redirect.text] = tree.lookups - before
            tree.ends_at = found.all_qualifier if found else tree.ends_at


def _take(tree: SpfTree, domain: str, term: Term, resolver: Resolver, above: frozenset[str]) -> None:
    if term.name in {"ip4", "ip6"}:
        _allow(tree, term, [term.value])
        return
    if term.name not in LOOKUPS - {"redirect"}:
        return
    if term.name == "include":
        _enter(tree, term, resolver, above)
        return
    tree.lookups += 1
    target = term.value or domain
    if tree.lookups > _MOST_STEPS or term.name in {"ptr", "exists"} or "%" in target:
        tree.has_macros |= "%" in target or term.name == "exists"
        return
    hosts = [target] if term.name == "a" else _hosts_of_mx(tree, target, resolver)
    for host in hosts:
        _allow(tree, term, _addresses(tree, host, resolver, is_void=term.name == "a"))


def _enter(tree: SpfTree, term: Term, resolver: Resolver, above: frozenset[str]) -> SpfRecord | None:
    """Take in the record of another domain; one that is not there spoils the whole (section 5.2)."""
    name = term.value
    tree.lookups += 1
    if "%" in name:
        tree.has_macros = True
        return None
    if name in above:
        tree.faults.append(f"The record comes back to {name}, in a circle.")
        tree.dead.append(term.text)
        return None
    if term.qualifier in {"+", ""}:
        tree.names.add(name)
    if tree.lookups > _MOST_STEPS:
        return None
    texts = resolver.find(name, "TXT")
    if texts is None:
        tree.unasked.append(name)
        return None
    found = find_spf(texts)
    if len(found) != 1:
        tree.void += not texts
        tree.dead.append(term.text)
        words = "has no SPF record" if not found else "has several SPF records"
        tree.faults.append(f"“{term.text}” leads nowhere: {name} {words}.")
        return None
    record = parse_spf(found[0])
    _walk(tree, name, record, resolver, above | {name})
    return record


def _hosts_of_mx(tree: SpfTree, domain: str, resolver: Resolver) -> list[str]:
    found = resolver.find(domain, "MX")
    if found is None:
        tree.unasked.append(domain)
        return []
    tree.void += not found
    if len(found) > _MOST_HOSTS:
        tree.faults.append(f"{domain} has more than ten MX records, which “mx” cannot use.")
    return [host for text in found[:_MOST_HOSTS] if (host := text.rpartition(" ")[2].rstrip("."))]


def _addresses(tree: SpfTree, host: str, resolver: Resolver, *, is_void: bool) -> list[str]:
    four, six = resolver.find(host, "A"), resolver.find(host, "AAAA")
    if four is None and six is None:
        tree.unasked.append(host)
    elif is_void and not four and not six and four is not None:
        tree.void += 1
    return [*(four or ()), *(six or ())]


def _allow(tree: SpfTree, term: Term, addresses: list[str]) -> None:
    """Note networks that may send."""
    if term.qualifier != "+":
        return
    for text in addresses:
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            continue
        length = term.four if network.version == 4 else term.six  # noqa: PLR2004 - the version of the protocol
        if length is not None and "/" not in text:
            network = ip_network(f"{text}/{length}", strict=False)
        tree.networks.add(network)
