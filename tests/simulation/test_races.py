"""An answer that lies in the mailbox before the fence poll begins is never followed by a follow-up."""

import os
from statistics import median

import pytest

from tests.simulation.races import Races, race
from web.simulation.campaign import quietly

RACES = int(os.environ.get("RAPPORT_RACES", "1000"))
AT_ONCE = 500


@pytest.mark.simulation
def test_no_follow_up_leaves_after_a_readable_answer(capsys: pytest.CaptureFixture[str]) -> None:
    races = Races()
    with quietly():
        for number in range(0, RACES, AT_ONCE):
            race(number, min(AT_ONCE, RACES - number), races)
    with capsys.disabled():
        print(
            f"\n{RACES} races: {dict(races.ends)}; from the start of the poll to the final dot "
            f"{median(races.windows):.1f} s in the middle, {max(races.windows):.1f} s at most (virtual)"
        )
    assert sum(races.ends.values()) == RACES
    # Both sides of the line were met, or nothing was shown.
    assert races.ends["no follow-up left"] > RACES // 20
    assert races.ends["answered in the remaining window"] > RACES // 50
