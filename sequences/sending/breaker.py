"""Pure: circuit breakers: what the share of hard bounces among the last mails forbids."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

COUNTED_FOR = timedelta(days=14)
AT_LEAST = 50
WARN, STOP_FIRST, STOP_ALL = 0.02, 0.03, 0.05


class Level(StrEnum):
    """How far a breaker has opened."""

    FINE = "fine"
    WARN = "warn"
    STOP_FIRST = "stop_first"
    STOP_ALL = "stop_all"


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceRate:
    """What one mailbox or sequence sent in the last 14 days, and how much of it met a dead address."""

    sent: int
    hard: int

    @property
    def share(self) -> float:
        """Hard bounces per mail."""
        return self.hard / self.sent if self.sent else 0.0

    @property
    def level(self) -> Level:
        """What this forbids; fewer than 50 mails prove nothing."""
        if self.sent < AT_LEAST or self.share < WARN:
            return Level.FINE
        if self.share < STOP_FIRST:
            return Level.WARN
        return Level.STOP_FIRST if self.share < STOP_ALL else Level.STOP_ALL

    def sentence(self, what: str) -> str:
        """Say it to a person."""
        begin = f"{self.hard} of the last {self.sent} mails of {what} met a dead address ({self.share:.1%})."
        return (
            begin
            + {
                Level.FINE: "",
                Level.WARN: " At 3 % no first mails leave any more.",
                Level.STOP_FIRST: " No first mails leave until the share is below 3 % again; follow-ups go on.",
                Level.STOP_ALL: " Nothing leaves until a person has cleaned the list and resumed.",
            }[self.level]
        )
