"""Pure: what an SMTP client says: the envelope's commands, and a mail's content as it travels."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from mailer.headers import check_address
from mailer.smtp_replies import make_reply_error

_BARE = re.compile(rb"\r\n|\r|\n")
_check_sender = lru_cache(maxsize=64)(check_address)  # the same few again and again


class Offers(NamedTuple):
    """What a server said at EHLO; `largest` is the size in bytes that it takes at most, 0 when it named none."""

    pipelining: bool
    size: bool
    largest: int
    smtputf8: bool


class Envelope(NamedTuple):
    """The two commands of one mail, without their line ends."""

    mail: bytes
    rcpt: bytes


def read_offers(features: Mapping[str, str]) -> Offers:
    """Read the extensions by their names in lower case."""
    limit = features.get("size", "").strip()
    return Offers(
        pipelining="pipelining" in features,
        size="size" in features,
        largest=int(limit) if limit.isdecimal() else 0,
        smtputf8="smtputf8" in features,
    )


def write_envelope(offers: Offers, sender: str, recipient: str, *, size: int, smtputf8: bool) -> Envelope:
    """Return MAIL (RFC 1870, RFC 6531) and RCPT. An empty `sender` is the null path.

    Raises:
        ReplyError: at stage mail, by ourselves: what the server offers does not suffice.
        ValueError: an address cannot be written.
    """
    path = _check_sender(sender) if sender else ""
    target = check_address(recipient)
    if 0 < offers.largest < size:
        raise make_reply_error("mail", 552, f"5.3.4 The server takes {offers.largest} bytes at most".encode())
    options = f" SIZE={size}" if offers.size else ""
    if smtputf8 or not (path.isascii() and target.isascii()):
        if not offers.smtputf8:
            raise make_reply_error("mail", 553, b"5.6.7 The server knows no addresses outside ASCII")
        options += " SMTPUTF8 BODY=8BITMIME"
    return Envelope(f"MAIL FROM:<{path}>{options}".encode(), f"RCPT TO:<{target}>".encode())


def write_copies(copies: Sequence[str]) -> list[bytes]:
    """Return one RCPT for everybody who gets a copy, without line ends. ValueError: an address cannot be written."""
    return [f"RCPT TO:<{check_address(copy)}>".encode() for copy in copies]


def write_content(raw: bytes) -> bytes:
    """Return the content with CRLF line ends, dots doubled and the final dot (RFC 5321 4.5.2).

    Composed mail has the right line ends already; three counts tell, far cheaper than a rewrite.
    """
    lines = raw.count(b"\r\n")
    if raw.count(b"\n") != lines or raw.count(b"\r") != lines:
        raw = _BARE.sub(b"\r\n", raw)
    if b"\r\n." in raw:
        raw = raw.replace(b"\r\n.", b"\r\n..")
    if raw.startswith(b"."):
        raw = b"." + raw
    return raw + (b".\r\n" if raw.endswith(b"\r\n") else b"\r\n.\r\n")
