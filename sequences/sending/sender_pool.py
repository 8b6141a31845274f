"""Pure: which mailbox of a pool writes to the next person; it then keeps them for the whole run (C5).

The same values give the same choice, so the forecast chooses what the engine will.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# What a mailbox without a daily limit counts as: more than any limit a person sets, and still comparable.
NO_LIMIT = 1_000_000
WORRYING, BAD = 0.03, 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """One mailbox of a pool: `room` is how many mails its limit allows today (None: no limit).

    `bounce_rate` is the share of hard bounces, 0 while too few mails have left to tell.
    """

    mailbox_id: int
    room: int | None
    bounce_rate: float = 0.0
    is_paused: bool = False

    @property
    def health(self) -> float:
        """1 is well, a half is worrying, 0 is not to be given anybody new."""
        if self.is_paused or self.bounce_rate > BAD:
            return 0.0
        return 0.5 if self.bounce_rate >= WORRYING else 1.0


def choose_sender(senders: Sequence[Sender], assigned: Mapping[int, int]) -> int:
    """Return the mailbox with the most healthy room left after the people already `assigned` to it, by mailbox."""
    well = [sender for sender in senders if sender.health] or senders
    best = min(well, key=lambda sender: (-_score(sender, assigned.get(sender.mailbox_id, 0)), sender.mailbox_id))
    return best.mailbox_id


def _score(sender: Sender, assigned: int) -> float:
    left = (NO_LIMIT if sender.room is None else sender.room) - assigned
    health = sender.health or 1.0
    # Beyond its limit, poor health must count against a mailbox, not for it.
    return left * health if left > 0 else left / health
