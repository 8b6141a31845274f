"""Pure: a segment as a text in an address: conditions joined by and, or, not and brackets, read into a tree and back.

`stage:Talking and (tag:pans or not country:DE,AT)`. A value is what the same filter has in the address by itself;
quotes hold spaces and brackets together. What stands beside each other is joined by and.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from kit.errors import InvalidError, say

LONGEST, MOST_TERMS, DEEPEST = 2_000, 40, 6


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: a filter's name, and what it asks for."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Every:
    """All of these hold; figures of accounts that stand side by side hold for one and the same account."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of these holds."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """This does not hold."""

    part: "Node"


Node: TypeAlias = Term | Every | Either | Not

_TOKEN = re.compile(r"""\s*(?:(?P<bracket>[()])|(?P<word>(?:"(?:[^"]|"")*"|[^\s()"])+))""")
_NAME = re.compile(r"[a-z][a-z0-9_.]*", re.ASCII)
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_NEEDS_QUOTES = re.compile(r'[\s()"]')


def parse_segment(text: str) -> Node | None:
    """Return the tree a text means; None for nothing at all.

    Raises InvalidError with what is wrong and how it is written, also for a text that is too long or too deep.
    """
    if len(text) > LONGEST:
        raise InvalidError(say("This segment is longer than %(most)s characters. Save it as two views.", most=LONGEST))
    reader = _Reader(list(_tokens(text)))
    return reader.read() if text.strip() else None


def write_segment(node: Node | None) -> str:
    """Return the text that `parse_segment` reads as this tree."""
    return "" if node is None else _write(node)


def join_segments(*nodes: Node | None) -> Node | None:
    """Return that all of these hold, those that ask for nothing left out."""
    found = [node for node in nodes if node is not None]
    if len(found) < 2:  # noqa: PLR2004 - one alone is joined with nothing
        return found[0] if found else None
    return Every(tuple(found))


def list_terms(node: Node | None) -> Iterator[Term]:
    """Yield every condition, in reading order."""
    if isinstance(node, Term):
        yield node
    elif isinstance(node, Not):
        yield from list_terms(node.part)
    elif node is not None:
        for part in node.parts:
            yield from list_terms(part)


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None:
            raise InvalidError(say("A quotation mark in this segment is never closed: %(text)s", text=text[at:][:60]))
        yield found["bracket"] or found["word"]
        at = found.end()


class _Reader:
    """Reads tokens by descent: or binds loosest, not tightest."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._terms = 0

    def read(self) -> Node:
        """Return the whole tree."""
        node = self._either(0)
        if self._peek():
            raise InvalidError(say("There is a closing bracket too many in this segment."))
        return node

    def _either(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise InvalidError(say("This segment has brackets in brackets more than %(most)s deep.", most=DEEPEST))
        parts = [self._every(depth)]
        while self._peek() == "or":
            self._at += 1
            parts.append(self._every(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _every(self, depth: int) -> Node:
        parts = [self._one(depth)]
        while self._peek() not in ("", ")", "or"):
            if self._peek() == "and":
                self._at += 1
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _one(self, depth: int) -> Node:
        found = self._take()
        if found == "not":
            if depth > DEEPEST:
                raise InvalidError(say("This segment says not too often in a row."))
            return Not(self._one(depth + 1))
        if found == "(":
            node = self._either(depth + 1)
            if self._peek() != ")":
                raise InvalidError(say("A bracket in this segment is never closed."))
            self._at += 1
            return node
        return self._term(found)

    def _term(self, written: str) -> Term:
        name, colon, raw = written.partition(":")
        value = _QUOTED.sub(lambda found: found[1].replace('""', '"'), raw).strip()
        if not (colon and value and _NAME.fullmatch(name)):
            shown = written[:60] or say("the end")
            raise InvalidError(
                say("A segment has conditions such as tag:pans or size:20k..500k, and there stands %(shown)s.",
                    shown=shown,)
            )  # fmt: skip
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise InvalidError(say("This segment has more than %(most)s conditions.", most=MOST_TERMS))
        return Term(name, value)

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        found = self._peek()
        self._at += 1
        return found


def _write(node: Node) -> str:
    if isinstance(node, Term):
        quoted = '"' + node.value.replace('"', '""') + '"' if _NEEDS_QUOTES.search(node.value) else node.value
        return f"{node.name}:{quoted}"
    if isinstance(node, Not):
        return f"not {_bracketed(node.part)}"
    if isinstance(node, Every):
        return " and ".join(map(_bracketed, node.parts))
    return " or ".join(_write(part) if isinstance(part, Every) else _bracketed(part) for part in node.parts)


def _bracketed(node: Node) -> str:
    return _write(node) if isinstance(node, Term | Not) else f"({_write(node)})"
