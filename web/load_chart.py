"""Pure: what a mailbox sends on each day of a forecast, as bars."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sequences.insight.forecast import DayLoad

_HIGH = 56.0
_WIDE = 840.0
_LABELS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day: places and heights in the drawing's own units; `other` stands on top of `own`."""

    x: float
    own: float
    other: float
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadChart:
    """The days of one mailbox. `labels` are places from 0 to 100 across with a day; `cap_y` is where its limit lies."""

    mailbox: str
    bars: tuple[Bar, ...]
    width: float
    labels: tuple[tuple[float, date], ...]
    cap: int | None
    cap_y: float | None
    mails: int
    own: int
    most: int


def draw_loads(loads: Iterable[DayLoad]) -> tuple[LoadChart, ...]:
    """Return one drawing a mailbox, all over the same days and to the same scale, so that they can be compared."""
    rows = list(loads)
    if not rows:
        return ()
    first, last = min(load.day for load in rows), max(load.day for load in rows)
    days = (last - first).days + 1
    top = max(load.mails for load in rows)
    boxes = dict.fromkeys(load.mailbox for load in rows)
    return tuple(_draw([load for load in rows if load.mailbox == box], first, days, top) for box in boxes)


def _draw(loads: Sequence[DayLoad], first: date, days: int, top: int) -> LoadChart:
    step = _WIDE / days
    cap = loads[0].cap
    return LoadChart(
        mailbox=loads[0].mailbox,
        bars=tuple(_bar(load, (load.day - first).days * step, top) for load in loads),
        width=round(max(1.5, min(step * 0.8, 40)), 2),
        labels=_labels(first, days),
        cap=cap,
        cap_y=round(_HIGH * (1 - cap / top), 1) if cap is not None and cap <= top else None,
        mails=sum(load.mails for load in loads),
        own=sum(load.of_this for load in loads),
        most=max(load.mails for load in loads),
    )


def _bar(load: DayLoad, x: float, top: int) -> Bar:
    return Bar(
        x=round(x, 2),
        own=round(_HIGH * load.of_this / top, 2),
        other=round(_HIGH * (load.mails - load.of_this) / top, 2),
        is_late=load.late > 0,
    )


def _labels(first: date, days: int) -> tuple[tuple[float, date], ...]:
    every = max(1, -(-days // _LABELS))
    return tuple((round(100 * n / days, 1), first + timedelta(days=n)) for n in range(0, days, every))
