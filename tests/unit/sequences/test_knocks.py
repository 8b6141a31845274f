"""When a broken server is tried again: soon at first, then less often, never an eleventh time within an hour."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sequences.reading.knocks import HOUR, MOST_AN_HOUR, next_knock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_what_broke_once_is_tried_twice_more_within_two_minutes() -> None:
    knocks = [NOON, NOON]  # the poll that broke, and its second try
    for _ in range(2):
        knocks.append(next_knock(knocks))
    assert knocks[-1] - NOON <= timedelta(minutes=2)


@given(st.lists(st.integers(1, 3), min_size=40, max_size=40))
def test_no_hour_has_an_eleventh(logins_of_each_try: list[int]) -> None:
    """However many sign-ins one try makes: a try begins only where the hour has room for it."""
    knocks = [NOON]
    for logins in logins_of_each_try:
        at = next_knock(knocks)
        assert len([one for one in knocks if one > at - HOUR]) < MOST_AN_HOUR
        knocks += [at] * logins
