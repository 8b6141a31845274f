"""Whose move it is."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.turns import Turn, decide_turn

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def ago(hours: int | None) -> datetime | None:
    return None if hours is None else NOW - timedelta(hours=hours)


@pytest.mark.parametrize(
    ("last_in", "last_out", "done", "snoozed", "expected"),
    [
        (None, None, None, None, Turn.RESTING),
        (None, 5, None, None, Turn.THEM),
        (5, None, None, None, Turn.YOU),
        (2, 5, None, None, Turn.YOU),
        (5, 2, None, None, Turn.THEM),
        # Two mails of one second: an answer that may be owed is shown rather than lost.
        (5, 5, None, None, Turn.YOU),
        # Closed after the last mail; a newer mail opens it again, whoever wrote it.
        (5, None, 4, None, Turn.RESTING),
        (5, None, 5, None, Turn.RESTING),
        (2, None, 4, None, Turn.YOU),
        (5, 2, 4, None, Turn.THEM),
        (5, 2, 1, None, Turn.RESTING),
        # Put off until later; once the time has come it is back.
        (5, None, None, -1, Turn.RESTING),
        (5, None, None, 0, Turn.YOU),
        (5, None, None, 1, Turn.YOU),
        (5, 2, None, -1, Turn.RESTING),
        (5, None, 4, 1, Turn.RESTING),
    ],
)
def test_decides_the_turn(
    last_in: int | None, last_out: int | None, done: int | None, snoozed: int | None, expected: Turn
) -> None:
    turn = decide_turn(
        last_in_at=ago(last_in), last_out_at=ago(last_out), done_at=ago(done), snoozed_until=ago(snoozed), now=NOW
    )
    assert turn is expected
