"""The comparison of texts: intervals and samples against known figures, and how often it is wrong."""

from itertools import product
from math import comb
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sequences.insight.experiments import (
    Evidence,
    NoVerdict,
    Outcome,
    Winner,
    difference_worth,
    judge,
    sample_for_verdict,
    sample_needed,
)
from sequences.insight.wilson import wilson

EVEN = {"a": 1, "b": 1}
Sizes = tuple[int, int]


@pytest.mark.parametrize(
    ("replies", "contacts", "low", "high"),
    [(4, 100, 0.016, 0.098), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (0, 0, 0.0, 1.0), (50, 100, 0.404, 0.596)],
)
def test_intervals(replies: int, contacts: int, low: float, high: float) -> None:
    assert wilson(replies, contacts) == pytest.approx((low, high), abs=0.0005)


@pytest.mark.parametrize(
    ("base", "better", "needed"),
    [(0.10, 0.15, 686), (0.20, 0.30, 293), (0.40, 0.50, 387), (0.0343, 0.0515, 2178)],
)
def test_the_sample_for_one_look(base: float, better: float, needed: int) -> None:
    assert sample_needed(base, better) == sample_needed(better, base) == needed
    assert sample_needed(base, better, pairs=3) > needed


def test_the_sample_for_a_verdict_counts_all_texts() -> None:
    even = sample_for_verdict(0.1, 0.15, [1, 1])
    assert 2 * 686 < even < 4 * 686
    assert sample_for_verdict(0.1, 0.15, [1, 3]) == pytest.approx(even * 4 / 3, abs=1)
    assert sample_for_verdict(0.1, 0.15, [2, 2, 2]) > even * 1.5


@pytest.mark.parametrize(("base", "worth"), [(0.04, 0.02), (0.1, 0.05), (0.4, 0.05)])
def test_the_difference_worth_finding(base: float, worth: float) -> None:
    assert difference_worth(base) == pytest.approx(worth)


@given(
    past=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), max_size=30),
    sizes=st.sampled_from([(1, 1), (1, 3), (2, 1), (10, 1)]),
    rate=st.floats(0.001, 0.999),
)
def test_a_block_adds_no_evidence_on_average_when_the_texts_are_equal(
    past: list[Sizes], sizes: Sizes, rate: float
) -> None:
    def grown(first: int, second: int) -> Evidence:
        evidence = Evidence()
        for block in past:
            evidence.add((2, 3), *block)
        evidence.add(sizes, first, second)
        return evidence

    before = Evidence()
    for block in past:
        before.add((2, 3), *block)
    mean = sum(
        _chance(first, sizes[0], rate) * _chance(second, sizes[1], rate) * grown(first, second).value
        for first, second in product(range(sizes[0] + 1), range(sizes[1] + 1))
    )
    assert mean <= before.value * (1 + 1e-9)


def _chance(replies: int, contacts: int, rate: float) -> float:
    return comb(contacts, replies) * rate**replies * (1 - rate) ** (contacts - replies)


def _found_after(rng: Random, rates: tuple[float, float], sizes: Sizes, blocks: int, enough: float = 20) -> int:
    """Return the block after which there is a winner, 0 for none.

    Evidence moves only when a block is full, so looking after every block is looking after every contact.
    """
    kinds = list(product(range(sizes[0] + 1), range(sizes[1] + 1)))
    odds = [_chance(a, sizes[0], rates[0]) * _chance(b, sizes[1], rates[1]) for a, b in kinds]
    evidence = Evidence()
    for number, (first, second) in enumerate(rng.choices(kinds, odds, k=blocks), 1):
        evidence.add(sizes, first, second)
        if evidence.value >= enough:
            return number
    return 0


