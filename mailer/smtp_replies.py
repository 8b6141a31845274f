"""Pure: reading what an SMTP server says."""

import re
from typing import NamedTuple

from mailer.errors import ReplyError, UnclearError
from mailer.types import Accepted

CLOSING = 421
_AGREED = 2  # RFC 5321 4.2.1: 2yz
_GO_AHEAD = 354
_REFUSED = (4, 5)
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)")
_LONGEST = 1000


class Reply(NamedTuple):
    """A server's reply: `words` of all its lines, without the codes."""

    code: int
    words: bytes


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


def judge_command(stage: str, reply: Reply) -> ReplyError | None:
    """Return the refusal of a command, or None when the server agrees; DATA is agreed to with 354.

    Raises:
        ConnectionError: the reply fits no command of this kind; we are out of step.
    """
    kind = reply.code // 100
    if reply.code == _GO_AHEAD if stage == "data" else kind == _AGREED:
        return None
    if kind not in _REFUSED:
        raise ConnectionError(f"{reply.code} is no reply to {stage}")
    return make_reply_error(stage, reply.code, reply.words)


def judge_final(reply: Reply) -> Accepted | ReplyError | UnclearError:
    """Return what the reply to a mail's content means."""
    match reply.code // 100:
        case 2:
            return Accepted(code=reply.code, text=reply_text(reply.words))
        case 4 | 5:
            return make_reply_error("final", reply.code, reply.words)
        case _:
            return UnclearError(f"The server's last word makes no sense: {reply.code} {reply_text(reply.words)}")
