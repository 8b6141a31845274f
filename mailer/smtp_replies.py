"""Pure: reading what an SMTP server says."""

import re

from mailer.errors import ReplyError

_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)")
_LONGEST = 1000


def find_enhanced(text: str) -> str | None:
    """Return the enhanced status code at the start of a reply's text (RFC 2034 4), or None."""
    found = _ENHANCED.match(text)
    return found.group() if found else None


def reply_text(raw: bytes) -> str:
    """Return a reply's words on one line, at most 1,000 characters."""
    return " ".join(raw.decode("utf-8", "replace").split())[:_LONGEST]


def make_reply_error(stage: str, code: int, raw: bytes) -> ReplyError:
    """Return the error for a refusing reply."""
    text = reply_text(raw)
    return ReplyError(stage=stage, code=code, enhanced=find_enhanced(text), text=text)
