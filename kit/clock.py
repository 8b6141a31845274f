"""Wire: the only reader of the machine's clock, and the clocks that stand in for it."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that knows the time and can wait for it."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait `seconds` of this clock's time."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Block the calling thread for `seconds`."""
        time.sleep(max(0.0, seconds))


class FixedClock:
    """A clock that moves only when it is told to: for tests, simulation and `RAPPORT_NOW`."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs an aware instant")
        self._now = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant the clock was last moved to."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Move on by `seconds` at once."""
        self.advance(timedelta(seconds=seconds))

    def advance(self, wait: timedelta) -> None:
        """Move on by `wait`."""
        self._now += wait

    def jump(self, to: datetime) -> None:
        """Move on to `to`; never backwards."""
        self._now = max(self._now, to.astimezone(UTC))


class FastClock:
    """A clock that runs `speed` times as fast as the machine's and can skip ahead; with `stands` it begins at `go`.

    A world made of real sockets stays real: only what asks this clock sees its time.
    """

    def __init__(self, start: datetime, *, speed: float, stands: bool = False) -> None:
        self._start = start.astimezone(UTC)
        self._began = None if stands else time.monotonic()
        self._speed = speed
        self._skipped = timedelta()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return this clock's instant, aware, in UTC."""
        with self._lock:
            ran = 0.0 if self._began is None else time.monotonic() - self._began
            return self._start + timedelta(seconds=ran * self._speed) + self._skipped

    def go(self) -> None:
        """Begin to run, if it does not run yet."""
        with self._lock:
            if self._began is None:
                self._began = time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Block for `seconds` of this clock's time, at most one real second."""
        time.sleep(min(1.0, max(0.0, seconds / self._speed)) if self._speed else 0.05)

    def jump(self, to: datetime) -> None:
        """Skip ahead to `to`; never backwards."""
        ahead = to.astimezone(UTC) - self.now()
        if ahead > timedelta():
            with self._lock:
                self._skipped += ahead


class _NeverSleeps(FixedClock):
    """A fixed clock whose waits change nothing: for one command under `RAPPORT_NOW`."""

    def sleep(self, seconds: float) -> None:
        """Return at once."""


def make_command_clock(fixed: datetime | None) -> Clock:
    """Return the clock for one command: fixed when `RAPPORT_NOW` says so."""
    return _NeverSleeps(fixed) if fixed else SystemClock()
