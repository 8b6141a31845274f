"""Pure: what one mailbox may send now: its limit over 24 hours, the gap after its last mail, room for follow-ups."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kit.errors import say
from sequences.sending.throttle import Go, Later, Limit

RESERVE_SHARE = 0.5


@dataclass(slots=True, kw_only=True)
class Pace:
    """What one mailbox may send now: its limit, when its gap ends, and what is kept free for follow-ups.

    `reserve` is asked only when little room is left: it is never more than `RESERVE_SHARE` of the limit.
    """

    address: str
    limit: Limit | None
    gap_until: datetime | None
    reserve: Callable[[], int]

    def check(self, now: datetime, *, by_hand: bool = False) -> Go | Later:
        """Decide whether it may send one more; mail written by hand needs no gap."""
        later = self.limit.check(now) if self.limit else None
        if later:
            return later
        if self.gap_until and self.gap_until > now and not by_hand:
            return Later(
                at=self.gap_until, reason=say("A pause between two mails of %(address)s.", address=self.address)
            )
        return Go()

    def check_first(self, now: datetime) -> Later | None:
        """Return when a first mail may leave, if the room that is left is kept for follow-ups."""
        if self.limit is None or self.limit.room(now) > int(self.limit.cap * RESERVE_SHARE):
            return None
        reserve = self.reserve()
        if not reserve or self.limit.room(now) > reserve:
            return None
        reason = say(
            "%(address)s keeps room for %(reserve)s follow-ups of the next 24 hours.",
            address=self.address,
            reserve=reserve,
        )
        return Later(at=self.limit.next_room(now), reason=reason)

    def room(self, now: datetime) -> int | None:
        """Return how many more may leave now; None without a limit."""
        return None if self.limit is None else self.limit.room(now)

    def take(self, now: datetime) -> None:
        """Count one more mail."""
        if self.limit:
            self.limit.take(now)
