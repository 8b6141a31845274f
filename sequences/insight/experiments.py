"""Pure: honest comparison of texts by replies: interval, needed sample, and a test that may be read after every reply.

The test is a safe test for two proportions (Turner, Ly and Gruenwald, 2024). Outcomes are taken in small blocks with
both texts in each; a block multiplies the evidence by a factor whose mean is at most 1 if the texts are equal, at
whatever rate, which may drift from block to block. So under no difference the evidence ever reaches 20 in at most
5 % of experiments (Ville), however often somebody looks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import ceil, exp, log, sqrt
from statistics import NormalDist
from typing import Literal

FALSE_WINNERS = 0.05
POWER = 0.8
# What looking all the time costs over one look at the end, in contacts; the tests measure it.
PRICE_OF_PEEKING = 1.75
WORTH_FINDING = 0.05
USUAL_RATE = 0.1
_TOO_FEW_FOR_A_RATE = 50
# The differences looked for, as log odds: at a rate of 10 % these are 12, 15 and 21 %.
_EFFECTS = (0.25, 0.5, 1.0)
_LEVELS = 10  # steps per unit of log odds at which the guessed common rate is kept, so that factors are computed once


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one contact; `weights` are those its text was drawn with, by variant."""

    variant: str
    replied: bool
    weights: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoVerdict:
    """A normal answer. `needed` and `so_far` are contacts of all texts together; `difference` is what is looked for.

    `too_few`: go on. `small`: there were enough contacts to see the difference, were it that large. `not_drawn`:
    fewer than two texts are in the draw.
    """

    why: Literal["not_started", "too_few", "small", "not_drawn"]
    needed: int
    so_far: int
    base: float
    difference: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Winner:
    """A text that beats every other one. `e_value` is the least evidence among its pairs when each was decided."""

    variant: str
    e_value: float
    rates: Mapping[str, float]


Verdict = NoVerdict | Winner


@dataclass(frozen=True, slots=True)
class Decided:
    """One pair with enough evidence."""

    better: str
    e_value: float


def sample_needed(base: float, better: float, *, pairs: int = 1) -> int:
    """Return the contacts per text with which one look tells two rates apart: 80 % power, two-sided 5 %.

    `pairs` is how many comparisons share the 5 %.
    """
    sure, power = NormalDist().inv_cdf(1 - FALSE_WINNERS / (2 * pairs)), NormalDist().inv_cdf(POWER)
    middle = (base + better) / 2
    spread = sure * sqrt(2 * middle * (1 - middle)) + power * sqrt(base * (1 - base) + better * (1 - better))
    return round((spread / (better - base)) ** 2)


def sample_for_verdict(base: float, better: float, weights: Sequence[int]) -> int:
    """Return the contacts of all texts together that a verdict needs when it is looked at all the time."""
    shares = [weight / sum(weights) for weight in weights]
    pairs = list(combinations(shares, 2))
    # A pair knows as much as its smaller text allows; equal weights come to the plain sum.
    stretch = max((1 / one + 1 / other) / 2 for one, other in pairs)
    return ceil(sample_needed(base, better, pairs=len(pairs)) * stretch * PRICE_OF_PEEKING)


def difference_worth(base: float) -> float:
    """Return the smallest difference worth finding: five points, or half of a rate under 10 %."""
    return min(WORTH_FINDING, base / 2)


def judge(outcomes: Sequence[Outcome], weights: Mapping[str, int]) -> Verdict:
    """Return the winner among the texts in the draw, or that there is none yet.

    `outcomes` come in the order in which they became final; `weights` are today's, a text with 0 is out.
    """
    drawn = [key for key, weight in weights.items() if weight]
    pairs = list(combinations(drawn, 2))
    decided = {pair: decide_pair(outcomes, *pair, pairs=len(pairs)) for pair in pairs}
    counted = [one for one in outcomes if sum(bool(one.weights.get(key)) for key in drawn) > 1 and one.variant in drawn]
    for key in drawn if pairs else ():
        wins = [found for pair, found in decided.items() if found and key in pair and found.better == key]
        if len(wins) == len(drawn) - 1:
            rates = {one: _rate([row for row in counted if row.variant == one]) for one in drawn}
            return Winner(variant=key, e_value=min(win.e_value for win in wins), rates=rates)
    return _no_verdict(counted, [weights[key] for key in drawn])


