"""Rules move a relationship forward only."""

from itertools import product

import pytest

from crm.stages import DEFAULT_STAGES, FIRST_PITCH, HUMAN_REPLY, StageAt, decide_move

BOARD = [StageAt(id=n + 10, name=name, position=n) for n, (name, _rule) in enumerate(DEFAULT_STAGES)]


@pytest.mark.parametrize(("current", "target"), list(product(BOARD, BOARD)), ids=lambda stage: stage.name)
def test_a_rule_never_moves_backwards(current: StageAt, target: StageAt) -> None:
    moved = decide_move(current, target)
    assert moved == (target if target.position > current.position else None)


def test_a_rule_without_a_stage_moves_nothing() -> None:
    assert decide_move(BOARD[0], None) is None


def test_each_rule_ends_at_one_stage_and_an_answer_comes_after_a_pitch() -> None:
    rules = [rule for _name, rule in DEFAULT_STAGES if rule]
    assert rules == [FIRST_PITCH, HUMAN_REPLY]
    assert len({name for name, _rule in DEFAULT_STAGES}) == len(DEFAULT_STAGES)
