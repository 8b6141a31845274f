"""Pure: whether a mail reports that something was not delivered, by its sender, its subject and its words."""

import re

from mailer.parse.auto_reply import has_auto_subject
from mailer.parse.dsn import find_statuses
from mailer.parse.failure_words import SENTENCES, STILL_TRYING, SUBJECTS
from mailer.parse.headers import find_addresses
from mailer.parse.opened import Opened

_DAEMON = re.compile(
    r"mailer[-_. ]?daemon|mail[-_. ]?daemon|mail delivery (?:system|sub-?system|service|agent)|delivery subsystem|"
    r"mail system|maildelivery|mail administrator|"
    r"^\s*<>\s*$|internet mail delivery|smtp[-_ ]mail[-_ ]service|mailerdaemon|deliverysystem|mdaemon@|mmdf mail|"
    r"mail router",
    re.IGNORECASE,
)
_POSTMASTER = re.compile(
    r"post[-_. ]?master|system administrator|system-?administrator|^[\"']?mailserver|microsoft exchange|"
    r"microsoftexchange|^[\"']?admin(?:istrator)?[\"'@ <]|ndr@|bounce|mail server|e-?mail delivery|"
    r"no-?reply@|mailadmin|antispam|mimecast|mail-?manager",
    re.IGNORECASE,
)
# machines that write of many things: theirs must be the subject of a report, words alone are not enough
_ANY_MACHINE = re.compile(r"no-?reply@|^[\"']?admin(?:istrator)?[\"'@ <]|antispam", re.IGNORECASE)
# sought in lower case: three times as fast as a search without case
_SUBJECT = re.compile("|".join(SUBJECTS))
_WORDS = re.compile("|".join(SENTENCES))
_DELAY = re.compile(STILL_TRYING)
_REJECTED = re.compile(r"automatically rejected|(?:was|has been) rejected|could not be delivered")
_HEAD = 1_500  # characters in which a report says what it is about
_PROSE = 6_000
_FIRST_WORDS = 250  # characters: a machine comes to the point
_FORWARDED = re.compile(r"\s{0,5}(?:fwd?|wg|tr|rv|vl|i|enc|doorst|转发)\s?[:：]", re.IGNORECASE)
_OTHER_REPORTS = frozenset({"disposition-notification", "feedback-report", "arf"})
_REPLY_CODE = re.compile(r"(?<![\d.])[45][0-5]\d[ -]")


def is_other_report(mail: Opened) -> bool:
    """Tell whether a report is about reading or complaints; a receipt that refuses (RFC 5429 2.1) is none of them."""
    refuses = mail.report_type == "disposition-notification" and _REJECTED.search(mail.body.text[:500].lower())
    return mail.report_type in _OTHER_REPORTS and not refuses


def is_from_machine(mail: Opened) -> bool:
    """Tell whether a mail with a delivery report is that report, and not a person who has forwarded one."""
    if mail.content_type in {"multipart/report", "message/delivery-status"} or mail.is_null_sender:
        return True
    from_machine = _DAEMON.search(mail.from_text) or _POSTMASTER.search(mail.from_text)
    status_part = any(part.content_type.endswith("delivery-status") and not part.original for part in mail.parts)
    return bool(from_machine or status_part or _SUBJECT.search(mail.subject.lower()))


def is_bounce_prose(mail: Opened, head: str) -> bool:
    """Tell whether these words report a failure. Persons write of failures too: they need more than the words."""
    words = head[:_PROSE].lower()
    named = bool(_SUBJECT.search(mail.bare_subject.lower()))
    is_fresh = mail.bare_subject == mail.subject
    if mail.content_type == "multipart/report" and mail.report_type not in _OTHER_REPORTS:
        by_type = mail.report_type in {"", "delivery-status"}
        return by_type or (is_fresh and named) or bool(_WORDS.search(words))
    daemon = bool(_DAEMON.search(mail.from_text))
    answers = bool(mail.headers.get("in-reply-to")) and (not is_fresh or not mail.is_null_sender)
    if not daemon and (answers or has_auto_subject(mail)):
        return False
    if daemon:
        return is_fresh or bool(_WORDS.search(words))
    if _POSTMASTER.search(mail.from_text) or mail.is_null_sender or not mail.from_text:
        silent = not mail.subject or not mail.from_text.strip("<> ")
        known = mail.is_null_sender or not _ANY_MACHINE.search(mail.from_text)
        trusted = known and _states_failure(mail, words)
        return (is_fresh and named) or ((silent or trusted) and bool(_WORDS.search(words)))
    if is_fresh:
        return named and _states_failure(mail, words) and bool(_WORDS.search(words))
    passed_on = _FORWARDED.match(mail.subject) or "\n>" in words
    return named and not passed_on and bool(_WORDS.search(words[:_FIRST_WORDS]))


def is_delay(subject: str, head: str) -> bool:
    """Tell whether the words promise another attempt."""
    return bool(_DELAY.search(f"{subject}\n{head[:_HEAD]}".lower()))


def _states_failure(mail: Opened, head: str) -> bool:
    """Tell whether the words name who or what failed: an address, a code, or the returned message itself."""
    return bool(find_addresses(head) or find_statuses(head) or _REPLY_CODE.search(head) or mail.originals)
