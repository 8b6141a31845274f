"""Pure: a message taken apart once, so that every rule reads the same values."""

import re
from dataclasses import dataclass

from mailer.parse.body import Body, read_body
from mailer.parse.headers import Headers, parse_addresses, parse_ids
from mailer.parse.mime import open_message, read_headers
from mailer.parse.parameters import parse_parameters
from mailer.parse.part import Part
from mailer.types import Address

_PREFIX = re.compile(
    r"^\s*(?:(?:re|aw|sv|vs|antw|odp|ynt|rif|res|enc|fw|fwd|wg|tr|rv|vl|i|doorst|ha|回复|答复|"
    r"转发)(?:\[\d+\])?\s?[:：]\s*)+",
    re.IGNORECASE,
)
_RETURNED_WORDS = """
    message/rfc822 message/global text/rfc822-headers text/rfc822-header message/rfc822-headers message/global-
    headers message/partial text/rfc822
"""
_RETURNED = frozenset(_RETURNED_WORDS.split())
_INLINE_HEAD = re.compile(r"^(?:received|return-path|message-id|from|to|subject|date):\s", re.IGNORECASE | re.MULTILINE)
_MESSAGE_ID_LINE = re.compile(
    r"^[ \t>]{0,12}message-id\s?:\s{0,5}<?([^\s<>]{3,400}@[^\s<>]{1,250})>?", re.IGNORECASE | re.MULTILINE
)
_MAX_ORIGINALS = 20
_MAX_HEADER = 100_000  # bytes of a returned message in which its header is looked for
_MAX_TO = 2_000  # characters: a mail of ours has one recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One message: its header, its parts, its words. `bare_subject` has lost Re:, AW:, SV: and their like."""

    headers: Headers
    content_type: str
    report_type: str
    parts: tuple[Part, ...]
    body: Body
    subject: str
    bare_subject: str
    sender: Address | None
    originals: tuple[Headers, ...]
    defects: tuple[str, ...]

    @property
    def from_text(self) -> str:
        """The decoded From field as people see it."""
        return self.headers.get("from")

    @property
    def is_null_sender(self) -> bool:
        """Whether the envelope said that nobody is to be told (RFC 5321 4.5.5)."""
        return self.headers.raw("return-path").strip() in {"<>", "< >"} or self.headers.raw("from").strip() == "<>"

    def original_recipients(self) -> tuple[str, ...]:
        """Return the addresses in To of the returned messages."""
        found = (
            mailbox.email for headers in self.originals for mailbox in parse_addresses(headers.raw("to")[:_MAX_TO])
        )
        return tuple(dict.fromkeys(found))

    def quoted_ids(self) -> tuple[str, ...]:
        """Return the message ids of attached and inline originals, the nearest first."""
        found = [hit for headers in self.originals for hit in parse_ids(headers.raw("message-id"))]
        returned = [part for part in self.parts if part.content_type in _RETURNED][:_MAX_ORIGINALS]
        for text in (self.body.text, *(part.text() for part in returned)):
            found.extend(hit.strip(",;") for hit in _MESSAGE_ID_LINE.findall(text)[:100])
        return tuple(dict.fromkeys(found))


def open_mail(raw: bytes) -> Opened:
    """Take a message apart. Never raises on any bytes; what had to be mended is in `defects`."""
    headers, content_type, parts, defects = open_message(raw)
    subject = headers.get("subject")
    senders = parse_addresses(headers.raw("from")) or parse_addresses(headers.raw("sender"))
    body = read_body(parts)
    return Opened(
        headers=headers,
        content_type=content_type,
        report_type=parse_parameters(headers.raw("content-type")).get("report-type", "").lower(),
        parts=parts,
        body=body,
        subject=subject,
        bare_subject=_PREFIX.sub("", subject).strip(),
        sender=senders[0] if senders else None,
        originals=_originals(parts),
        defects=defects,
    )


def _originals(parts: tuple[Part, ...]) -> tuple[Headers, ...]:
    """Return the headers of the attached or returned messages."""
    returned = [part for part in parts if part.content_type in _RETURNED][:_MAX_ORIGINALS]
    found = [read_headers(part.beginning(_MAX_HEADER)) for part in returned]
    return tuple(headers for headers in found if "to" in headers or "subject" in headers or "message-id" in headers)


def inline_original(text: str) -> Headers:
    """Return the header of a message that a report repeats in its own text; empty when there is none."""
    found = _INLINE_HEAD.search(text)
    return (
        read_headers(text[found.start() :][:_MAX_HEADER].encode("utf-8", "surrogateescape")) if found else Headers(())
    )
