"""Rates with their intervals: known values, honest edges, and no verdict while ranges overlap."""

import pytest

from sequences.insight.wilson import Rate, wilson


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (21, 203, 0.0687, 0.1531),
        (33, 203, 0.1182, 0.2195),
    ],
)
def test_the_interval_is_the_known_one(hits: int, of: int, low: float, high: float) -> None:
    assert wilson(hits, of) == pytest.approx((low, high), abs=0.0005)


def test_a_rate_of_nobody_is_unknown_and_beats_nothing() -> None:
    nobody = Rate(0, 0)

    assert nobody.value is None
    assert (nobody.low, nobody.high) == (0.0, 1.0)
    assert not nobody.beats(Rate(0, 1000))
    assert not Rate(1000, 1000).beats(nobody)


def test_nothing_is_called_while_ranges_overlap() -> None:
    assert not Rate(33, 203).beats(Rate(21, 203))
    assert Rate(330, 2030).beats(Rate(210, 2030))
    assert not Rate(210, 2030).beats(Rate(330, 2030))
