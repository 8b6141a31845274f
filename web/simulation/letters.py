"""Pure: what people, machines and mail servers write to us, as bytes."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

WORDS = {
    "reply": (
        "Yes, I would love to. Tell me more.",
        "What is the budget?",
        "Not for me, thank you.",
        "Maybe in spring.",
    ),
    "opt-out": ("Please remove me from your list.", "Stop emailing me.", "Unsubscribe me please."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a letter begins with; `answers` are the ids it refers to, the oldest first."""

    message_id: str
    sender: str
    to: str
    subject: str
    at: datetime
    answers: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


def write_letter(head: Head, words: str) -> bytes:
    """Return a plain letter."""
    return _bytes(*_lines(head), "Content-Type: text/plain; charset=utf-8", "", words, "")


def write_damaged(head: Head) -> bytes:
    """Return a letter whose text is half a character, which no database takes."""
    return _bytes(*_lines(head), "Content-Type: text/plain; charset=utf-7", "", "Half a character: +2AA-", "")


def write_away(head: Head, until: datetime | None) -> bytes:
    """Return an answer of a machine: away, with or without a day of return."""
    back = f"I am out of office until {until:%-d %B %Y}." if until else "I am out of office at the moment."
    return write_letter(head, f"{back} I will answer when I am back.")


def write_left(head: Head) -> bytes:
    """Return an answer of a machine: the person has left for good."""
    return write_letter(head, "I am no longer with the company. This mailbox is no longer monitored.")


def write_bounce(head: Head, *, recipient: str, returned_id: str, status: str, action: str, words: str) -> bytes:
    """Return a delivery status notification (RFC 3464) about one of our mails."""
    return _bytes(
        *_lines(head),
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"',
        "",
        "--b1",
        "Content-Type: text/plain",
        "",
        words,
        "--b1",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.people.example",
        "",
        f"Final-Recipient: rfc822; {recipient}",
        f"Action: {action}",
        f"Status: {status}",
        f"Diagnostic-Code: smtp; {words}",
        "",
        "--b1",
        "Content-Type: text/rfc822-headers",
        "",
        f"Message-ID: <{returned_id}>",
        "",
        "--b1--",
        "",
    )


def write_complaint(head: Head, *, recipient: str, returned_id: str) -> bytes:
    """Return an abuse report (RFC 5965) about one of our mails."""
    return _bytes(
        *_lines(head),
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b1"',
        "",
        "--b1",
        "Content-Type: text/plain",
        "",
        "This is an abuse report.",
        "--b1",
        "Content-Type: message/feedback-report",
        "",
        "Feedback-Type: abuse",
        "User-Agent: Example/1",
        "Version: 1",
        f"Original-Rcpt-To: {recipient}",
        "",
        "--b1",
        "Content-Type: message/rfc822",
        "",
        f"Message-ID: <{returned_id}>",
        f"To: {recipient}",
        "Subject: Hello",
        "",
        "Hello.",
        "--b1--",
        "",
    )


def _lines(head: Head) -> list[str]:
    lines = [
        f"From: {head.sender}",
        f"To: {head.to}",
        f"Subject: {head.subject}",
        f"Date: {format_datetime(head.at)}",
        f"Message-ID: <{head.message_id}>",
        "MIME-Version: 1.0",
        *head.more,
    ]
    if head.answers:
        lines.append(f"In-Reply-To: <{head.answers[-1]}>")
        lines.append("References: " + " ".join(f"<{one}>" for one in head.answers))
    return lines


def _bytes(*lines: str) -> bytes:
    return "\r\n".join(lines).encode()
