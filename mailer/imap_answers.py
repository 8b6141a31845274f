"""Pure: what an IMAP server's answers about messages say, and how many messages to ask for at once."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from mailer.types import UNDATED

PIECE = 4_000_000  # bytes of one mail that are asked for at once
_BATCH_BYTES = 8_000_000


def split_by_size(sizes: Mapping[int, int]) -> list[list[int]]:
    """Return batches that fit into memory; a long mail is one by itself."""
    batches: list[list[int]] = []
    room = 0
    for uid, size in sizes.items():
        if not batches or size > room or size > PIECE:
            batches.append([])
            room = _BATCH_BYTES
        batches[-1].append(uid)
        room = 0 if size > PIECE else room - size
    return batches


def received_at(row: Mapping[bytes, Any]) -> datetime:
    """Return INTERNALDATE in UTC, or UNDATED where it is missing or impossible."""
    at = row.get(b"INTERNALDATE")
    try:
        return at.astimezone(UTC) if isinstance(at, datetime) else UNDATED
    except (ValueError, OverflowError):
        return UNDATED


def message_id_of(head: bytes) -> bytes | None:
    """Return the Message-ID field of a header with its brackets."""
    found = re.search(rb"(?im)^message-id[ \t]*:\s*(<[^>\r\n]*>)", head)
    return found.group(1) if found else None
