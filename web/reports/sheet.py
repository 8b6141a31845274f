"""Pure: what a report is made of, and the same as CSV."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from crm.csv_writing import write_rows
from sequences.insight.wilson import Rate
from web.figures import percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One line of a chart: `size` from 0 to 1; `low` and `high` are the ends of a range, on the same scale."""

    label: str
    text: str
    size: float
    note: str = ""
    low: float = 0.0
    high: float = 0.0
    tone: Literal["us", "them", "them-l"] = "us"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One question answered: `said` in a sentence, a chart, the table behind it, and `how` it is counted."""

    key: str
    title: str
    how: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    chart: Literal["bars", "ranges", "heat", ""] = ""
    marks: tuple[Mark, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    cells: tuple[tuple[str, tuple[tuple[int, int], ...]], ...] = ()
    slots: tuple[str, ...] = ()
    wide: bool = True
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A whole report; `as_of` is when it was counted, if that was not now."""

    verdict: str
    parts: tuple[Part, ...]
    as_of: datetime | None = None


def make_bars(
    rows: Iterable[tuple[str, int, str]], *, tone: Literal["us", "them", "them-l"] = "us"
) -> tuple[Mark, ...]:
    """Return bars of (label, number, note), the longest one full."""
    found = list(rows)
    most = max((number for _, number, _ in found), default=0) or 1
    return tuple(
        Mark(label=label, text=str(number), size=number / most, note=note, tone=tone) for label, number, note in found
    )


def make_ranges(rates: Mapping[str, Rate]) -> tuple[tuple[Mark, ...], tuple[tuple[float, str], ...]]:
    """Return measured rates with their ranges, on a scale that ends at the next five per cent, and its ticks."""
    known = {label: rate for label, rate in rates.items() if rate.of}
    top = max((rate.high for rate in known.values()), default=0.0)
    end = min(100, max(10, -(-int(top * 100 + 1) // 5) * 5))
    step = 5 if end <= 30 else 20  # noqa: PLR2004 - few enough to read
    marks = tuple(
        Mark(
            label=label, text=percent(rate.value), size=100 * rate.hits / rate.of / end,
            note=f"{rate.hits} / {rate.of}", low=100 * rate.low / end, high=min(1.0, 100 * rate.high / end),
            tone="them",
        )
        for label, rate in known.items()
    )  # fmt: skip
    return marks, tuple((tick / end, f"{tick}%") for tick in range(0, end + 1, step))


def say_range(rate: Rate) -> tuple[str, str]:
    """Return a rate and its 95 % range as a table shows them; a dash where nobody was asked."""
    if rate.value is None:
        return "–", "–"
    return percent(rate.value), f"{percent(rate.low)}–{percent(rate.high)}"


def write_csv(parts: Sequence[Part]) -> str:
    """Return every table one after the other, each under its title; no cell starts a formula in a spreadsheet."""
    rows: list[Sequence[str]] = []
    for number, part in enumerate(parts):
        rows += [*([()] if number else []), (part.title,), part.heads, *part.rows]
    return write_rows(rows).decode()
