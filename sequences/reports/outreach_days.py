"""Pure: sums of first mails and texts as they grow from midnight to midnight; a time is what grew between two of them.

A document holds pairs of a name, which is a list of words and numbers, and the numbers counted under it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Name = tuple[Any, ...]
Pairs = list[list[Any]]


@dataclass(slots=True)
class Sums:
    """Numbers by kind and name; `add` counts one row in."""

    kinds: dict[str, dict[Name, list[int]]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, kind: str, name: Name, numbers: Sequence[int]) -> None:
        """Count numbers in under a name."""
        known = self.kinds[kind].get(name)
        if known is None:
            self.kinds[kind][name] = list(numbers)
            return
        for place, number in enumerate(numbers):
            known[place] += number

    def write(self) -> dict[str, Pairs]:
        """Return all of it as a document; of the same sums always the same one."""
        return {
            kind: [
                [list(name), list(numbers)] for name, numbers in sorted(found.items(), key=lambda pair: repr(pair[0]))
            ]
            for kind, found in sorted(self.kinds.items())
        }


@dataclass(frozen=True, slots=True)
class Counted:
    """One row: when it left, and what it counts for, as kind, name and numbers."""

    at: datetime
    parts: tuple[tuple[str, Name, tuple[int, ...]], ...]


def grow(rows: Sequence[Counted], edges: Sequence[datetime]) -> Iterator[tuple[datetime, dict[str, Pairs]]]:
    """Yield (edge, the sums of everything before it), the oldest first; an edge that adds nothing is left out."""
    sums, ordered, place = Sums(), sorted(rows, key=lambda row: row.at), 0
    for edge in sorted(edges):
        before = place
        while place < len(ordered) and ordered[place].at < edge:
            for kind, name, numbers in ordered[place].parts:
                sums.add(kind, name, numbers)
            place += 1
        if place > before:
            yield edge, sums.write()


def between(
    start: Mapping[str, Pairs] | None, end: Mapping[str, Pairs] | None, kind: str
) -> list[tuple[list[Any], list[int]]]:
    """Return what grew of a kind from one document to a later one; a name under which nothing was counted is left out.

    The first of the numbers is how many rows there are, so nothing is under a name for which it is zero.
    """
    before = {repr(name): numbers for name, numbers in (start or {}).get(kind, ())}
    found = []
    for name, numbers in (end or {}).get(kind, ()):
        known = before.get(repr(name), [0] * len(numbers))
        grown = [number - earlier for number, earlier in zip(numbers, known, strict=True)]
        if grown[0]:
            found.append((name, grown))
    return found
