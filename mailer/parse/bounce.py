"""Pure: is it a report of non-delivery, and of which address? Layers, the most authoritative first.

1 RFC 3464 groups, 2 X-Failed-Recipients, 3 the servers' prose, 4 the To of the returned message when it names one
address. The outreach mail's own Message-ID, the strongest sign, is matched by the caller through `quoted_ids`.
"""

import re

from mailer.parse.bounce_reason import is_dead_address
from mailer.parse.bounce_text import diagnostic_of, find_failed_addresses, report_head
from mailer.parse.dsn import Failure, find_failures, find_statuses
from mailer.parse.headers import find_addresses, parse_addresses
from mailer.parse.opened import Opened, inline_original
from mailer.types import Bounce

_DAEMON = re.compile(
    r"mailer[-_. ]?daemon|mail[-_. ]?daemon|mail delivery (?:system|sub-?system|service|agent)|delivery subsystem|"
    r"mail system|maildelivery|mail administrator|"
    r"^\s*<>\s*$|internet mail delivery|smtp[-_ ]mail[-_ ]service|mailerdaemon|deliverysystem|mdaemon@|mmdf mail|"
    r"mail router",
    re.IGNORECASE,
)
_POSTMASTER = re.compile(
    r"post-?master|system administrator|system-?administrator|^[\"']?mailserver|microsoft exchange|"
    r"microsoftexchange|^[\"']?admin(?:istrator)?[\"'@ <]|ndr@|bounce|mail server|e-?mail delivery|"
    r"no-?reply@|mailadmin|antispam|mimecast|mail-?manager",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver(?:able|ed)|(?:mail |message |e-?mail )?delivery (?:status notification|failure|failed|problem|error|"
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
    r""
    r""
    r""
    r""
    r""
    r""
    r"no message collected|undelivered|does not have a final|not match|error occurred",
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
_GOOD_ACTIONS = frozenset({"delivered", "relayed", "expanded", "delayed", "deliverable", "displayed"})
_OTHER_REPORTS = frozenset({"disposition-notification", "feedback-report", "arf"})


def find_bounce(mail: Opened, *, ours: frozenset[str]) -> tuple[Bounce, bool] | None:
    """Return what failed, and whether the mail was only delayed; None when this is no delivery report.

    A report that only says "delivered" or "relayed" is returned as delayed with permanent=False: nothing failed.
    """
    if mail.report_type in _OTHER_REPORTS and not _is_rejection(mail):
        return None
    failures = find_failures(mail.parts)
    head = report_head(mail.body.text)
    if failures and _is_from_machine(mail):
        return _from_report(mail, failures, head, ours)
    failed = tuple(email for value in mail.headers.all("x-failed-recipients") for email in find_addresses(value))
    if not failed and not _is_bounce_prose(mail, head[:_PROSE]):
        return None
    return _from_prose(mail, failed, head, ours)


def _is_rejection(mail: Opened) -> bool:
    """Tell whether a receipt is a refusal: mail filters (Sieve reject, RFC 5429 2.1) answer with one."""
    return mail.report_type == "disposition-notification" and bool(_REJECTED.search(mail.body.text[:500]))


def _is_from_machine(mail: Opened) -> bool:
    """Tell whether a report is a report and not a person who has forwarded one."""
    if mail.content_type in {"multipart/report", "message/delivery-status"} or mail.is_null_sender:
        return True
    from_machine = _DAEMON.search(mail.from_text) or _POSTMASTER.search(mail.from_text)
    status_part = any(part.content_type.endswith("delivery-status") and not part.original for part in mail.parts)
    return bool(from_machine or status_part or _SUBJECT.search(mail.subject))


def _is_bounce_prose(mail: Opened, head: str) -> bool:
    subject = mail.bare_subject == mail.subject and bool(_SUBJECT.search(mail.bare_subject))
    if mail.content_type == "multipart/report" and mail.report_type not in _OTHER_REPORTS:
        return subject or mail.report_type in {"", "delivery-status"} or bool(_WORDS.search(head))
    if mail.headers.get("in-reply-to") and not (mail.is_null_sender or _DAEMON.search(mail.from_text)):
        return False
    if _DAEMON.search(mail.from_text) and mail.bare_subject == mail.subject:
        return True
    if _POSTMASTER.search(mail.from_text) or mail.is_null_sender or not mail.from_text:
        return subject or ((not mail.subject or mail.is_null_sender) and bool(_WORDS.search(head)))
    answers = mail.bare_subject != mail.subject and bool(_SUBJECT.search(mail.bare_subject))
    if subject:  # only now: the words are the dearest sign
        return bool(_WORDS.search(head))
    return answers and "\n>" not in head and bool(_WORDS.search(head[:_FIRST_WORDS]))


def _from_report(mail: Opened, failures: tuple[Failure, ...], head: str, ours: frozenset[str]) -> tuple[Bounce, bool]:
    failed = [one for one in failures if one.action not in _GOOD_ACTIONS]
    bad = failed or list(failures)
    delayed = not failed
    first = next((one for one in bad if one.recipient), bad[0])
    recipients = tuple(dict.fromkeys(one.recipient for one in bad if one.recipient and one.recipient not in ours))
    if not recipients or all(_is_internal(email) for email in recipients):
        recipients = _by_prose_or_original(mail, ours, head) or recipients
    diagnostic = first.diagnostic or diagnostic_of(head, recipients)
    status = first.status or next(iter(find_statuses(diagnostic)), None)
    permanent = not delayed and (first.action.startswith("fail") or not (status or "5").startswith("4"))
    hard = is_dead_address(status, diagnostic, permanent=permanent)
    return Bounce(recipients=recipients, status=status, permanent=permanent, hard=hard, diagnostic=diagnostic), delayed


def _from_prose(mail: Opened, failed: tuple[str, ...], head: str, ours: frozenset[str]) -> tuple[Bounce, bool]:
    recipients = failed or _by_prose_or_original(mail, ours, head)
    diagnostic = diagnostic_of(head, recipients)
    status = next(iter(find_statuses(diagnostic) or find_statuses(head)), None)
    delayed = (
        not (status or "4").startswith("5") and not failed and bool(_DELAY.search(f"{mail.subject}\n{head[:_HEAD]}"))
    )
    permanent = not delayed  # prose that does not promise another attempt is the end of it, as Action: failed is
    hard = is_dead_address(status, diagnostic, permanent=permanent)
    return Bounce(recipients=recipients, status=status, permanent=permanent, hard=hard, diagnostic=diagnostic), delayed


def _by_prose_or_original(mail: Opened, ours: frozenset[str], head: str) -> tuple[str, ...]:
    own = (
        ours
        | {mail.sender.email if mail.sender else ""}
        | {box.email for box in parse_addresses(mail.headers.raw("to"))}
    )
    inline = tuple(box.email for box in parse_addresses(inline_original(mail.body.text).raw("to")))
    original = tuple(email for email in (mail.original_recipients() or inline) if email not in ours)
    found = find_failed_addresses(head, ours=own)
    if len(found) > 1 and (both := tuple(email for email in found if email in original)):
        return both
    return found or (original if len(original) == 1 else ())


def _is_internal(email: str) -> bool:
    """Tell whether an address lives behind the reporting server only, so that we cannot have mailed it."""
    return (
        email.endswith((".local", ".internal", ".lan", ".localdomain", ".localhost", ".corp"))
        or "." not in email.rpartition("@")[2]
    )
