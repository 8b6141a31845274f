"""Pure: feedback loops: somebody pressed "this is spam" (RFC 5965 and its forerunners)."""

import re

from mailer.parse.headers import find_addresses
from mailer.parse.opened import Opened

_SUBJECT = re.compile(
    r"complaint about message from|^(?:email )?(?:abuse|spam|feedback loop|fbl) (?:report|complaint)\b|"
    r"email feedback report",
    re.IGNORECASE,
)
_SENDER = re.compile(
    r"scomp@aol\.net|staff@hotmail\.com|feedbackloop|fbl[-@.]|complaints?@|abuse-?report", re.IGNORECASE
)
_FIELD = re.compile(
    r"^(?:original-rcpt-to|removal-recipient|redacted-address|x-hmxmroriginalrecipient)\s?:\s*(.+)$",
    re.IGNORECASE | re.MULTILINE,
)
_FEEDBACK_TYPE = re.compile(rb"^feedback-type\s?:\s*([\w-]+)", re.IGNORECASE | re.MULTILINE)
_NO_COMPLAINTS = frozenset({b"not-spam", b"auth-failure", b"dmarc"})


def is_complaint(mail: Opened) -> bool:
    """Tell whether this is a report that a person called a mail of ours spam."""
    report = next((part.content for part in mail.parts if part.content_type == "message/feedback-report"), None)
    if report is None and mail.report_type == "feedback-report":
        report = b""
    if report is not None:
        kind = _FEEDBACK_TYPE.search(report[:20_000])
        return not kind or kind[1].lower() not in _NO_COMPLAINTS
    carries_mail = any(part.content_type == "message/rfc822" for part in mail.parts)
    return carries_mail and bool(_SENDER.search(mail.from_text) or _SUBJECT.search(mail.bare_subject))


def find_complainers(mail: Opened, *, ours: frozenset[str]) -> tuple[str, ...]:
    """Return the addresses whose owners complained: as the report says, else the To of the returned message."""
    reports = [
        part
        for part in mail.parts
        if part.content_type in {"message/feedback-report", "text/plain"} and not part.original
    ]
    named = [
        email for part in reports for value in _FIELD.findall(part.text()[:50_000]) for email in find_addresses(value)
    ]
    kept = tuple(dict.fromkeys(email for email in named if email not in ours))
    return kept or tuple(email for email in mail.original_recipients() if email not in ours)
