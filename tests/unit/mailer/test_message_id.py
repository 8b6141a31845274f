"""Message-IDs: repeatable, unguessable, in the mailbox's own domain."""

from datetime import UTC, datetime
from random import Random

from mailer.message_id import new_message_id

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def test_repeats_from_its_seed() -> None:
    one, other = (new_message_id(Random(7), domain="brand.example", now=NOW) for _ in range(2))
    assert one == other


def test_differs_each_time() -> None:
    rng = Random(7)
    assert len({new_message_id(rng, domain="brand.example", now=NOW) for _ in range(1000)}) == 1000


def test_is_a_dot_atom_with_128_bits_in_the_ascii_domain() -> None:
    local, _, domain = new_message_id(Random(7), domain="Bücher.example", now=NOW).partition("@")
    stamp, _, letters = local.partition(".")
    assert domain == "xn--bcher-kva.example"
    assert stamp == "20260304050607"
    assert len(letters) == 26
    assert letters.isalnum()
