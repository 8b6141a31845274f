"""Pure: whose move it is. Auto-replies and bounces never reach here: they do not change the turn."""

from datetime import datetime
from enum import StrEnum


class Turn(StrEnum):
    """Whose move it is in a conversation."""

    YOU = "you"
    THEM = "them"
    RESTING = "rest"


def decide_turn(
    *,
    last_in_at: datetime | None,
    last_out_at: datetime | None,
    done_at: datetime | None = None,
    snoozed_until: datetime | None = None,
    now: datetime,
) -> Turn:
    """Return *you* if they wrote last and it is not closed, *them* if we wrote last, else *resting*."""
    if snoozed_until and snoozed_until > now:
        return Turn.RESTING
    newest = max((at for at in (last_in_at, last_out_at) if at), default=None)
    if newest is None or (done_at and done_at >= newest):
        return Turn.RESTING
    return Turn.YOU if newest == last_in_at else Turn.THEM
