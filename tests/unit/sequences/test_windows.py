"""When mail may leave: by table, and over every zone of the world round its clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import InvalidError
from sequences.course.windows import (
    ALWAYS,
    DEFAULT_WINDOW,
    Window,
    next_open,
    next_open_both,
    read_window,
    write_window,
)
from tests.unit.sequences.zones import instants_near_clock_changes, is_open, windows, zones

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
EVERY_DAY = frozenset(range(7))
NIGHT = Window(days=frozenset({4}), opens=time(22), closes=time(2))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("window", "asked", "expected"),
    [
        (DEFAULT_WINDOW, "2026-11-23T07:59:59+01:00", "2026-11-23T08:00:00+01:00"),
        (DEFAULT_WINDOW, "2026-11-23T08:00:00+01:00", "2026-11-23T08:00:00+01:00"),
        (DEFAULT_WINDOW, "2026-11-23T16:59:59+01:00", "2026-11-23T16:59:59+01:00"),
        (DEFAULT_WINDOW, "2026-11-23T17:00:00+01:00", "2026-11-24T08:00:00+01:00"),
        (DEFAULT_WINDOW, "2026-11-27T17:00:00+01:00", "2026-11-30T08:00:00+01:00"),
        (DEFAULT_WINDOW, "2027-03-26T20:00:00+01:00", "2027-03-29T08:00:00+02:00"),
        (NIGHT, "2026-11-27T12:00:00+01:00", "2026-11-27T22:00:00+01:00"),
        (NIGHT, "2026-11-28T01:59:59+01:00", "2026-11-28T01:59:59+01:00"),
        (NIGHT, "2026-11-28T02:00:00+01:00", "2026-12-04T22:00:00+01:00"),
        (NIGHT, "2026-11-27T01:00:00+01:00", "2026-11-27T22:00:00+01:00"),
    ],
)
def test_next_open_in_berlin(window: Window, asked: str, expected: str) -> None:
    assert next_open(window, at(asked), BERLIN) == at(expected)


def test_without_a_window_every_moment_is_open() -> None:
    sunday_night = at("2026-11-22T03:00:00+00:00")
    assert next_open(ALWAYS, sunday_night, BERLIN) == sunday_night


@pytest.mark.parametrize(
    ("opens", "closes", "asked", "expected"),
    [
        # In New York 02:00 to 03:00 does not exist on 14 March 2027, and 01:00 to 02:00 comes twice on 1 November 2026.
        (time(2, 30), time(5), "2027-03-14T00:00:00-05:00", "2027-03-14T03:00:00-04:00"),
        (time(22), time(2, 30), "2027-03-14T03:10:00-04:00", "2027-03-14T22:00:00-04:00"),
        (time(2, 15), time(2, 45), "2027-03-14T00:00:00-05:00", "2027-03-15T02:15:00-04:00"),
        (time(1, 30), time(5), "2026-11-01T00:00:00-04:00", "2026-11-01T01:30:00-04:00"),
        (time(22), time(1, 30), "2026-11-01T01:40:00-04:00", "2026-11-01T22:00:00-05:00"),
    ],
)
def test_hours_that_a_clock_change_skips_or_repeats(opens: time, closes: time, asked: str, expected: str) -> None:
    window = Window(days=EVERY_DAY, opens=opens, closes=closes)
    assert next_open(window, at(asked), NEW_YORK) == at(expected)


def test_a_holiday_closes_the_night_that_begins_on_it_and_not_the_one_before() -> None:
    window = Window(days=EVERY_DAY, opens=time(22), closes=time(2))

    def is_holiday(day: date) -> bool:
        return day == date(2026, 12, 25)

    early = at("2026-12-25T01:00:00+01:00")
    assert next_open(window, early, BERLIN, is_holiday) == early
    assert next_open(window, at("2026-12-25T02:00:00+01:00"), BERLIN, is_holiday) == at("2026-12-26T22:00:00+01:00")


def test_a_window_whose_every_day_is_a_holiday_is_an_error_and_no_endless_search() -> None:
    with pytest.raises(InvalidError, match="within the next year"):
        next_open(DEFAULT_WINDOW, at("2026-11-23T09:00:00+00:00"), BERLIN, lambda _day: True)


def test_two_windows_meet_at_their_first_common_moment() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    late = Window(days=EVERY_DAY, opens=time(16), closes=time(20))
    pair = ((DEFAULT_WINDOW, BERLIN, lambda _: False), (late, tokyo, lambda _: False))
    assert next_open_both(pair, at("2026-11-27T20:00:00+01:00")) == at("2026-11-30T08:00:00+01:00")


def test_two_windows_that_never_meet_are_refused() -> None:
    morning = Window(days=EVERY_DAY, opens=time(8), closes=time(9))
    evening = Window(days=EVERY_DAY, opens=time(18), closes=time(19))
    pair = ((morning, BERLIN, lambda _: False), (evening, BERLIN, lambda _: False))
    with pytest.raises(InvalidError, match="never open at the same time"):
        next_open_both(pair, at("2026-11-23T09:00:00+00:00"))


@pytest.mark.parametrize(("days", "hour"), [(frozenset(), 17), (EVERY_DAY, 8)])
def test_a_window_that_never_opens_is_refused(days: frozenset[int], hour: int) -> None:
    with pytest.raises(InvalidError, match="never opens"):
        Window(days=days, opens=time(8), closes=time(hour))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("always", None),
        ("8:00-17:30", Window(days=EVERY_DAY, opens=time(8), closes=time(17, 30))),
        (" 22:00 - 02:00 ", Window(days=EVERY_DAY, opens=time(22), closes=time(2))),
        ({}, DEFAULT_WINDOW),
        (
            {"days": ["Monday", "SUN"], "from": "09:15"},
            Window(days=frozenset({0, 6}), opens=time(9, 15), closes=time(17)),
        ),
        ({"from": 600, "to": 1020}, Window(days=frozenset(range(5)), opens=time(10), closes=time(17))),
    ],
)
def test_reads_a_window(value: object, expected: Window | None) -> None:
    assert read_window(value) == expected


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("", "not a time of day"),
        ("08:00", "not a time of day"),
        ("08:00-24:00", "'24:00' is not a time of day"),
        ("08:00-17:00+02:00", "not a time of day"),
        ({"to": "five"}, "'five' is not a time of day"),
        ({"to": 5000}, "5000 is not a time of day"),
        ({"days": ["mon", "someday"]}, "Unknown day 'someday'"),
        ({"days": "mon"}, "a list"),
        ({"days": None}, "a list"),
        ({"days": []}, "never opens"),
        (17, "`always` or has days"),
    ],
)
def test_refuses_what_is_no_window(value: object, says: str) -> None:
    with pytest.raises(InvalidError, match=says):
        read_window(value)


@given(windows())
def test_a_written_window_reads_back_as_itself(window: Window) -> None:
    assert read_window(write_window(window)) == window


@given(windows(), zones(), st.data())
def test_next_open_is_open_now_or_later_and_asking_again_changes_nothing(
    window: Window, zone: ZoneInfo, data: st.DataObject
) -> None:
    asked = data.draw(instants_near_clock_changes(zone))
    opened = next_open(window, asked, zone)
    assert opened >= asked
    assert is_open(window, opened, zone)
    assert next_open(window, opened, zone) == opened


@given(windows(), zones(), st.data())
def test_nothing_open_is_passed_over(window: Window, zone: ZoneInfo, data: st.DataObject) -> None:
    asked = data.draw(instants_near_clock_changes(zone))
    opened = next_open(window, asked, zone)
    between = asked + (opened - asked) * data.draw(st.floats(0, 0.999))
    local = between.astimezone(zone)
    # A window that begins or ends in a repeated hour may use one turn of the hour only.
    if between < opened and local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        assert not is_open(window, between, zone)


@given(windows(), zones(), st.sets(st.integers(0, 20)), st.data())
def test_holidays_are_days_on_which_no_window_opens(
    window: Window, zone: ZoneInfo, off: set[int], data: st.DataObject
) -> None:
    asked = data.draw(instants_near_clock_changes(zone))
    free = {asked.date() + timedelta(days=days) for days in off}
    opened = next_open(window, asked, zone, free.__contains__)
    assert is_open(window, opened, zone, free.__contains__)
