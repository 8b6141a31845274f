"""Pure: fit: how well an account suits, as a weighted score whose weights a person can read and change.

Each part is a figure between two ends: 0 at `none`, 1 at `full`, in a straight line between. What is not known does
not count, for or against; when less than half of the weight is known, the fit is unclear.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MOST = 5
KNOWN_SHARE = 0.5
FRESH = "fresh"
# Databases count days each in their own way; a few steps are near enough to the line, and all of them compare days.
_DAY_STEPS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that makes an account fit; `none` above `full` means less is better."""

    name: str
    none: float
    full: float
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is known about one account; None is unknown. `engagement` is a fraction, `spread` of the views of posts."""

    followers: float | None = None
    views: float | None = None
    engagement: float | None = None
    price: Decimal | float | None = None
    last_post_on: date | None = None
    spread: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """One part of a score: the figure, what it is worth from 0 to 1, and its weight; None is unknown."""

    name: str
    value: float | None
    worth: float | None
    weight: int


PARTS = (
    Part(name="engagement", none=0.0, full=0.08, weight=3),
    Part(name="views", none=0.0, full=0.5, weight=3),
    Part(name="price", none=100.0, full=10.0, weight=2),
    Part(name=FRESH, none=90.0, full=7.0, weight=1),
    Part(name="size", none=0.0, full=200_000.0, weight=1),
    Part(name="steady", none=1.0, full=0.25, weight=1),
)
DEFAULTS: Mapping[str, int] = {part.name: part.weight for part in PARTS}


def read_weights(text: str) -> dict[str, int]:
    """Return the weights written as engagement:3,views:2; what is not named, or broken, keeps its usual weight."""
    weights = dict(DEFAULTS)
    for pair in text.split(","):
        name, _, number = pair.partition(":")
        if name in weights and number.isascii() and number.isdigit():
            weights[name] = min(int(number[:2]), MOST)
    return weights if any(weights.values()) else dict(DEFAULTS)


def write_weights(weights: Mapping[str, int]) -> str:
    """Return weights as `read_weights` reads them; empty when they are the usual ones."""
    if dict(weights) == dict(DEFAULTS):
        return ""
    return ",".join(f"{part.name}:{weights[part.name]}" for part in PARTS)


def measure(figures: Figures, today: date) -> dict[str, float | None]:
    """Return what each part looks at: a share, a price for a thousand views, days, a size."""
    views = figures.views
    return {
        "engagement": figures.engagement,
        "views": views / figures.followers if views is not None and figures.followers else None,
        "price": float(figures.price) * 1000 / views if figures.price is not None and views else None,
        "fresh": float((today - figures.last_post_on).days) if figures.last_post_on else None,
        "size": figures.followers,
        "steady": figures.spread,
    }


def score_fit(figures: Figures, weights: Mapping[str, int], today: date) -> float | None:
    """Return the fit of one account up to 100, or None while too little is known."""
    parts = weigh(figures, weights, today)
    known = sum(part.weight for part in parts if part.worth is not None)
    earned = sum(part.weight * part.worth for part in parts if part.worth is not None)
    if known == 0 or known < KNOWN_SHARE * sum(weights.values()):
        return None
    return 100 * earned / known


def weigh(figures: Figures, weights: Mapping[str, int], today: date) -> list[Weighed]:
    """Return each part with what is known of it, what that is worth, and how much it counts."""
    measured = measure(figures, today)
    return [
        Weighed(
            name=part.name,
            value=measured[part.name],
            worth=_worth(measured[part.name], part),
            weight=weights[part.name],
        )
        for part in PARTS
    ]


def shown(score: float) -> int:
    """Return a score as people see it: from 1 to 100, so that the least fit differs from none."""
    return max(1, int(score + 0.5))


def _worth(value: float | None, part: Part) -> float | None:
    if value is None:
        return None
    return days_worth(value, part) if part.name == FRESH else ramp(value, part)


def ramp(value: float, part: Part) -> float:
    """Return where a figure lies between a part's ends, from 0 to 1."""
    return min(1.0, max(0.0, (value - part.none) / (part.full - part.none)))


def day_steps(part: Part) -> list[tuple[int, float]]:
    """Return days and worth, the best first: who posted within so many days is worth so much."""
    span = part.none - part.full
    return [(int(part.full + span * number / _DAY_STEPS), 1 - number / _DAY_STEPS) for number in range(_DAY_STEPS)]


def days_worth(days: float, part: Part) -> float:
    """Return what a last post so many days ago is worth, from 0 to 1."""
    return next((worth for most, worth in day_steps(part) if days <= most), 0.0)
