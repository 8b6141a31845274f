"""Pure: what kind of mail it is, and the whole of `parse_mail`.

The order is the rule: real bounces carry `Auto-Submitted: auto-replied` and challenges come as reports, so the narrower
kind is asked first. When nothing machine-made shows, a person wrote it: losing a person's answer costs most.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from mailer.parse.auto_reply import is_auto_reply, is_permanent
from mailer.parse.body import read_attachments
from mailer.parse.bounce import Outcome, find_bounce
from mailer.parse.challenge import is_challenge
from mailer.parse.complaint import find_complainers, is_complaint
from mailer.parse.headers import find_addresses, parse_addresses, parse_date, parse_ids
from mailer.parse.notification import is_notification
from mailer.parse.opened import Opened, open_mail
from mailer.parse.opt_out import find_opt_out
from mailer.parse.quoting import new_text_of
from mailer.parse.return_date import find_return_date
from mailer.parse.says.kind import judge_reply
from mailer.types import AutoReply, Bounce, MailKind, ParsedMail, ReplyKind

_DELIVERED_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-forwarded-to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The kind of a mail with what belongs to that kind."""

    kind: MailKind
    bounce: Bounce | None = None
    complaint: bool = False


def parse_mail(raw: bytes, *, received_at: datetime, ours: frozenset[str] = frozenset()) -> ParsedMail:
    """Return one incoming mail, understood as far as possible. Never raises, whatever the bytes.

    `received_at` resolves dates without a year; `ours` are our own addresses in normal form: no bounce is about them.
    For a complaint `bounce` names the complainers, for a delay the waiting recipients: neither permanent nor hard.
    """
    mail = open_mail(raw)
    new_text = new_text_of(mail.body)
    verdict = classify(mail, new_text, ours=ours)
    parsed = _describe(mail, verdict, new_text)
    if verdict.kind is MailKind.REPLY:
        return _heard(parsed)
    if verdict.kind is MailKind.AUTO_REPLY:
        permanent = is_permanent(mail.subject, parsed.new_text)
        stated = f"{mail.subject}.\n{parsed.new_text}"
        until = None if permanent else find_return_date(stated, received_at=received_at)
        return replace(parsed, auto_reply=AutoReply(until=until, permanent=permanent))
    return parsed


def classify(mail: Opened, new_text: str, *, ours: frozenset[str] = frozenset()) -> Verdict:
    """Return the kind of a mail: challenge, complaint, bounce, auto-reply, notification, else a person's reply."""
    if is_challenge(mail, new_text):
        return Verdict(kind=MailKind.CHALLENGE)
    if is_complaint(mail):
        return Verdict(kind=MailKind.OTHER, complaint=True, bounce=_complained(mail, ours))
    found = find_bounce(mail, ours=ours)
    if found:
        bounce, outcome = found
        kind = MailKind.BOUNCE if outcome is Outcome.FAILED else MailKind.OTHER
        return Verdict(kind=kind, bounce=None if outcome is Outcome.DELIVERED else bounce)
    if is_auto_reply(mail, new_text):
        return Verdict(kind=MailKind.AUTO_REPLY)
    return Verdict(kind=MailKind.OTHER if is_notification(mail) else MailKind.REPLY)


def _complained(mail: Opened, ours: frozenset[str]) -> Bounce | None:
    recipients = find_complainers(mail, ours=ours)
    return (
        Bounce(recipients=recipients, status=None, permanent=False, hard=False, diagnostic="complaint")
        if recipients
        else None
    )


def _heard(parsed: ParsedMail) -> ParsedMail:
    """Return a person's mail with what it says; who wants no more mail says no, whatever else stands there."""
    opt_out = find_opt_out(parsed.new_text)
    if opt_out is not None:
        return replace(parsed, opt_out=True, reply_kind=ReplyKind.NO, cue=opt_out[:120], reply_confidence=1.0)
    said = judge_reply(parsed.new_text)
    return replace(parsed, reply_kind=said.kind, cue=said.cue, reply_confidence=said.confidence)


def _describe(mail: Opened, verdict: Verdict, new_text: str) -> ParsedMail:
    headers = mail.headers
    ids = parse_ids(headers.raw("message-id"))
    delivered = [email for name in _DELIVERED_TO for value in headers.all(name) for email in find_addresses(value)]
    return ParsedMail(
        kind=verdict.kind,
        message_id=ids[0] if ids else None,
        in_reply_to=parse_ids(headers.raw("in-reply-to")),
        references=parse_ids(headers.raw("references")),
        quoted_ids=mail.quoted_ids(),
        sender=mail.sender,
        to=parse_addresses(headers.raw("to")),
        cc=parse_addresses(headers.raw("cc")),
        delivered_to=tuple(dict.fromkeys(delivered)),
        subject=mail.subject,
        date=parse_date(headers.raw("date")),
        text=mail.body.text,
        html=mail.body.html,
        new_text=new_text,
        complaint=verdict.complaint,
        bounce=verdict.bounce,
        attachments=read_attachments(mail.parts),
        defects=mail.defects,
    )
