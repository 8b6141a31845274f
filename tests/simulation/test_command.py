"""`rapport simulate` counts what happened; a broken rule ends it with 1, the seed and a short history."""

import json

import pytest
from click.testing import CliRunner

from tests.simulation.plants import PLANTS
from web.cli.simulate import simulate_command


@pytest.mark.simulation
def test_it_counts_what_happened() -> None:
    run = CliRunner().invoke(simulate_command, ["--seeds", "1", "--days", "3", "--json"])
    found = json.loads(run.stdout)
    assert (run.exit_code, found["worlds"], found["broken"]) == (0, 1, None)
    assert sum(found["counts"].values()) > 5


@pytest.mark.simulation
def test_a_broken_rule_is_told_with_its_seed_and_a_short_history(monkeypatch: pytest.MonkeyPatch) -> None:
    PLANTS["a status written after SMTP"][0](monkeypatch)
    run = CliRunner().invoke(simulate_command, ["--seeds", "3", "--first", "40"])
    assert run.exit_code == 1
    assert "Seed 4" in run.stdout
    assert "events are enough" in run.stdout
    assert "BROKEN committed before it leaves" in run.stdout
