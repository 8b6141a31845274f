"""A plain letter to vary in tests."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from mailer.types import Address, Letter

PLAIN = Letter(
    message_id="20260304.abc@brand.example",
    date=datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
    sender=Address(email="anna@brand.example", name="Anna Brandt"),
    to=Address(email="mila@creator.example", name="Mila"),
    subject="A bottle for your next hike?",
    text="Hello Mila,\nwe liked your film.\n",
)


def make_letter(**changes: Any) -> Letter:
    return replace(PLAIN, **changes)
