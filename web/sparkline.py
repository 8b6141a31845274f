"""Pure: a small line of figures over time as points of an SVG; time runs true to scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Spark:
    """What is drawn: points as SVG has them, where the newest lies, and what changed as a share of the oldest."""

    points: str
    x: float
    y: float
    since: datetime
    change: float | None


def spark(figures: Sequence[tuple[datetime, float | None]], width: int = 120, height: int = 28) -> Spark | None:
    """Return the line of figures in any order, unknown ones left out; None while there are fewer than two."""
    known = sorted((at, value) for at, value in figures if value is not None)
    if len(known) < _FEWEST:
        return None
    (begin, first), (end, last) = known[0], known[-1]
    values = [value for _, value in known]
    low, high = min(values), max(values)
    span = (end - begin).total_seconds()
    inside = height - 4

    def place(at: datetime, value: float, number: int) -> tuple[float, float]:
        x = (at - begin).total_seconds() / span if span else number / (len(known) - 1)
        y = (value - low) / (high - low) if high > low else 0.5
        return round(2 + x * (width - 4), 1), round(2 + (1 - y) * inside, 1)

    points = [place(at, value, number) for number, (at, value) in enumerate(known)]
    line = " ".join(f"{x:g},{y:g}" for x, y in points)
    return Spark(line, *points[-1], begin, (last - first) / first if first else None)
