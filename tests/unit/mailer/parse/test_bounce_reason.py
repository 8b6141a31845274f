"""Pure: hard means a dead address and nothing else."""

import pytest

from mailer.parse.bounce_reason import is_dead_address


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
