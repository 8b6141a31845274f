"""From a wait to an instant: by table, by property, and over every zone's clock changes of three years."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import InvalidError
from sequences.course.schedule import UTC_ZONE, Hours, Wait, add_wait, decide_due, open_from, parse_wait
from sequences.course.windows import DEFAULT_WINDOW, Window
from tests.unit.sequences.zones import (
    ZONE_NAMES,
    clock_change_instants,
    clocks,
    instants_near_clock_changes,
    is_open,
    windows,
    zones,
)

BERLIN = ZoneInfo("Europe/Berlin")
LONDON = ZoneInfo("Europe/London")
HOLIDAYS = frozenset({date(2026, 12, 25), date(2027, 1, 1)})
BERLIN_HOURS = Hours(zone=BERLIN, zone_from="the contact", window=DEFAULT_WINDOW, is_holiday=HOLIDAYS.__contains__)
CALM = datetime(2026, 2, 11, 10, 30, tzinfo=UTC)
UNITS = ("seconds", "minutes", "hours", "days", "business days", "weeks")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("3 business days", 3, "business days"),
        ("1 working day", 1, "business days"),
        ("2 weeks", 2, "weeks"),
        ("1w", 1, "weeks"),
        (" 4 Days ", 4, "days"),
        ("90 min", 90, "minutes"),
        ("36h", 36, "hours"),
        ("5s", 5, "seconds"),
        ("0 days", 0, "days"),
        ("366 days", 366, "days"),
        ("52 weeks", 52, "weeks"),
    ],
)
def test_reads_a_wait(text: str, amount: int, unit: str) -> None:
    assert parse_wait(text) == Wait(amount=amount, unit=unit)


@pytest.mark.parametrize(
    "text", ["", "days", "3", "-1 days", "1.5 days", "3 fortnights", "3 bus days", "1 day 2 hours"]
)
def test_refuses_what_is_no_wait(text: str) -> None:
    with pytest.raises(InvalidError, match="is not a wait"):
        parse_wait(text)


@pytest.mark.parametrize("text", ["367 days", "53 weeks", "300 business days", "9000 hours", "600000 minutes"])
def test_refuses_more_than_a_year(text: str) -> None:
    with pytest.raises(InvalidError, match="more than a year"):
        parse_wait(text)


@given(st.integers(0, 50), st.sampled_from(UNITS))
def test_a_wait_reads_back_from_its_own_words(amount: int, unit: str) -> None:
    wait = Wait(amount=amount, unit=unit)
    assert parse_wait(str(wait)) == wait


@pytest.mark.parametrize(
    ("start", "wait", "zone", "expected"),
    [
        ("2026-11-20T10:30:00+01:00", "3 days", BERLIN, "2026-11-23T10:30:00+01:00"),
        ("2026-11-20T10:30:00+01:00", "3 business days", BERLIN, "2026-11-25T10:30:00+01:00"),
        ("2026-11-21T10:30:00+01:00", "1 business day", BERLIN, "2026-11-23T10:30:00+01:00"),
        ("2026-12-24T10:30:00+01:00", "1 business day", BERLIN, "2026-12-28T10:30:00+01:00"),
        ("2026-12-24T10:30:00+01:00", "1 day", BERLIN, "2026-12-25T10:30:00+01:00"),
        # The weekend on which clocks go forward: same wall time, 47 hours later; hours stay hours.
        ("2027-03-27T10:30:00+01:00", "2 days", BERLIN, "2027-03-29T10:30:00+02:00"),
        ("2027-03-27T10:30:00+01:00", "48 hours", BERLIN, "2027-03-29T11:30:00+02:00"),
        ("2026-10-24T10:30:00+02:00", "1 week", BERLIN, "2026-10-31T10:30:00+01:00"),
        # 02:30 is skipped on 28 March 2027: as much later as the change.
        ("2027-03-27T02:30:00+01:00", "1 day", BERLIN, "2027-03-28T03:30:00+02:00"),
        # From the second 01:30 of the night in October into a 01:30 that does not exist: later, never earlier.
        ("2026-10-25T01:30:00+00:00", "154 days", LONDON, "2027-03-28T02:30:00+01:00"),
        # Greenland skips 23:00 to 24:00.
        ("2027-03-26T23:30:00-02:00", "1 day", ZoneInfo("America/Nuuk"), "2027-03-28T00:30:00-01:00"),
        # The day is the recipient's: it is Saturday in Auckland while it is Friday in UTC.
        ("2026-11-20T12:00:00+00:00", "1 business day", ZoneInfo("Pacific/Auckland"), "2026-11-23T01:00:00+13:00"),
    ],
)
def test_a_wait_keeps_the_wall_time(start: str, wait: str, zone: ZoneInfo, expected: str) -> None:
    assert add_wait(at(start), parse_wait(wait), zone, HOLIDAYS.__contains__) == at(expected)


@pytest.mark.parametrize(
    ("start", "wait", "expected", "shifts"),
    [
        ("2026-11-20T10:30:00+01:00", "3 days", "2026-11-23T10:30:00+01:00", ()),
        ("2026-11-20T10:30:00+01:00", "1 day", "2026-11-23T08:00:00+01:00", ("outside the sending window",)),
        ("2026-11-19T21:00:00+01:00", None, "2026-11-20T08:00:00+01:00", ("outside the sending window",)),
        ("2026-12-24T10:30:00+01:00", "1 day", "2026-12-28T08:00:00+01:00", ("holiday on 2026-12-25",)),
        ("2026-12-18T10:30:00+01:00", "1 day", "2026-12-21T08:00:00+01:00", ("outside the sending window",)),
    ],
)
def test_a_step_is_due_when_the_window_opens_and_says_what_moved_it(
    start: str, wait: str | None, expected: str, shifts: tuple[str, ...]
) -> None:
    due = decide_due(at(start), parse_wait(wait) if wait else None, BERLIN_HOURS)
    assert (due.at, due.shifts) == (at(expected), shifts)


def test_a_holiday_on_a_day_without_mail_is_not_the_reason() -> None:
    sunday = date(2027, 3, 28)
    hours = Hours(zone=BERLIN, zone_from="x", window=DEFAULT_WINDOW, is_holiday=frozenset({sunday}).__contains__)
    due = decide_due(at("2027-03-27T12:00:00+01:00"), None, hours)
    assert due.shifts == ("outside the sending window",)


def test_a_holiday_is_named_in_the_night_of_a_clock_change() -> None:
    sunday = date(2027, 3, 28)
    daily = Window(days=frozenset(range(7)), opens=time(0), closes=time(23, 15))
    hours = Hours(zone=BERLIN, zone_from="x", window=daily, is_holiday=frozenset({sunday}).__contains__)
    due = decide_due(at("2027-03-27T23:30:00+01:00"), None, hours)
    assert (due.at, due.shifts) == (at("2027-03-29T00:00:00+02:00"), ("holiday on 2027-03-28",))


def test_not_before_delays_and_says_so() -> None:
    start, hold = at("2026-11-23T10:00:00+01:00"), at("2026-11-25T09:00:00+01:00")
    due = decide_due(start, Wait(amount=1, unit="days"), BERLIN_HOURS, not_before=hold)
    assert (due.at, due.wanted_at, due.shifts) == (hold, at("2026-11-24T10:00:00+01:00"), ("not before",))
    past = decide_due(start, Wait(amount=1, unit="days"), BERLIN_HOURS, not_before=start)
    assert (past.at, past.shifts) == (past.wanted_at, ())


def test_the_mailbox_has_hours_of_its_own() -> None:
    evening = Window(days=frozenset(range(7)), opens=time(16), closes=time(20))
    hours = Hours(
        zone=BERLIN, zone_from="x", window=DEFAULT_WINDOW, mailbox_window=evening, mailbox_zone=ZoneInfo("Asia/Tokyo")
    )
    assert open_from(at("2026-11-23T12:30:00+01:00"), hours) == at("2026-11-24T08:00:00+01:00")


WAITS = st.builds(Wait, amount=st.integers(0, 30), unit=st.sampled_from(UNITS))


@given(windows(), zones(), WAITS, st.sets(st.integers(0, 20)), st.data())
def test_a_step_is_due_in_the_window_and_never_before_its_wait(
    window: Window, zone: ZoneInfo, wait: Wait, off: set[int], data: st.DataObject
) -> None:
    start = data.draw(instants_near_clock_changes(zone))
    free = frozenset(start.date() + timedelta(days=days) for days in off)
    hours = Hours(zone=zone, zone_from="x", window=window, is_holiday=free.__contains__)
    due = decide_due(start, wait, hours)
    assert is_open(window, due.at, zone, free.__contains__)
    assert due.at >= due.wanted_at >= start
    assert (due.at == due.wanted_at) == (not due.shifts)
    assert_waited(start, due.wanted_at, wait, zone, free)


@given(zones(), st.integers(0, 40), st.data())
def test_a_longer_wait_never_ends_earlier(zone: ZoneInfo, amount: int, data: st.DataObject) -> None:
    start = data.draw(instants_near_clock_changes(zone))
    unit = data.draw(st.sampled_from(UNITS))
    shorter = add_wait(start, Wait(amount=amount, unit=unit), zone)
    assert shorter < add_wait(start, Wait(amount=amount + 1, unit=unit), zone)


# Where things go wrong: the hour that is skipped, the one that comes twice, and the nights that hold them.
ALL_WINDOWS = (
    DEFAULT_WINDOW,
    Window(days=frozenset({4, 5, 6}), opens=time(22), closes=time(2, 30)),
    Window(days=frozenset({5, 6}), opens=time(0), closes=time(23, 59)),
    Window(days=frozenset(range(7)), opens=time(1, 30), closes=time(3, 30)),
)
ALL_WAITS = tuple(
    parse_wait(text) for text in ("1 day", "3 days", "1 week", "1 business day", "4 business days", "30 h")
)
AROUND = tuple(timedelta(minutes=minutes) for minutes in (-121, -61, -31, 0, 29, 59, 11 * 60))


def test_every_zone_keeps_window_and_wall_time_through_three_years_of_clock_changes() -> None:
    """Every clock of the world, each of its changes of 2025 to 2027, waits that begin and waits that end round it."""
    assert sum(map(len, clocks().values())) == len(ZONE_NAMES) > 400
    changes = 0
    for zone, names in clocks().items():
        instants = clock_change_instants(zone)
        changes += len(instants) * len(names)
        for at, around, wait in product(instants or (CALM,), AROUND, ALL_WAITS):
            length = add_wait(CALM, wait, UTC_ZONE) - CALM
            for start in (at + around, at + around - length):
                check_due(start, wait, zone)
    assert changes > 1000


def check_due(start: datetime, wait: Wait, zone: ZoneInfo) -> None:
    wanted = add_wait(start, wait, zone)
    assert_waited(start, wanted, wait, zone, frozenset())
    for window in ALL_WINDOWS:
        due = open_from(wanted, Hours(zone=zone, zone_from="x", window=window))
        assert is_open(window, due, zone), (zone.key, start, str(wait))
        assert due >= wanted >= start, (zone.key, start, str(wait))


def assert_waited(start: datetime, end: datetime, wait: Wait, zone: ZoneInfo, free: frozenset[date]) -> None:
    """Day waits keep the wall time, or come later by what the clock skipped; shorter ones are plain durations."""
    if wait.unit in ("seconds", "minutes", "hours"):
        assert end - start == timedelta(**{wait.unit: wait.amount})
        return
    begin, ended = (moment.astimezone(zone).replace(tzinfo=None) for moment in (start, end))
    wanted = datetime.combine(ended.date(), begin.time())
    # Greenland skips the last hour of a Saturday, so the delay may cross midnight.
    wanted -= timedelta(days=wanted > ended)
    skipped = ended - wanted
    passed = [begin.date() + timedelta(days=n + 1) for n in range((wanted.date() - begin.date()).days)]
    if skipped:
        # By no more than the change itself: half an hour on Lord Howe, two hours at Troll.
        before, after = ((end - early).astimezone(zone).utcoffset() for early in (skipped, timedelta()))
        assert before is not None
        assert after is not None
        assert timedelta() < skipped <= after - before
    match wait.unit:
        case "business days":
            assert sum(day.weekday() < 5 and day not in free for day in passed) == wait.amount
            assert not wait.amount or (passed[-1].weekday() < 5 and passed[-1] not in free)
        case "weeks":
            assert len(passed) == wait.amount * 7
        case _:
            assert len(passed) == wait.amount


# Tuesday to Thursday, half past nine to half past eleven.
BEST = Window(days=frozenset({1, 2, 3}), opens=time(9, 30), closes=time(11, 30))
PREFERRING = Hours(
    zone=BERLIN, zone_from="the contact", window=DEFAULT_WINDOW, preferred=BEST, is_holiday=HOLIDAYS.__contains__
)


@pytest.mark.parametrize(
    ("wanted", "leaves"),
    [
        ("2026-11-24T08:10+01:00", "2026-11-24T09:30+01:00"),
        ("2026-11-24T10:00+01:00", "2026-11-24T10:00+01:00"),
        # Monday waits for Tuesday, the afternoon for the next morning.
        ("2026-11-23T09:00+01:00", "2026-11-24T09:30+01:00"),
        ("2026-11-24T15:00+01:00", "2026-11-25T09:30+01:00"),
        # On Thursday afternoon the next good morning is too far away: a preference is no rule.
        ("2026-11-26T15:00+01:00", "2026-11-26T15:00+01:00"),
        # Outside the window it moves into the window first.
        ("2026-11-23T20:00+01:00", "2026-11-24T09:30+01:00"),
    ],
)
def test_preferred_hours_are_waited_for_when_they_come_soon(wanted: str, leaves: str) -> None:
    due = decide_due(at(wanted), None, PREFERRING)
    assert due.at == at(leaves)
    assert ("moved into the preferred hours" in due.shifts) == (due.at > open_from(at(wanted), PREFERRING))


def test_a_preference_that_never_meets_the_window_is_passed_over() -> None:
    night = Window(days=frozenset({1}), opens=time(1), closes=time(2))
    hours = Hours(zone=BERLIN, zone_from="the contact", window=DEFAULT_WINDOW, preferred=night)
    assert decide_due(at("2026-11-24T10:00+01:00"), None, hours).at == at("2026-11-24T10:00+01:00")
