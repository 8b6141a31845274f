"""Pure: what a dialect reads and what it returns, and the two ways most of them list failed addresses."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from mailer.parse.headers import find_addresses, tidy_address

MAX_WORDS = 600  # characters of explanation kept for one address
MAX_NAMED = 200  # addresses of one report
_MAX_LINE = 600
_ENTRY = re.compile(r"^[ \t>]{0,2}[<\"]{1,2}([^<>\s\"@]{1,100}@[^<>\s\"]{1,200})[>\"]{1,2}[^:\n]{0,120}:[ \t]?(.*)$")
_RULE = re.compile(r"^[ \t]{0,8}[-=_*]{3,}")

_EXPANDED = re.compile(r"\(expanded from:? ?<?([^<>()\s]{3,320})>?\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A report that is only words. `head` is the text before the returned message, `ours` are no candidates."""

    text: str
    head: str
    subject: str
    from_text: str
    ours: frozenset[str]
    originals: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One address that failed, with the words that say why."""

    email: str
    words: str


class Dialect(Protocol):
    """How one product words its reports. An empty result means "not mine": the next dialect is asked."""

    def __call__(self, prose: Prose, /) -> tuple[Named, ...]:
        """Return the failed addresses, each with its words."""
        ...


def named(email: str | None, words: str, prose: Prose) -> Iterator[Named]:
    """Yield the address with its words on one line, unless it is none or one of ours; and the one it stands for.

    "<final> (expanded from: <mailed>)": the final one failed, and the other is the one that was written to.
    """
    said = re.sub(r"\s+", " ", words).strip()[:MAX_WORDS]
    stands_for = _EXPANDED.search(said)
    for one in (email, stands_for[1] if stands_for else None):
        normal = tidy_address(one) if one else None
        if normal and "@" in normal and normal not in prose.ours:
            yield Named(email=normal, words=said)


def once(found: Iterable[Named]) -> tuple[Named, ...]:
    """Return each address once, in order, with its first words."""
    kept: dict[str, Named] = {}
    for one in found:
        kept.setdefault(one.email, one)
        if len(kept) == MAX_NAMED:
            break
    return tuple(kept.values())


def angle_entries(prose: Prose) -> tuple[Named, ...]:
    r"""Return entries such as `<mara@blog.example>:\nNo mailbox here` with the lines up to the next entry or rule."""
    entries: list[tuple[str, list[str]]] = []
    for line in prose.head.split("\n"):
        found = _ENTRY.match(line[:_MAX_LINE])
        if found:
            entries.append((found[1], [found[2]]))
        elif entries and _RULE.match(line):
            break
        elif entries:
            entries[-1][1].append(line[:_MAX_LINE])
    return once(one for email, lines in entries for one in named(email, "\n".join(lines[:40]), prose))


def section(text: str, begin: re.Pattern[str], end: re.Pattern[str]) -> str:
    """Return what stands between two marks; empty without the first, the rest without the second."""
    start = begin.search(text)
    if not start:
        return ""
    stop = end.search(text, start.end())
    return text[start.end() : stop.start() if stop else len(text)]


def listed(block: str, prose: Prose) -> tuple[Named, ...]:
    """Return the addresses that open a line of a list, each with the lines up to the next one."""
    entries: list[tuple[str, list[str]]] = []
    for line in block.split("\n"):
        bare = line[:_MAX_LINE].strip(" \t*-•<>\"'()[]:;,")
        first = bare.split(" ", 1)[0] if bare else ""
        emails = find_addresses(first) if "@" in first else []
        if emails and not (entries and line[:8].strip().startswith(">>>")):
            entries.append((emails[0], [line]))
        elif entries:
            entries[-1][1].append(line[:_MAX_LINE])
    return once(one for email, lines in entries for one in named(email, "\n".join(lines[:40]), prose))
