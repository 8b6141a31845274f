"""Pure: small messages for the parser's tests."""

from datetime import UTC, datetime

from mailer.parse import parse_mail
from mailer.types import ParsedMail

RECEIVED_AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
OURS = frozenset({"ana@agency.example"})

PERSON = (
    ("From", "Mara Lind <mara@blog.example>"),
    ("To", "Ana <ana@agency.example>"),
    ("Subject", "Re: A film about bread"),
)
DAEMON = (
    ("From", "Mail Delivery System <MAILER-DAEMON@mx.blog.example>"),
    ("To", "ana@agency.example"),
    ("Subject", "Undelivered Mail Returned to Sender"),
)


def message(body: str = "", *, headers: tuple[tuple[str, str], ...] = PERSON, **more: str) -> bytes:
    """Return a message; keywords add or replace fields (`in_reply_to` is In-Reply-To)."""
    named = {name.replace("_", "-").lower(): value for name, value in more.items()}
    fields = [(name, named.pop(name.lower(), value)) for name, value in headers]
    fields += list(named.items())
    head = "".join(f"{name}: {value}\r\n" for name, value in fields if value != "-")
    return (head + "\r\n" + body).encode()


def parsed(body: str = "", *, headers: tuple[tuple[str, str], ...] = PERSON, **more: str) -> ParsedMail:
    """Return the parsed message of these fields and this body."""
    typed = {"content_type": "text/plain; charset=utf-8"} | more
    return parse_mail(message(body, headers=headers, **typed), received_at=RECEIVED_AT, ours=OURS)


def read(raw: bytes) -> ParsedMail:
    """Return these bytes parsed."""
    return parse_mail(raw, received_at=RECEIVED_AT, ours=OURS)


def report(
    status_part: str, *, prose: str = "It did not arrive.", original: str | None = None, **more: str
) -> ParsedMail:
    """Return a parsed multipart/report with this delivery status and, if given, a returned message."""
    parts = [f"Content-Type: text/plain\n\n{prose}\n", f"Content-Type: message/delivery-status\n\n{status_part}\n"]
    if original is not None:
        parts.append(f"Content-Type: message/rfc822\n\n{original}\n")
    body = "".join(f"--b1\n{part}\n" for part in parts) + "--b1--\n"
    kind = "multipart/report; report-type=delivery-status; boundary=b1"
    return parsed(body, headers=DAEMON, **({"content_type": kind} | more))


ORIGINAL = (
    "From: ana@agency.example\nTo: Mara <mara@blog.example>\nSubject: A film\nMessage-ID: <m1@agency.example>\n\nHi"
)
