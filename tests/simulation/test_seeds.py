"""Seeded worlds: fifty in every run, thousands with `make sim`. A seed that fails is repeated with
`rapport simulate --first SEED --seeds 1`, which also shortens its history."""

import os
from collections import Counter

import pytest

from web.simulation.campaign import Campaign, simulate, tell
from web.simulation.play import play
from web.simulation.script import draw_script

SEEDS = int(os.environ.get("RAPPORT_SEEDS", "50"))
DAYS = int(os.environ.get("RAPPORT_DAYS", "30"))
# So that several workers share them.
PARTS = 10
MOST = 40
# Over so many worlds every kind of fault, person, operator and stop occurs.
ENOUGH = 200


@pytest.mark.simulation
@pytest.mark.parametrize("part", range(PARTS))
def test_no_rule_breaks(part: int) -> None:
    campaign = simulate(range(part, SEEDS, PARTS), DAYS)
    if campaign.outcome:
        lines = "\n".join(tell(campaign.outcome.history))
        pytest.fail(f"{lines}\nseed {campaign.outcome.seed} broke a rule: {campaign.outcome.broken}", pytrace=False)
    assert campaign.sent
    assert happens_in(campaign) > MOST
    if campaign.worlds >= ENOUGH:
        assert campaign.missing == []


def happens_in(campaign: Campaign) -> int:
    """Return how many kinds of things came to pass: a world in which nothing happens proves nothing."""
    return len(campaign.counts) + len(campaign.stops)


@pytest.mark.simulation
def test_a_seed_repeats() -> None:
    first, second = (play(3, draw_script(3, 6)) for _ in range(2))
    assert (first.counts, first.stops, first.sent) == (second.counts, second.stops, second.sent)
    assert first.history == second.history
    assert first.counts != Counter()
