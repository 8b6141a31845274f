"""Pure: the report of a sequence for every day it may begin at, in one pass from the newest mail to the oldest.

Said of one day it is what `touches_report` says. Going back in time, a touch before all others of a person changes
only what that person counts for, so each is looked at once, and not once for every day.
"""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from statistics import median
from typing import Any

from sequences.insight.touches_report import (
    GROUPS,
    SLOTS,
    Answer,
    Cell,
    Row,
    Touch,
    key_of,
    make_cell,
    make_row,
    slot_of,
    sort_rows,
)

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """When somebody was put in, and whether that run ended because they opted out."""

    contact_id: int
    at: datetime
    opted_out: bool


@dataclass(slots=True)
class _Line:
    sent: int = 0
    bounced: int = 0
    replied: int = 0
    interested: int = 0
    agreed: int = 0
    opted_out: int = 0
    waits: list[float] = field(default_factory=list)

    def write(self) -> list[float | None]:
        """Return the figures in their order, the typical wait last."""
        wait = median(self.waits) if self.waits else None
        return [self.sent, self.bounced, self.replied, self.interested, self.agreed, self.opted_out, wait]


@dataclass(slots=True)
class _Person:
    """The newest touch and the credited one, the number of the answer that is credited to it, the keys of both."""

    last: dict[str, Key]
    answer: int
    touch: Touch | None = None
    lost: bool = False


class Sweep:
    """What came of the touches taken so far; they are taken from the newest to the oldest."""

    def __init__(self, answers: Iterable[Answer], agreed: frozenset[int]) -> None:
        self._answers: dict[int, list[Answer]] = defaultdict(list)
        for answer in sorted(answers, key=lambda one: one.at):
            self._answers[answer.contact_id].append(answer)
        self._agreed = agreed
        self._people: dict[int, _Person] = {}
        self._inside: set[int] = set()
        self._left: set[int] = set()
        self._lines: dict[str, dict[Key, _Line]] = {by: defaultdict(_Line) for by in GROUPS}
        self._sent: Counter[tuple[int, int]] = Counter()
        self._came: Counter[tuple[int, int]] = Counter()
        self._kinds: Counter[str] = Counter()
        self._sums = {"delivered": 0, "bounced": 0, "replied": 0, "agreed": 0, "opted_out": 0}
        self._first: datetime | None = None

    def take_run(self, run: Run) -> None:
        """Take a run that began before all taken so far."""
        self._inside.add(run.contact_id)
        if run.opted_out and run.contact_id not in self._left:
            self._left.add(run.contact_id)
            if run.contact_id in self._people:
                self._count_out(self._people[run.contact_id])

    def take_touch(self, touch: Touch) -> None:
        """Take a touch that was before all taken so far."""
        keys = {by: key_of(touch, by) for by in GROUPS}
        self._first = touch.at
        person = self._people.get(touch.contact_id)
        if person is None:
            person = _Person(keys, len(self._answers.get(touch.contact_id, ())))
            self._people[touch.contact_id] = person
            self._sums["delivered"] += 1
            if touch.contact_id in self._left:
                self._count_out(person)
        for by, key in keys.items():
            line = self._lines[by][key]
            line.sent += 1
            line.bounced += touch.bounced
        if touch.mailbox:
            self._sent[slot_of(touch)] += 1
        if touch.bounced and not person.lost:
            person.lost = True
            self._sums["delivered"] -= 1
            self._sums["bounced"] += 1
        self._credit(person, touch)

    def write(self) -> dict[str, Any]:
        """Return what came of all taken so far, as a document."""
        return {
            **self._sums,
            "first_at": self._first.isoformat() if self._first else None,
            "enrolled": len(self._inside),
            "kinds": {kind: count for kind, count in sorted(self._kinds.items()) if count},
            "heat": [
                [[self._sent[day, slot], self._came[day, slot]] for slot in range(len(SLOTS))] for day in range(7)
            ],
            "rows": {
                by: [[list(key), line.write()] for key, line in sorted(lines.items())]
                for by, lines in self._lines.items()
            },
        }  # fmt: skip

    def _credit(self, person: _Person, touch: Touch) -> None:
        """Let the first answer after a touch be credited to it, unless it is credited to a later one already."""
        answers = self._answers.get(touch.contact_id, ())
        first = bisect_left(answers, touch.at, key=attrgetter("at"))
        if first >= person.answer:
            return
        if person.touch is not None:
            self._count(person.touch, answers[person.answer], -1)
        person.touch, person.answer = touch, first
        self._count(touch, answers[first], 1)

    def _count(self, touch: Touch, answer: Answer, by: int) -> None:
        is_agreed, wait = touch.contact_id in self._agreed, (answer.at - touch.at).total_seconds()
        self._sums["replied"] += by
        self._sums["agreed"] += by * is_agreed
        self._kinds[answer.kind or "other"] += by
        self._came[slot_of(touch)] += by
        for name in GROUPS:
            line = self._lines[name][key_of(touch, name)]
            line.replied += by
            line.interested += by * (answer.kind == "interested")
            line.agreed += by * is_agreed
            if by > 0:
                insort(line.waits, wait)
            else:
                del line.waits[bisect_left(line.waits, wait)]

    def _count_out(self, person: _Person) -> None:
        self._sums["opted_out"] += 1
        for by, key in person.last.items():
            self._lines[by][key].opted_out += 1


def sweep_days(
    touches: Collection[Touch], runs: Collection[Run], sweep: Sweep, edges: Sequence[datetime]
) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """Yield (edge, what came of everything from it on), the newest first; edges that change nothing are left out."""
    every: list[Touch | Run] = [*touches, *runs]
    left = sorted(every, key=lambda one: one.at)
    is_first = True
    for edge in sorted(edges, reverse=True):
        taken = 0
        while left and left[-1].at >= edge:
            one = left.pop()
            taken += 1
            if isinstance(one, Touch):
                sweep.take_touch(one)
            else:
                sweep.take_run(one)
        if taken or is_first:
            yield edge, sweep.write()
        is_first = False


def read_rows(document: Mapping[str, Any], by: str, order: Sequence[str]) -> list[Row]:
    """Return the lines of one grouping from what was written."""
    names = ("sent", "bounced", "replied", "interested", "agreed", "opted_out", "wait")
    rows = [make_row(tuple(key), **dict(zip(names, numbers, strict=True))) for key, numbers in document["rows"][by]]
    return sort_rows(rows, order)


def read_heat(document: Mapping[str, Any]) -> tuple[tuple[Cell, ...], ...]:
    """Return the parts of the week from what was written."""
    return tuple(tuple(make_cell(sent, replied) for sent, replied in day) for day in document["heat"])
