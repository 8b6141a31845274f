"""Clocks: the machine's, and those that stand in for it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from kit.clock import FastClock, FixedClock, SystemClock, make_command_clock

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_a_fixed_clock_moves_only_when_told() -> None:
    clock = FixedClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.sleep(90)
    assert clock.now() == NOON + timedelta(seconds=90)
    clock.jump(NOON)
    assert clock.now() == NOON + timedelta(seconds=90)
    clock.jump(NOON + timedelta(days=3))
    assert clock.now() == NOON + timedelta(days=3)


def test_a_clock_speaks_utc_and_needs_a_zone() -> None:
    clock = FixedClock(datetime(2026, 11, 23, 13, 0, tzinfo=timezone(timedelta(hours=1))))
    assert clock.now() == NOON
    assert clock.now().utcoffset() == timedelta()
    with pytest.raises(ValueError, match="aware"):
        FixedClock(NOON.replace(tzinfo=None))


def test_a_fast_clock_runs_ahead_and_skips_forward_only() -> None:
    clock = FastClock(NOON, speed=1e6)
    seen = [clock.now() for _ in range(100)]
    assert seen == sorted(seen)
    assert seen[-1] > NOON
    clock.jump(NOON + timedelta(days=400))
    assert clock.now() >= NOON + timedelta(days=400)
    clock.jump(NOON)
    assert clock.now() >= NOON + timedelta(days=400)


def test_a_fast_clock_sleeps_in_its_own_time() -> None:
    clock = FastClock(NOON, speed=1e5)
    begin = clock.now()
    clock.sleep(100)
    assert clock.now() - begin >= timedelta(seconds=100)


def test_a_stopped_clock_shows_only_its_jumps() -> None:
    clock = FastClock(NOON, speed=0)
    assert clock.now() == NOON
    clock.jump(NOON + timedelta(hours=1))
    assert clock.now() == NOON + timedelta(hours=1)


def test_a_clock_that_stands_begins_when_told_to_and_once_only() -> None:
    clock = FastClock(NOON, speed=1e6, stands=True)
    clock.sleep(100)
    assert clock.now() == NOON
    clock.go()
    clock.sleep(100)
    seen = clock.now()
    assert seen >= NOON + timedelta(seconds=100)
    clock.go()
    assert clock.now() >= seen


def test_a_command_under_a_fixed_time_stays_there_even_if_it_waits() -> None:
    clock = make_command_clock(NOON)
    clock.sleep(3600)
    assert clock.now() == NOON
    assert isinstance(make_command_clock(None), SystemClock)


def test_the_machines_clock_is_aware_and_goes_forward() -> None:
    clock = SystemClock()
    first = clock.now()
    clock.sleep(-1)
    assert first <= clock.now()
    assert first.utcoffset() == timedelta()
