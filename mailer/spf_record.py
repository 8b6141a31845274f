"""Pure: one SPF record as terms, what is wrong with its writing, and the record written anew (RFC 7208)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_network

_MOST_TEXT = 8_192
_VERSION = re.compile(r"v=spf1(?: |$)", re.IGNORECASE)
_TERM = re.compile(r"([+?~-]?)([A-Za-z][A-Za-z0-9._-]{0,40})(?:([:/=])(.*))?", re.DOTALL)
_CIDR = re.compile(r"(?P<name>.*?)(?:/(?P<four>\d{1,2}))?(?://(?P<six>\d{1,3}))?", re.DOTALL)
_NAME = re.compile(r"[A-Za-z0-9_%{}.+=,/-]{1,253}")
_BARE = frozenset({"all", "a", "mx", "ptr"})
_NAMED = frozenset({"include", "exists"})
LOOKUPS = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
_V4, _V6 = 32, 128


@dataclass(frozen=True, slots=True)
class Term:
    """One mechanism or modifier, in lower case but for its value. `value` is a domain, a network, or empty."""

    text: str
    qualifier: str
    name: str
    value: str
    four: int | None = None
    six: int | None = None


@dataclass(frozen=True, slots=True)
class SpfRecord:
    """A record as it was read. `faults` are terms that make receivers ignore all of it (a permanent error)."""

    text: str
    terms: tuple[Term, ...]
    faults: tuple[str, ...]

    @property
    def all_qualifier(self) -> str | None:
        """What the record says of everybody else: + ? ~ or -; None when it has no `all`."""
        return next((term.qualifier for term in self.terms if term.name == "all"), None)

    def of(self, name: str) -> tuple[Term, ...]:
        """Return the terms of one kind."""
        return tuple(term for term in self.terms if term.name == name)


def find_spf(texts: Iterable[str]) -> tuple[str, ...]:
    """Return those TXT records that are SPF (section 4.5)."""
    return tuple(text for text in texts if _VERSION.match(text))


def parse_spf(text: str) -> SpfRecord:
    """Read one record; a term that cannot be read is a fault and left out of the terms."""
    terms: list[Term] = []
    faults: list[str] = []
    for word in text[:_MOST_TEXT].split()[1:]:
        term = _read(word)
        is_double = term is not None and term.name in {"redirect", "exp"} and any(t.name == term.name for t in terms)
        if term is None or is_double:
            faults.append(word[:80])
        elif term.name:
            terms.append(term)
    return SpfRecord(text=text, terms=tuple(terms), faults=tuple(faults))


def write_spf(terms: Sequence[str], *, end: str) -> str:
    """Write a record from terms, each once, with `end` (an `all` or a redirect) at its end."""
    return " ".join(["v=spf1", *dict.fromkeys(terms), *([end] if end else [])])


def _read(word: str) -> Term | None:
    found = _TERM.fullmatch(word)
    if found is None:
        return None
    qualifier, name, mark, value = found[1] or "+", found[2].lower(), found[3] or "", found[4] or ""
    if mark == "=":
        return _read_modifier(word, found[1], name, value)
    if name in {"ip4", "ip6"}:
        return Term(word, qualifier, name, value) if mark == ":" and _is_network(value, name) else None
    if name not in _BARE | _NAMED:
        return None
    if mark == "/":
        name_part, lengths = "", f"/{value}"
    else:
        cut = _CIDR.fullmatch(value)
        name_part, lengths = (cut["name"], value[len(cut["name"]) :]) if cut else (value, "")
    return _read_named(word, qualifier, name, mark, (name_part, lengths))


def _read_named(word: str, qualifier: str, name: str, mark: str, parts: tuple[str, str]) -> Term | None:
    domain, lengths = parts
    cut = _CIDR.fullmatch(lengths)
    four, six = (int(cut[size]) if cut and cut[size] else None for size in ("four", "six"))
    has_domain = mark == ":"
    is_sound = (
        cut is not None
        and not cut["name"]
        and (four or 0) <= _V4
        and (six or 0) <= _V6
        and (not lengths or name in {"a", "mx"})
        and (name != "all" or not mark)
        and (name not in _NAMED or has_domain)
        and (not has_domain or _is_name(domain))
    )
    return Term(word, qualifier, name, domain.lower().rstrip("."), four, six) if is_sound else None


def _read_modifier(word: str, sign: str, name: str, value: str) -> Term | None:
    """Return a modifier; one that is unknown is ignored by receivers and by us (section 6)."""
    if sign:
        return None
    if name not in {"redirect", "exp"}:
        return Term(word, "", "", value) if name not in _BARE | _NAMED | {"ip4", "ip6"} else None
    return Term(word, "", name, value.lower().rstrip(".")) if _is_name(value) else None


def _is_name(domain: str) -> bool:
    return _NAME.fullmatch(domain) is not None and ("%" in domain or ("/" not in domain and "." in domain))


def _is_network(value: str, kind: str) -> bool:
    try:
        return ip_network(value, strict=False).version == (4 if kind == "ip4" else 6)
    except ValueError:
        return False
