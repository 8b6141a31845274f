"""Use cases: how often a broken server is signed in to: at most ten times an hour, by whoever (B7).

The instants of sign-ins since the last completed poll are kept as the note of a heartbeat. A completed poll, and
nothing else, forgets them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from kit.tx import Tx
from sequences.leases import beat, note_of

MOST_AN_HOUR = 10
HOUR = timedelta(hours=1)
# How long to wait after so many sign-ins in vain: what broke once is well again within two minutes.
_WAITS_S = (0, 30, 50, 60, 120, 300)
_LONGEST_WAIT_S = 720


def is_welcome(tx: Tx, mailbox_id: int) -> bool:
    """Return whether the server may be signed in to at all."""
    return len([at for at in _read(tx, mailbox_id) if at > tx.now - HOUR]) < MOST_AN_HOUR


def is_time(tx: Tx, mailbox_id: int) -> bool:
    """Return whether it is time to try a server again that was signed in to in vain."""
    knocks = _read(tx, mailbox_id)
    return not knocks or tx.now >= next_knock(knocks)


def next_knock(knocks: Sequence[datetime]) -> datetime:
    """Return when to try again after these sign-ins in vain, oldest first; never an eleventh within an hour."""
    waits = _WAITS_S[len(knocks)] if len(knocks) < len(_WAITS_S) else _LONGEST_WAIT_S
    after = knocks[-1] + timedelta(seconds=waits)
    return max(after, knocks[-MOST_AN_HOUR] + HOUR) if len(knocks) >= MOST_AN_HOUR else after


def count_knocks(tx: Tx, mailbox_id: int, logins: int) -> None:
    """Count sign-ins that led to nothing; 0 forgets them all, because a poll was completed."""
    knocks = _read(tx, mailbox_id)
    if logins:
        kept = [at for at in knocks if at > tx.now - HOUR] + [tx.now] * logins
        beat(tx, _name(mailbox_id), note=" ".join(at.isoformat() for at in kept[-2 * MOST_AN_HOUR :]))
    elif knocks:
        beat(tx, _name(mailbox_id))


def _read(tx: Tx, mailbox_id: int) -> list[datetime]:
    return [datetime.fromisoformat(word) for word in note_of(tx, _name(mailbox_id)).split()]


def _name(mailbox_id: int) -> str:
    return f"knocks:{mailbox_id}"
