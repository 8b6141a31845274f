"""Pure: circuit breakers: what the share of hard bounces among the last mails forbids."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from kit.errors import say

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
        begin = say(
            "%(hard)s of the last %(sent)s mails of %(what)s met a dead address (%(share)s).",
            hard=self.hard,
            sent=self.sent,
            what=what,
            share=f"{self.share:.1%}",
        )
        after = {
            Level.FINE: "",
            Level.WARN: say("At 3 % no first mails leave any more."),
            Level.STOP_FIRST: say("No first mails leave until the share is below 3 % again; follow-ups go on."),
            Level.STOP_ALL: say("Nothing leaves until a person has cleaned the list and resumed."),
        }[self.level]
        return f"{begin} {after}" if after else begin