@pytest.mark.parametrize("rate", [0.03, 0.15, 0.4])
@pytest.mark.parametrize("sizes", [(1, 1), (1, 3)], ids=["equal", "one to three"])
def test_equal_texts_have_a_winner_in_at_most_one_of_twenty_experiments(rate: float, sizes: Sizes) -> None:
    rng = Random(20261122)
    false = sum(_found_after(rng, (rate, rate), sizes, 1000 // sizes[1]) > 0 for _ in range(1000))
    assert false <= 0.05 * 1000


def test_a_planted_habit_of_looking_with_an_ordinary_test_would_be_caught() -> None:
    """The bound above can fail: the evidence an ordinary test asks for, 3.84 / 2 in logs, is no bar for peeking."""
    rng = Random(20261122)
    assert sum(_found_after(rng, (0.4, 0.4), (1, 1), 500, enough=6.8) > 0 for _ in range(400)) > 0.05 * 400


@pytest.mark.parametrize(
    ("rates", "sizes", "blocks"),
    [((0.1, 0.3), (1, 1), 400), ((0.3, 0.1), (1, 3), 133)],
)
def test_a_large_difference_is_found(rates: tuple[float, float], sizes: Sizes, blocks: int) -> None:
    rng = Random(7)
    assert sum(_found_after(rng, rates, sizes, blocks) > 0 for _ in range(500)) > 0.8 * 500


@pytest.mark.parametrize("rates", [(0.1, 0.15), (0.2, 0.3), (0.4, 0.5), (0.1, 0.3)])
@pytest.mark.parametrize("sizes", [(1, 1), (1, 3)], ids=["equal", "one to three"])
def test_the_sample_shown_before_the_start_is_enough(rates: tuple[float, float], sizes: Sizes) -> None:
    rng = Random(11)
    blocks = sample_for_verdict(*rates, sizes) // sum(sizes)
    assert sum(_found_after(rng, rates, sizes, blocks) > 0 for _ in range(200)) > 0.75 * 200


def _drawn(rng: Random, rates: dict[str, float], weights: dict[str, int], count: int) -> list[Outcome]:
    keys = rng.choices(list(weights), list(weights.values()), k=count)
    return [Outcome(key, rng.random() < rates[key], weights) for key in keys]


def test_the_whole_judgement_on_random_draws_with_a_look_after_every_contact() -> None:
    rng, false = Random(3), 0
    for _ in range(100):
        rows = _drawn(rng, {"a": 0.15, "b": 0.15}, {"a": 1, "b": 3}, 200)
        # A verdict stays once it is there, so the last look has seen what every earlier one saw.
        false += isinstance(judge(rows, {"a": 1, "b": 3}), Winner)
    assert false <= 5


def test_a_verdict_is_not_taken_back() -> None:
    better = _drawn(Random(5), {"a": 0.1, "b": 0.5}, EVEN, 200)
    verdicts = [judge(better[:count], EVEN) for count in range(0, 200, 5)]
    kinds = [isinstance(verdict, Winner) for verdict in verdicts]
    assert kinds == sorted(kinds)
    assert kinds[-1]
    winner = judge(better, EVEN)
    assert isinstance(winner, Winner)
    assert winner.variant == "b"
    assert winner.e_value >= 20
    assert winner.rates["b"] > winner.rates["a"]


def test_of_three_texts_the_winner_beats_both_others() -> None:
    weights = {"a": 1, "b": 2, "c": 1}
    rows = _drawn(Random(1), {"a": 0.1, "b": 0.4, "c": 0.1}, weights, 600)
    verdict = judge(rows, weights)
    assert isinstance(verdict, Winner)
    assert verdict.variant == "b"
    assert verdict.e_value >= 60
    two_alike = _drawn(Random(1), {"a": 0.4, "b": 0.4, "c": 0.05}, weights, 600)
    assert isinstance(judge(two_alike, weights), NoVerdict)


def test_texts_that_were_never_drawn_together_are_not_compared() -> None:
    before = [Outcome("a", True, {"a": 1})] * 300
    after = [Outcome("b", False, {"b": 1})] * 300
    verdict = judge([*before, *after], EVEN)
    assert verdict == NoVerdict(why="not_started", needed=verdict_needed(), so_far=0, base=0.1, difference=0.05)


def verdict_needed() -> int:
    return sample_for_verdict(0.1, 0.15, [1, 1])


@pytest.mark.parametrize(
    ("count", "weights", "why"),
    [(0, EVEN, "not_started"), (100, EVEN, "too_few"), (9000, EVEN, "small"), (100, {"a": 1, "b": 0}, "not_drawn")],
)
def test_reasons_for_no_verdict(count: int, weights: dict[str, int], why: str) -> None:
    rows = [Outcome("ab"[n % 2], n // 2 % 4 == 0, EVEN) for n in range(count)]
    verdict = judge(rows, weights)
    assert isinstance(verdict, NoVerdict)
    assert verdict.why == why
