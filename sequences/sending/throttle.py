"""Pure: how fast a mailbox may send: rolling daily cap, ramp, gap. All counted from the log of sent mail (A10)."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from kit.errors import say

RAMP_START = 5
RAMP_STEP = 2
DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Go:
    """Nothing in the throttles stands against sending now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Not before `at`, because of `reason`: a sentence for people."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingDay:
    """What one past day of a mailbox saw."""

    sent: int
    bounced: int


def ramped_cap(cap: int | None, days: Sequence[SendingDay]) -> int:
    """Return today's cap while a mailbox warms up: 5 at first, 2 more after each clean day, back on bounces.

    `days` are the past days with mail, oldest first.
    """
    level = RAMP_START
    for day in days:
        if day.sent == 0:
            continue
        level = max(RAMP_START, level - 2 * RAMP_STEP) if day.bounced else level + RAMP_STEP
        if cap is not None:
            level = min(level, cap)
    return min(level, cap) if cap is not None else level


def draw_gap(low_s: int, high_s: int, *, mailbox_id: int, after: datetime) -> float:
    """Return the pause in seconds after a mailbox's last mail: random, but the same however often it is asked."""
    if high_s <= 0:
        return 0.0
    return Random(f"{mailbox_id}:{after.isoformat()}").uniform(low_s, max(low_s, high_s))


class Limit:
    """One limit over a rolling 24 h: a cap and the newest instants that count against it, ascending.

    `recent` needs to hold no more than the newest `cap` instants: they alone decide. `what` is said in sentences.
    """

    def __init__(self, what: str, cap: int, recent: Iterable[datetime]) -> None:
        self.what = what
        self.cap = cap
        self._recent = deque(recent, maxlen=max(cap, 1))

    def check(self, now: datetime) -> Later | None:
        """Return when the next mail may leave, if not now."""
        if self.cap <= 0:
            return Later(at=now + DAY, reason=say("The daily limit of %(what)s is 0.", what=self.what))
        # The oldest of the newest `cap` decides: one look, however high the cap.
        if len(self._recent) < self.cap or self._recent[0] <= now - DAY:
            return None
        words = say("The limit of %(cap)s mails in 24 hours of %(what)s is reached.", cap=self.cap, what=self.what)
        return Later(at=self._recent[0] + DAY, reason=words)

    def take(self, now: datetime) -> None:
        """Count one more mail."""
        self._recent.append(now)

    def next_room(self, now: datetime) -> datetime:
        """Return when the oldest mail of the last 24 hours stops counting; in 24 hours when there is none."""
        return next((at + DAY for at in self._recent if at > now - DAY), now + DAY)

    def room(self, now: datetime) -> int:
        """Return how many more mails may leave now."""
        return max(0, self.cap - sum(at > now - DAY for at in self._recent))
