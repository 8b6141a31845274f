"""Working time between two instants."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.working_hours import WorkingHours, working_time, working_times

UTC_HOURS = WorkingHours()
AARHUS = WorkingHours(zone=ZoneInfo("Europe/Copenhagen"), opens=time(8), closes=time(16))
NIGHT = WorkingHours(days=frozenset(range(7)), opens=time(1), closes=time(5), zone=ZoneInfo("Europe/Copenhagen"))


def utc(day: int, hour: int = 0, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(("begin", "end", "hours", "minutes"), [
    (utc(23, 10), utc(23, 11, 30), UTC_HOURS, 90),
    (utc(23, 6), utc(23, 8), UTC_HOURS, 0),
    (utc(23, 8), utc(23, 10), UTC_HOURS, 60),
    (utc(23, 16), utc(24, 10), UTC_HOURS, 120),
    # Friday afternoon to Monday morning is two hours.
    (utc(27, 16), utc(30, 10), UTC_HOURS, 120),
    (utc(28, 9), utc(29, 17), UTC_HOURS, 0),
    (utc(23, 9), utc(30, 9), UTC_HOURS, 5 * 8 * 60),
    (utc(23, 10), utc(23, 10), UTC_HOURS, 0),
    (utc(23, 11), utc(23, 10), UTC_HOURS, 0),
    # Eight in Aarhus is seven in UTC.
    (utc(23, 6), utc(23, 8), AARHUS, 60),
    (utc(23, 14), utc(23, 20), AARHUS, 60),
    # The night in which clocks are set forward is an hour shorter, the one in which they go back an hour longer.
    (utc(28, 20, month=3), utc(29, 20, month=3), NIGHT, 3 * 60),
    (utc(24, 20, month=10), utc(25, 20, month=10), NIGHT, 5 * 60),
])  # fmt: skip
def test_working_time(begin: datetime, end: datetime, hours: WorkingHours, minutes: int) -> None:
    assert working_time(begin, end, hours) == timedelta(minutes=minutes)


def test_nobody_works_on_a_closed_day() -> None:
    closed = WorkingHours(closed=frozenset({date(2026, 11, 24)}))
    assert working_time(utc(23, 9), utc(25, 17), closed) == timedelta(hours=16)


@given(st.integers(0, 2_000), st.integers(0, 2_000), st.integers(0, 2_000))
def test_parts_add_up_to_the_whole(a: int, b: int, c: int) -> None:
    first, middle, last = (utc(2) + timedelta(hours=number / 2) for number in sorted((a, b, c)))
    whole = working_time(first, last, AARHUS)
    assert whole == working_time(first, middle, AARHUS) + working_time(middle, last, AARHUS)
    assert timedelta() <= whole <= last - first


@given(
    st.lists(st.integers(-600 * 24 * 60, 60 * 24), max_size=8), st.sampled_from([UTC_HOURS, AARHUS, NIGHT])
)  # fmt: skip
def test_many_waits_are_each_as_long_as_by_themselves(minutes: list[int], hours: WorkingHours) -> None:
    end = utc(24, 13, 30)
    begins = [end + timedelta(minutes=number) for number in minutes]
    assert working_times(begins, end, hours) == {begin: working_time(begin, end, hours) for begin in begins}
