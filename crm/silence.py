"""Pure: how often somebody usually writes, and from when on their silence is longer than usual."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

GAPS = 10
FEWEST = 3
LEAST = timedelta(days=7)


def usual_gap(instants: Sequence[datetime]) -> timedelta | None:
    """Return the usual gap between somebody's mails, given their instants in time order; None if it is too early.

    gap(i) = at(i + 1) - at(i); usual = median of the last `GAPS` (10) gaps, which must be at least `FEWEST` (3).
    The median, because one long holiday, or a quick second mail, says nothing about a habit.
    """
    gaps = [(late - early).total_seconds() for early, late in pairwise(instants)][-GAPS:]
    return timedelta(seconds=int(median(gaps))) if len(gaps) >= FEWEST else None


def quiet_from(last: datetime, usual: timedelta | None) -> datetime | None:
    """Return from when on somebody who wrote last at `last` is going quiet; never, while no usual gap is known.

    quiet when now - last > max(2 x usual, `LEAST`): twice the usual gap, and a week at least, so that the evening
    after a lively afternoon is no silence.
    """
    return None if usual is None else last + max(2 * usual, LEAST)


def is_quiet(instants: Sequence[datetime], now: datetime) -> bool:
    """Return whether somebody, given the instants of their mails in time order, is going quiet."""
    since = quiet_from(instants[-1], usual_gap(instants)) if instants else None
    return since is not None and since < now
