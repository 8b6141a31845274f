"""Pure: whether a mail reports that something was not delivered, by its sender, its subject and its words."""

import re

from mailer.parse.auto_reply import has_auto_subject
from mailer.parse.dsn import find_statuses
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
_SUBJECT = re.compile(
    r"^ndn:|^\[bounce\]|undeliver(?:able|ed)|(?:mail |message |e-?mail )?delivery (?:status notification|failure|failed|problem|error|"
    r"has failed|report|notification|status|warning|incomplete|delayed|has been delayed|unsuccessful)|"
    r"returned mail|failure (?:notice|delivery|notification)|mail (?:delivery |system )?(?:failed|failure|error)|"
    r"could not (?:be )?deliver|not deliver(?:ed|able)|non-?delivery|delivery \w* ?fail|"
    r"returning message to sender|returned to sender|message (?:delivery failure|not delivered|undeliverable|"
    r"rejected|delayed|bounced)|rejected mail|failed mail|mail not delivered|automatically rejected|"
    r"warning: (?:message|could not send)|delayed mail|bounced? (?:mail|message|e-?mail)|unzustellbar|"
    r"nicht zustellbar|unzustellbarkeit|zustellung fehlgeschlagen|fehlgeschlagen|non remis|non distribu|échec|"
    r"no se (?:puede|ha podido) entregar|no entregado|devuelto|imposs[ií]vel (?:entregar|enviar)|"
    r"não (?:foi )?entreg|mancato recapito|mancata consegna|impossibile recapitare|onbestelbaar|niet afgeleverd|"
    r"ej levererbar|kunne ikke leveres|nie dostarczon|niedostarcz|не доставлен|недоставлен|невозможно доставить|退信|"
    r"无法送达|系统退信|送信エラー|配信不能|配信できません|エラーメール|returned e-?mail|mail error|"
    r"error (?:during delivery|sending|delivering)|nondeliverable|unable to deliver|problem delivering|user unknown|"
    r"unknown (?:user|recipient|address)",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"could not be (?:delivered|sent|reached|completed)|couldn[’']t be delivered|was not (?:delivered|able|"
    r"accepted)|wasn[’']t (?:delivered|able to deliver)|not (?:able|possible) to (?:be )?deliver|"
    r"cannot be delivered|can[’']t be delivered|"
    r"undeliver(?:able|ed)|(?:delivery|deliver) (?:to the following|has failed|failed|attempt|failure|error|"
    r"of .{0,60} failed)|permanent (?:fatal )?error|did not reach|not reach the following|recipients? (?:failed|"
    r"could not|rejected|did not)|"
    r"address(?:es)?(?:\(es\))? failed|unable to deliver|failed to deliver|returned to (?:you|sender)|"
    r"has been (?:rejected|returned|bounced)|was (?:rejected|returned|bounced|automatically rejected)|user unknown|"
    r"unknown user|no such user|"
    r"mailbox (?:is )?(?:unavailable|full|not found)|does not exist|host unknown|\b5\d\d[ -]5\.\d\.\d|rcpt to|"
    r"remote host said|following (?:recipient|address)|over quota|exceed(?:ed|ing) .{0,30}quota|still being retried|"
    r"has not (?:yet )?been delivered|"
    r"not been delivered|has been postponed|failed recipient|unzustellbar|konnte nicht (?:zugestellt|an)|"
    r"nicht zugestellt|"
    r"n[’']a pas (?:pu|été)|no se (?:pudo|ha podido|puede) entregar|não (?:pôde|foi possível)|"
    r"не может быть доставлено|не удалось доставить|无法|退回|"
    r"配信(?:でき|され)ません|送信できません|送達できません|"
    r"届けることができません|存在しません|not deliver|delivery status notification|not accepted|"
    r"no message collected|undelivered|does not have a final|not match|error occurred|not listed in|failure reasons",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"delay(?:ed)?\b|mail delivery warning|warning: (?:message|could not)|has been postponed|still being retried|"
    r"not yet been delivered|will (?:continue|"
    r"keep) (?:to )?(?:try|retry)|delivery attempts will continue|verzögert|temporarily deferred|will be retried|"
    r"warning only",
    re.IGNORECASE,
)
_REJECTED = re.compile(r"automatically rejected|(?:was|has been) rejected|could not be delivered", re.IGNORECASE)
_HEAD = 1_500  # characters in which a report says what it is about
_PROSE = 6_000
_FIRST_WORDS = 250  # characters: a machine comes to the point
_OTHER_REPORTS = frozenset({"disposition-notification", "feedback-report", "arf"})
_REPLY_CODE = re.compile(r"(?<![\d.])[45][0-5]\d[ -]")


def is_other_report(mail: Opened) -> bool:
    """Tell whether a report is about reading or complaints; a receipt that refuses (RFC 5429 2.1) is none of them."""
    refuses = mail.report_type == "disposition-notification" and _REJECTED.search(mail.body.text[:500])
    return mail.report_type in _OTHER_REPORTS and not refuses


def is_from_machine(mail: Opened) -> bool:
    """Tell whether a mail with a delivery report is that report, and not a person who has forwarded one."""
    if mail.content_type in {"multipart/report", "message/delivery-status"} or mail.is_null_sender:
        return True
    from_machine = _DAEMON.search(mail.from_text) or _POSTMASTER.search(mail.from_text)
    status_part = any(part.content_type.endswith("delivery-status") and not part.original for part in mail.parts)
    return bool(from_machine or status_part or _SUBJECT.search(mail.subject))


def is_bounce_prose(mail: Opened, head: str) -> bool:
    """Tell whether these words report a failure. Persons write of failures too: they need more than the words."""
    head = head[:_PROSE]
    words, named = bool(_WORDS.search(head)), bool(_SUBJECT.search(mail.bare_subject))
    is_fresh = mail.bare_subject == mail.subject
    if mail.content_type == "multipart/report" and mail.report_type not in _OTHER_REPORTS:
        return words or (is_fresh and named) or mail.report_type in {"", "delivery-status"}
    daemon = bool(_DAEMON.search(mail.from_text))
    if not daemon and has_auto_subject(mail):
        return False
    if mail.headers.get("in-reply-to") and not (mail.is_null_sender or daemon):
        return False
    if daemon and is_fresh:
        return True
    if _POSTMASTER.search(mail.from_text) or mail.is_null_sender or not mail.from_text:
        silent = not mail.subject or not mail.from_text.strip("<> ")
        return (is_fresh and named) or (words and (silent or _states_failure(mail, head)))
    if is_fresh:
        return words and named and _states_failure(mail, head)
    return named and bool(_WORDS.search(head[:_FIRST_WORDS])) and "\n>" not in head


def is_delay(subject: str, head: str) -> bool:
    """Tell whether the words promise another attempt."""
    return bool(_DELAY.search(f"{subject}\n{head[:_HEAD]}"))


def _states_failure(mail: Opened, head: str) -> bool:
    """Tell whether the words name who or what failed: an address, a code, or the returned message itself."""
    return bool(find_addresses(head) or find_statuses(head) or _REPLY_CODE.search(head) or mail.originals)
