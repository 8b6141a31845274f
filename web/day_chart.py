"""Pure: the day as a chart: their mail above the line, ours below, what is planned outlined."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

_HIGH = 7  # blocks that fit
_WORKDAY = (8, 18)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Blocks of one stretch of the day."""

    came: int
    sent: int
    planned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChart:
    """Slots in order; `now` and `hours` are places from 0 to 100 across; one block stands for `per` messages."""

    slots: tuple[Slot, ...]
    hours: tuple[tuple[float, str], ...]
    now: float
    per: int
    came: int
    sent: int
    planned: int


def draw_day(
    mails: Sequence[tuple[str, datetime]], planned: Iterable[datetime], *, now: datetime, zone: ZoneInfo
) -> DayChart:
    """Count a day's mail, given as (direction, instant), into half hours from 8 to 18, or hours of all day."""
    came = [_hour(at, zone) for direction, at in mails if direction == "in"]
    sent = [_hour(at, zone) for direction, at in mails if direction == "out"]
    due = [_hour(at, zone) for at in planned]
    at_now = _hour(now, zone)
    first, last = _span([*came, *sent, *due, at_now])
    width = 0.5 if last - first <= _WORKDAY[1] - _WORKDAY[0] else 1.0
    count = round((last - first) / width)
    per_slot = [_count(hours, first, width, count) for hours in (came, sent, due)]
    per = max(1, _up(max(max(a, b + c) for a, b, c in zip(*per_slot, strict=True)), _HIGH))
    blocks = [[_up(number, per) for number in row] for row in per_slot]
    step = 2 if width < 1 else 4
    return DayChart(
        slots=tuple(Slot(came=a, sent=b, planned=c) for a, b, c in zip(*blocks, strict=True)),
        hours=tuple(((hour - first) * 100 / (last - first), f"{hour:02d}:00") for hour in range(first, last, step)),
        now=round((at_now - first) * 100 / (last - first), 1),
        per=per,
        came=len(came),
        sent=len(sent),
        planned=len(due),
    )


def _hour(at: datetime, zone: ZoneInfo) -> float:
    local = at.astimezone(zone)
    return local.hour + local.minute / 60


def _span(hours: list[float]) -> tuple[int, int]:
    inside = all(_WORKDAY[0] <= hour < _WORKDAY[1] for hour in hours)
    return _WORKDAY if inside else (0, 24)


def _count(hours: list[float], first: int, width: float, slots: int) -> list[int]:
    counts = [0] * slots
    for hour in hours:
        counts[int((hour - first) / width)] += 1
    return counts


def _up(number: int, size: int) -> int:
    return -(-number // size)
