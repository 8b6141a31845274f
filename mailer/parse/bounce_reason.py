"""Pure: why a mail was refused, and whether that means a dead address: user or host unknown, moved, takes no mail."""

import re

from mailer.parse.reason_words import ALIVE_WORDS, BY_STATUS, DEAD_REASONS, DEAD_WORDS, HOST_WORDS, STATUS_OF
from mailer.types import BounceReason

# The words are lower case and so is what they are sought in: the search is three times as fast as one without case.
_DEAD = tuple((reason, re.compile("|".join(words))) for reason, words in DEAD_WORDS.items())
_ALIVE = tuple((reason, re.compile(words)) for reason, words in ALIVE_WORDS.items())
_HOST = re.compile(HOST_WORDS)
# codes of another cause: when one of them comes with that cause's words, "unknown" beside them does not count
_ANOTHER_CAUSE = re.compile(r"^5\.(?:2\.[234]|3\.\d|4\.[17]|5\.\d|6\.\d|7\.\d{1,3}|1\.8|1\.7)$")
_UNKNOWN_CODES = frozenset({"5.1.1", "5.1.10"})
_STRONG = frozenset(
    {
        BounceReason.MAILBOX_FULL,
        BounceReason.SPAM,
        BounceReason.REPUTATION,
        BounceReason.RATE,
        BounceReason.SUSPENDED,
        BounceReason.SIZE,
    }
)
_ACCESS_DENIED = "5.4.1 recipient address rejected: access denied"  # Office 365 of an unknown recipient
_LOOKED_AT = 2_000  # characters


def find_reason(status: str | None, diagnostic: str) -> BounceReason:
    """Return why the mail was refused; UNSTATED when neither words nor code say so.

    The words decide before the code: servers give 5.1.1 for blocked mail and 5.0.0 for unknown users.
    """
    words = diagnostic[:_LOOKED_AT].lower()
    dead = _first(_DEAD, words)
    alive = _first(_ALIVE, words)
    if dead and not (alive and status and _ANOTHER_CAUSE.match(status) and _ACCESS_DENIED not in words):
        return dead
    if status and status.endswith(".4.7"):
        return BounceReason.EXPIRED
    if alive:
        blames_user = status in _UNKNOWN_CODES and alive not in _STRONG and "policy" not in words
        return BounceReason.USER_UNKNOWN if blames_user else alive
    if _HOST.search(words):
        return BounceReason.HOST_UNKNOWN
    return _by_status(status) or BounceReason.UNSTATED


def is_dead_address(status: str | None, diagnostic: str, *, permanent: bool) -> bool:
    """Tell whether a refusal in these words means that no mail can ever arrive there."""
    return is_dead_reason(status, find_reason(status, diagnostic), permanent=permanent)


def is_dead_reason(status: str | None, reason: BounceReason, *, permanent: bool) -> bool:
    """Tell whether a reason means a dead address; a class other than 5 and a promise to retry never do."""
    return permanent and (status or "5").startswith("5") and reason in DEAD_REASONS


def status_of(reason: BounceReason, *, permanent: bool) -> str | None:
    """Return the code that RFC 3463 gives to a reason, for reports that state none."""
    return f"{5 if permanent else 4}.{STATUS_OF[reason]}" if reason in STATUS_OF else None


def _first(table: tuple[tuple[BounceReason, re.Pattern[str]], ...], words: str) -> BounceReason | None:
    return next((reason for reason, pattern in table if pattern.search(words)), None)


def _by_status(status: str | None) -> BounceReason | None:
    if not status:
        return None
    detail = status.partition(".")[2]
    return BY_STATUS.get(detail) or (BounceReason.POLICY if detail.startswith("7.") else None)
