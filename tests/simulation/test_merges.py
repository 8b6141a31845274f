"""Worlds in which contacts become one and two again, and sequences are archived, at any moment: no rule breaks."""

import os

import pytest

from web.simulation.campaign import simulate, tell
from web.simulation.script import ARCHIVES, MERGES, draw_script

SEEDS = int(os.environ.get("RAPPORT_MERGE_SEEDS", "5"))
PARTS = 5
DAYS = 20
# In so many worlds a merge and an archive have ended somebody's run; in a single one neither may have.
_MANY = 10


@pytest.mark.simulation
@pytest.mark.parametrize("part", range(PARTS))
def test_no_rule_breaks_while_contacts_are_merged(part: int) -> None:
    seeds = list(range(part, SEEDS, PARTS))
    campaign = simulate(seeds, DAYS, merges=True)
    if campaign.outcome:
        lines = "\n".join(tell(campaign.outcome.history))
        pytest.fail(f"{lines}\nseed {campaign.outcome.seed} broke a rule: {campaign.outcome.broken}", pytrace=False)
    assert campaign.sent
    assert all(campaign.counts[kind] for kind in (*MERGES, *ARCHIVES))
    if len(seeds) >= _MANY:
        assert all(campaign.stops[f"stopped: {reason}"] for reason in ("merged", "sequence_archived"))


def test_they_leave_the_scripts_of_the_seeds_alone() -> None:
    with_merges = draw_script(3, 30, merges=True)
    more = {*MERGES, *ARCHIVES}
    assert [event for event in with_merges if event.kind not in more] == draw_script(3, 30)
    assert {event.kind for event in with_merges} >= more