def decide_pair(outcomes: Iterable[Outcome], one: str, other: str, *, pairs: int = 1) -> Decided | None:
    """Return which of two texts is better as soon as the evidence is enough; later outcomes do not undo it.

    Only contacts that might have got either text are compared: the rest were written to at other times.
    """
    enough = pairs / FALSE_WINNERS
    evidence = Evidence()
    for sizes, blocks in _blocks(outcomes, one, other):
        evidence.add(sizes, *blocks)
        if evidence.value >= enough:
            return Decided(one if evidence.is_for_first else other, evidence.value)
    return None


class Evidence:
    """The evidence against "both are equal", block by block: the mean over some differences in both directions."""

    def __init__(self) -> None:
        self._shares = [1 / (2 * len(_EFFECTS))] * (2 * len(_EFFECTS))
        self._replied, self._seen = 0.5, 5.0
        self.value = 1.0

    def add(self, sizes: tuple[int, int], first: int, second: int) -> None:
        """Take one block: of `sizes` contacts, `first` and `second` replied."""
        # The common rate is guessed from the blocks before this one; a bad guess costs contacts, never honesty.
        level = round(_LEVELS * log(self._replied / (self._seen - self._replied)))
        factors = _factors(level, sizes)[first][second]
        self._shares = [share * factor for share, factor in zip(self._shares, factors, strict=True)]
        self._replied += first + second
        self._seen += sizes[0] + sizes[1]
        self.value = sum(self._shares)

    @property
    def is_for_first(self) -> bool:
        """Whether it speaks for the first text."""
        return sum(self._shares[: len(_EFFECTS)]) > self.value / 2


@lru_cache(maxsize=4096)
def _factors(level: int, sizes: tuple[int, int]) -> list[list[list[float]]]:
    """Return the factors of a block, one for each difference, by the replies of the first and the second text."""
    first, second = sizes
    rates = []
    for effect in (*_EFFECTS, *(-effect for effect in _EFFECTS)):
        one = _logistic(level / _LEVELS + effect * second / (first + second))
        other = _logistic(level / _LEVELS - effect * first / (first + second))
        # Against this common rate the mean of the factor is 1 or less at every common rate.
        rates.append((one, other, (first * one + second * other) / (first + second)))
    return [
        [
            [
                _likely(one / both, (1 - one) / (1 - both), a, first)
                * _likely(other / both, (1 - other) / (1 - both), b, second)
                for one, other, both in rates
            ]
            for b in range(second + 1)
        ]
        for a in range(first + 1)
    ]


def _likely(yes: float, no: float, replies: int, contacts: int) -> float:
    return yes**replies * no ** (contacts - replies)


def _logistic(odds: float) -> float:
    return 1 / (1 + exp(-odds))


def _blocks(outcomes: Iterable[Outcome], one: str, other: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield full blocks, sizes and replies: contacts are matched in their order, among those drawn alike."""
    waiting: dict[tuple[int, int], tuple[list[bool], list[bool]]] = {}
    for outcome in outcomes:
        drawn = outcome.weights.get(one, 0), outcome.weights.get(other, 0)
        if outcome.variant not in (one, other) or not all(drawn):
            continue
        queues = waiting.setdefault(drawn, ([], []))
        queues[outcome.variant == other].append(outcome.replied)
        sizes = _sizes(*drawn)
        if all(len(queue) >= size for queue, size in zip(queues, sizes, strict=True)):
            yield sizes, (sum(queues[0][: sizes[0]]), sum(queues[1][: sizes[1]]))
            del queues[0][: sizes[0]], queues[1][: sizes[1]]


def _sizes(one: int, other: int) -> tuple[int, int]:
    """Return the contacts of each text in a block: one of the rarer, up to ten of the other."""
    return min(10, max(1, round(one / other))), min(10, max(1, round(other / one)))


def _no_verdict(counted: Sequence[Outcome], weights: Sequence[int]) -> NoVerdict:
    so_far = len(counted)
    base = USUAL_RATE if so_far < _TOO_FEW_FOR_A_RATE else min(max(_rate(counted), 0.01), 0.9)
    difference = difference_worth(base)
    if not weights[1:]:
        return NoVerdict(why="not_drawn", needed=0, so_far=so_far, base=base, difference=difference)
    needed = sample_for_verdict(base, base + difference, weights)
    why: Literal["small", "too_few"] = "small" if so_far >= needed else "too_few"
    return NoVerdict(
        why=why if so_far else "not_started", needed=needed, so_far=so_far, base=base, difference=difference
    )


def _rate(outcomes: Sequence[Outcome]) -> float:
    return sum(one.replied for one in outcomes) / len(outcomes) if outcomes else 0.0
