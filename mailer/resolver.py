"""Wire: asking DNS. A question that could not be asked is None, never an empty answer."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import dns.exception
import dns.resolver
from dns.rdata import Rdata

_LIFETIME_S = 4.0
_MOST_ANSWERS = 50
BUDGET_S = 20.0
# Set apart for examples and tests (RFC 2606, RFC 6761): nobody outside has to hear of them.
_RESERVED = frozenset({"example", "test", "invalid", "localhost"})

Answer = tuple[str, ...] | None


class Resolver(Protocol):
    """Finds the records of a name."""

    def find(self, name: str, kind: str) -> Answer:
        """Return the records of `kind` (TXT, MX, A, AAAA, PTR) as text.

        A TXT record is one text, an MX record "10 host" ("0 ." says: no mail). Empty when there are none, None when
        nobody could say.
        """
        ...


class SilentResolver:
    """Asks nobody: for rehearsals and for machines that are to stay quiet."""

    def find(self, name: str, kind: str) -> Answer:
        """Say that nobody could say."""
        del name, kind
        return None


class DnsResolver:
    """Asks the machine's resolver: each question at most 4 s long, all together at most 20 s from the first.

    `now` reads the time; names that are set apart for examples are not asked for.
    """

    def __init__(self, now: Callable[[], datetime], *, budget_s: float = BUDGET_S) -> None:
        self._now = now
        self._budget_s = budget_s
        self._until: datetime | None = None
        self._known: dict[tuple[str, str], Answer] = {}
        try:
            self._resolver: dns.resolver.Resolver | None = dns.resolver.Resolver()
        except dns.exception.DNSException:  # a machine without any resolver
            self._resolver = None

    def find(self, name: str, kind: str) -> Answer:
        """Return the records of a name; the same question is asked once."""
        key = (name.rstrip(".").lower(), kind)
        if key not in self._known:
            self._known[key] = self._ask(*key)
        return self._known[key]

    def _ask(self, name: str, kind: str) -> Answer:
        now = self._now()
        self._until = self._until or now + timedelta(seconds=self._budget_s)
        left_s = min(_LIFETIME_S, (self._until - now).total_seconds())
        if self._resolver is None or left_s <= 0 or name.rpartition(".")[2] in _RESERVED:
            return None
        try:
            answer = self._resolver.resolve(name + ".", kind, lifetime=left_s)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError, ValueError):
            return None
        return tuple(_text(record) for record in list(answer)[:_MOST_ANSWERS])


def _text(record: Rdata) -> str:
    strings = getattr(record, "strings", None)
    if strings is not None:
        return b"".join(strings).decode("utf-8", "replace")
    text = record.to_text()
    return text if text.endswith(" .") else text.rstrip(".")
