"""Pure: Message-IDs that repeat from their seed and that nobody can guess without it."""

from datetime import UTC, datetime
from random import Random

from mailer.domain import ascii_domain

_BITS = 128
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def new_message_id(rng: Random, *, domain: str, now: datetime) -> str:
    """Return a Message-ID without angle brackets: an instant, 128 random bits, and the mailbox's own domain.

    Source: RFC 5322 3.6.4. `rng` must be unpredictable in production: a bounce is matched by this id.
    """
    number = rng.getrandbits(_BITS)
    letters = "".join(_ALPHABET[number >> shift & 31] for shift in range(0, _BITS, 5))
    return f"{now.astimezone(UTC):%Y%m%d%H%M%S}.{letters}@{ascii_domain(domain)}"
