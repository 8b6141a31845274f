"""Pure: hard means a dead address and nothing else."""

import pytest

from mailer.parse.bounce_reason import find_reason, is_dead_address, status_of
from mailer.types import BounceReason


@pytest.mark.parametrize(
    ("status", "words", "hard"),
    [
        ("5.1.1", "", True),
        ("5.1.1", "550 5.1.1 user unknown", True),
        ("5.1.10", "recipient not found", True),
        ("5.1.2", "bad destination system", True),
        ("5.4.4", "host not found", True),
        ("5.1.6", "mailbox has moved", True),
        ("5.0.0", "550 no such user here", True),
        (None, "550 requested action not taken: mailbox unavailable", True),
        (None, "Domain blog.example does not accept mail (nullMX)", True),
        (None, "DNS Error: Domain name not found", True),
        ("5.2.2", "mailbox full", False),
        ("5.1.1", "552 mailbox full, over quota", False),
        ("5.7.1", "message rejected due to spam content", False),
        ("5.7.26", "unauthenticated mail, see DMARC policy", False),
        ("5.7.1", "user unknown to our blocklist service: blocked", False),
        ("5.3.4", "message too large", False),
        ("5.4.7", "delivery time expired", False),
        ("5.2.1", "account disabled", False),
        ("4.1.1", "user unknown", False),
        ("5.0.0", "", False),
        (None, "it failed", False),
    ],
)
def test_only_a_dead_address_is_hard(status: str | None, words: str, hard: bool) -> None:
    assert is_dead_address(status, words, permanent=True) is hard


def test_what_is_not_permanent_is_never_hard() -> None:
    assert not is_dead_address("5.1.1", "user unknown", permanent=False)


@pytest.mark.parametrize(
    ("status", "words", "reason"),
    [
        ("5.1.1", "", BounceReason.USER_UNKNOWN),
        (None, "550 5.4.1 Recipient address rejected: Access denied", BounceReason.USER_UNKNOWN),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied", BounceReason.USER_UNKNOWN),
        (None, "unknown host", BounceReason.HOST_UNKNOWN),
        (None, "the user has moved to b@c.example", BounceReason.MOVED),
        (None, "domain does not accept mail (nullMX)", BounceReason.NO_MAIL),
        ("5.7.27", "sender address has null MX", BounceReason.POLICY),
        ("5.2.2", "", BounceReason.MAILBOX_FULL),
        (None, "La casella di posta del destinatario è piena", BounceReason.MAILBOX_FULL),
        (None, "收件人邮箱容量已满", BounceReason.MAILBOX_FULL),
        ("5.7.1", "blocked using a blocklist", BounceReason.REPUTATION),
        ("5.7.1", "looks like spam", BounceReason.SPAM),
        ("5.7.26", "fails DMARC", BounceReason.AUTHENTICATION),
        ("5.7.1", "", BounceReason.POLICY),
        ("5.7.1", "message blocked by policy", BounceReason.POLICY),
        ("5.7.1", "relay access denied", BounceReason.RELAY),
        ("5.3.4", "", BounceReason.SIZE),
        ("4.4.7", "450 4.7.1 greylisted", BounceReason.EXPIRED),
        ("4.7.1", "greylisted", BounceReason.RATE),
        (None, "account disabled", BounceReason.SUSPENDED),
        (None, "it failed", BounceReason.UNSTATED),
    ],
)
def test_the_words_say_why(status: str | None, words: str, reason: BounceReason) -> None:
    assert find_reason(status, words) is reason


@pytest.mark.parametrize(
    ("reason", "permanent", "status"),
    [
        (BounceReason.USER_UNKNOWN, True, "5.1.1"),
        (BounceReason.MAILBOX_FULL, True, "5.2.2"),
        (BounceReason.MAILBOX_FULL, False, "4.2.2"),
        (BounceReason.UNSTATED, True, None),
        (BounceReason.SYSTEM, True, None),
    ],
)
def test_a_reason_has_a_code(reason: BounceReason, permanent: bool, status: str | None) -> None:
    assert status_of(reason, permanent=permanent) == status
