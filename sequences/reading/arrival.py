"""Pure: one mail on its way into the books: what was fetched, what it says, whose it is, and its row."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.talks import Talk
from mailer.types import Fetched, ParsedMail

SUBJECT_MAX = 500
BY_SENDER = "sender's address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Whose a mail is. `other_contact_id` is whom it answers, when somebody else answered."""

    contact_id: int | None = None
    talk: Talk | None = None
    by: str = ""
    send_id: int | None = None
    is_stranger: bool = False
    other_contact_id: int | None = None


@dataclass(slots=True, kw_only=True)
class Arrival:
    """One mail to be stored; `side` is in, out, or empty for a machine's. `message_id` is known once it is stored."""

    fetched: Fetched
    parsed: ParsedMail
    match: Match
    talk: Talk
    side: str
    row: dict[str, Any]
    message_id: int = 0

    @property
    def at(self) -> datetime:
        """Return when the server received it (B9)."""
        return self.fetched.received_at

    @property
    def is_ours(self) -> bool:
        """Return whether one of us wrote it elsewhere."""
        return bool(self.row["direction"] == "out")

    @property
    def body(self) -> dict[str, Any]:
        """Return its large parts, as their table has them."""
        parsed = self.parsed
        return {"new_text": parsed.new_text, "text": parsed.text, "html": parsed.html, "raw": self.fetched.raw}


def dedupe_key(fetched: Fetched, parsed: ParsedMail) -> str:
    """Return what makes a mail one and the same in every folder (B5)."""
    return parsed.message_id or hashlib.sha256(fetched.raw).hexdigest()
