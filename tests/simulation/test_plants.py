"""The simulation finds what it is for: each fault put into the engine is caught within 50 worlds."""

import pytest

from tests.simulation.plants import PLANTS
from web.simulation.campaign import shorten, simulate

WITHIN = 50


@pytest.mark.simulation
@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_fault_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, rules = PLANTS[name]
    plant(monkeypatch)
    campaign = simulate(range(WITHIN), 30)
    assert campaign.outcome is not None, f"{name} was not noticed in {WITHIN} worlds"
    assert campaign.outcome.broken is not None
    assert campaign.outcome.broken.rule in rules


@pytest.mark.simulation
def test_a_failing_world_shrinks_to_a_short_history(monkeypatch: pytest.MonkeyPatch) -> None:
    PLANTS["a naive time zone"][0](monkeypatch)
    campaign = simulate(range(WITHIN), 30)
    assert campaign.outcome is not None
    outcome, events = shorten(campaign.outcome, campaign.script, tries=25)
    assert outcome.broken is not None
    assert campaign.outcome.broken is not None
    assert outcome.broken.rule == campaign.outcome.broken.rule
    assert len(events) <= 12
