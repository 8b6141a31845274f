"""How often somebody writes, and when their silence is longer than usual."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.silence import is_quiet, quiet_from, usual_gap

LAST = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def mails(*gaps: float) -> list[datetime]:
    """Return instants with these gaps in days between them, the newest at LAST."""
    found = [LAST]
    for gap in reversed(gaps):
        found.append(found[-1] - gap * DAY)
    return found[::-1]


@pytest.mark.parametrize(("gaps", "usual"), [
    ((), None),
    ((4,), None),
    ((4, 4), None),
    ((4, 4, 4), 4),
    ((2, 4, 90), 4),
    ((1, 3, 5, 7), 4),
    ((0.5, 0.5, 30), 0.5),
    # Only the last ten count: somebody who once wrote daily and now weekly writes weekly.
    ((1,) * 30 + (7,) * 10, 7),
    ((7,) * 10 + (1,) * 10, 1),
])  # fmt: skip
def test_the_usual_gap_is_the_median_of_the_last_ones(gaps: tuple[float, ...], usual: float | None) -> None:
    assert usual_gap(mails(*gaps)) == (None if usual is None else usual * DAY)


@pytest.mark.parametrize(("gaps", "silent_for", "quiet"), [
    ((10, 10, 10), 20, False),
    ((10, 10, 10), 20.1, True),
    ((4, 4, 4), 7.9, False),
    ((4, 4, 4), 8.1, True),
    # Never before a week has passed, however lively it was.
    ((0.1, 0.1, 0.1), 6.9, False),
    ((0.1, 0.1, 0.1), 7.1, True),
    ((2, 2), 400, False),
    ((1, 1, 1, 60), 7.1, True),
])  # fmt: skip
def test_quiet_is_more_than_twice_the_usual_gap(gaps: tuple[float, ...], silent_for: float, quiet: bool) -> None:
    assert is_quiet(mails(*gaps), LAST + silent_for * DAY) is quiet


def test_who_never_wrote_is_not_quiet() -> None:
    assert not is_quiet([], LAST)
    assert quiet_from(LAST, None) is None
