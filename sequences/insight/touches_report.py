"""Pure: what came of what was sent: who answered which mail, by any grouping, on the reader's own clock.

Only answers of people count, each person once, for the last touch before the first answer. Opens are never counted.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sequences.insight.wilson import wilson

GROUPS = ("step", "variant", "mailbox", "version", "weekday")
SLOTS = ((7, 9), (9, 11), (11, 13), (13, 15), (15, 17), (17, 19))
TOO_FEW = 15
_MOST_HEAT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """One mail that left, or one task that was done, and where its reader lives."""

    contact_id: int
    step: str
    variant: str
    mailbox: str
    version: int
    at: datetime
    zone: ZoneInfo
    bounced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The first answer of one person, and what it was taken for."""

    contact_id: int
    at: datetime
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the report; `low` and `high` bound the share of those reached who answer (95 %, Wilson)."""

    key: tuple[str, ...]
    sent: int
    bounced: int
    replied: int
    interested: int
    agreed: int
    opted_out: int
    low: float
    high: float
    typical_wait: timedelta | None

    @property
    def reached(self) -> int:
        """How many it reached."""
        return self.sent - self.bounced

    @property
    def rate(self) -> float:
        """The share of those reached who answered."""
        return self.replied / self.reached if self.reached else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One part of the week: `level` is a shade from 0 to 12, None for too few mails to colour."""

    sent: int
    replied: int
    level: int | None

    @property
    def rate(self) -> float:
        """The share that was answered."""
        return self.replied / self.sent if self.sent else 0.0


def credit(touches: Iterable[Touch], answers: Iterable[Answer]) -> dict[int, tuple[Touch, Answer]]:
    """Return, by person, the touch that the first answer came after, and the answer."""
    by_person: dict[int, list[Touch]] = defaultdict(list)
    for touch in touches:
        by_person[touch.contact_id].append(touch)
    found: dict[int, tuple[Touch, Answer]] = {}
    for answer in sorted(answers, key=lambda one: one.at):
        before = [touch for touch in by_person.get(answer.contact_id, ()) if touch.at <= answer.at]
        if before and answer.contact_id not in found:
            found[answer.contact_id] = (max(before, key=lambda one: one.at), answer)
    return found


def group(
    touches: Sequence[Touch],
    credited: Mapping[int, tuple[Touch, Answer]],
    by: str,
    *,
    order: Sequence[str] = (),
    agreed: frozenset[int] = frozenset(),
    opted_out: frozenset[int] = frozenset(),
) -> list[Row]:
    """Return the lines of a report; `order` are the steps as they come, `agreed` and `opted_out` people."""
    lines: dict[tuple[str, ...], list[Touch]] = defaultdict(list)
    for touch in touches:
        lines[key_of(touch, by)].append(touch)
    answers: dict[tuple[str, ...], list[tuple[Touch, Answer]]] = defaultdict(list)
    for pair in credited.values():
        answers[key_of(pair[0], by)].append(pair)
    # Who left did so after the last touch they got.
    last = {touch.contact_id: touch for touch in sorted(touches, key=lambda one: one.at)}
    gone: dict[tuple[str, ...], int] = defaultdict(int)
    for person in opted_out:
        if person in last:
            gone[key_of(last[person], by)] += 1
    rows = [_row(key, some, answers[key], agreed, gone[key]) for key, some in lines.items()]
    return sort_rows(rows, order)


def sort_rows(rows: Iterable[Row], order: Sequence[str]) -> list[Row]:
    """Return lines as the steps come."""
    return sorted(rows, key=lambda row: (_place(row.key[0], order), row.key))


def heat(touches: Iterable[Touch], credited: Mapping[int, tuple[Touch, Answer]]) -> list[list[Cell]]:
    """Return how often mails were answered by when they were sent, on the reader's clock: seven days of six slots."""
    sent: dict[tuple[int, int], int] = defaultdict(int)
    came: dict[tuple[int, int], int] = defaultdict(int)
    for touch in touches:
        sent[slot_of(touch)] += 1
    for touch, _answer in credited.values():
        came[slot_of(touch)] += 1
    return [[make_cell(sent[day, slot], came[day, slot]) for slot in range(len(SLOTS))] for day in range(7)]


def overlap(one: Row, other: Row) -> bool:
    """Return whether the ranges of two lines share a value, so that neither can be called better."""
    return one.low <= other.high and other.low <= one.high


_KEYS: dict[str, Callable[[Touch], tuple[str, ...]]] = {
    "step": lambda touch: (touch.step,),
    "variant": lambda touch: (touch.step, touch.variant),
    "mailbox": lambda touch: (touch.mailbox,),
    "version": lambda touch: (f"{touch.version:04d}",),
    "weekday": lambda touch: (str(touch.at.astimezone(touch.zone).weekday()),),
}


def key_of(touch: Touch, by: str) -> tuple[str, ...]:
    """Return the line of a report that a touch counts in."""
    return _KEYS[by](touch)


def _row(
    key: tuple[str, ...],
    touches: Sequence[Touch],
    pairs: Sequence[tuple[Touch, Answer]],
    agreed: frozenset[int],
    out: int,
) -> Row:
    waits = [(answer.at - touch.at).total_seconds() for touch, answer in pairs]
    return make_row(
        key, sent=len(touches), bounced=sum(touch.bounced for touch in touches), replied=len(pairs),
        interested=sum(answer.kind == "interested" for _, answer in pairs),
        agreed=sum(answer.contact_id in agreed for _, answer in pairs), opted_out=out,
        wait=median(waits) if waits else None,
    )  # fmt: skip


def make_row(
    key: tuple[str, ...], *, sent: int, bounced: int, replied: int, interested: int, agreed: int, opted_out: int,
    wait: float | None,
) -> Row:  # fmt: skip
    """Return a line with its range; `wait` is in seconds."""
    reached = sent - bounced
    low, high = wilson(min(replied, reached), reached)
    return Row(
        key=key, sent=sent, bounced=bounced, replied=replied, interested=interested, agreed=agreed,
        opted_out=opted_out, low=low, high=high, typical_wait=None if wait is None else timedelta(seconds=wait),
    )  # fmt: skip


def slot_of(touch: Touch) -> tuple[int, int]:
    """Return weekday and slot on the reader's clock; -1 and -1 for hours that are not shown."""
    local = touch.at.astimezone(touch.zone)
    slot = next((n for n, (begin, end) in enumerate(SLOTS) if begin <= local.hour < end), None)
    return (local.weekday(), slot) if slot is not None else (-1, -1)


def make_cell(sent: int, replied: int) -> Cell:
    """Return a part of the week with its shade."""
    level = min(_MOST_HEAT, round(50 * replied / sent)) if sent >= TOO_FEW else None
    return Cell(sent=sent, replied=replied, level=level)


def _place(step: str, order: Sequence[str]) -> int:
    return order.index(step) if step in order else len(order)
