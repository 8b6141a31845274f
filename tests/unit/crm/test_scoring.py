"""Fit: what a score says, what it ignores, and that weights survive being written."""

from datetime import date
from decimal import Decimal

import pytest

from crm.scoring import DEFAULTS, Figures, read_weights, score_fit, write_weights
from crm.spread import judge_spread
from crm.stays import typical_stays

TODAY = date(2026, 11, 23)
BEST = Figures(followers=200_000, views=100_000, engagement=0.08, price=Decimal(1000), last_post_on=TODAY)


@pytest.mark.parametrize(("figures", "fit"), [
    (BEST, 100.0),
    (Figures(followers=200_000, views=0, engagement=0.0, last_post_on=date(2025, 1, 1)), 100 * 1 / 8),
    (Figures(engagement=0.08), None),
    (Figures(engagement=0.08, followers=100_000, views=50_000), 100 * (3 + 3 + 0.5) / 7),
    (Figures(), None),
])  # fmt: skip
def test_fit(figures: Figures, fit: float | None) -> None:
    assert score_fit(figures, DEFAULTS, TODAY) == (None if fit is None else pytest.approx(fit))


def test_only_what_weighs_counts() -> None:
    weights = read_weights("engagement:5,views:0,price:0,fresh:0,size:0")
    assert score_fit(Figures(engagement=0.04), weights, TODAY) == pytest.approx(50)


@pytest.mark.parametrize(
    "text", ["", "nonsense", "engagement:x", "engagement:0,views:0,price:0,fresh:0,size:0,steady:0"]
)
def test_broken_weights_are_the_usual_ones(text: str) -> None:
    assert read_weights(text) == dict(DEFAULTS)
    assert write_weights(read_weights(text)) == ""


def test_weights_survive() -> None:
    weights = read_weights("engagement:5,fresh:99")
    assert (weights["engagement"], weights["fresh"], weights["views"]) == (5, 5, 3)
    assert read_weights(write_weights(weights)) == weights


@pytest.mark.parametrize(("views", "spread"), [
    ([], "unclear"), ([100, 100], "unclear"), ([0, 0, 0], "unclear"), ([100, 110, 95], "steady"),
    ([100, 300, 40], "swings"),
])  # fmt: skip
def test_spread(views: list[float], spread: str) -> None:
    assert judge_spread(views) == spread


def test_a_typical_stay_needs_three_and_forgets_slips() -> None:
    moves = [{"from_id": 1, "stayed_s": day * 86_400} for day in (1, 4, 9)]
    slips = [{"from_id": 1, "stayed_s": 5}, {"from_id": 1}, {"from_id": 2, "stayed_s": 86_400}]
    assert {stage: stay.days for stage, stay in typical_stays([*moves, *slips]).items()} == {1: 4}
