"""Pure: how different mail programs write an answer: the shapes that intake has to read."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What a creator got: enough to answer it. Ids carry their angle brackets."""

    sender: str
    sender_name: str
    recipient: str
    subject: str
    message_id: str
    references: str
    text: str
    at: datetime


def write_reply(mail: Received, name: str, words: str, *, program: str, number: int, at: datetime) -> bytes:
    """Return an answer as `program` (gmail, outlook, apple) would write it."""
    reply = _start(mail, name, number=number, at=at, subject=_re(mail.subject))
    reply["In-Reply-To"] = mail.message_id
    reply["References"] = f"{mail.references} {mail.message_id}".strip()
    text, html = {"gmail": _gmail, "outlook": _outlook, "apple": _apple}[program](mail, words)
    reply.set_content(text)
    reply.add_alternative(html, subtype="html")
    return reply.as_bytes()


def write_out_of_office(mail: Received, name: str, words: str, *, number: int, at: datetime) -> bytes:
    """Return what a mail server answers by itself (RFC 3834)."""
    reply = _start(mail, name, number=number, at=at, subject=f"Automatic reply: {mail.subject}")
    reply["In-Reply-To"] = mail.message_id
    reply["Auto-Submitted"] = "auto-replied"
    reply["X-Auto-Response-Suppress"] = "All"
    reply.set_content(words)
    return reply.as_bytes()


def write_bounce(mail: Received, raw: bytes, *, number: int, at: datetime) -> bytes:
    """Return a report of non-delivery for an address that does not exist (RFC 3464)."""
    head = raw.split(b"\r\n\r\n", 1)[0].decode("utf-8", "replace").replace("\r\n", "\n")
    domain = mail.recipient.partition("@")[2]
    parts = (
        "This is the mail system at host mx." + domain + ".\n\nI'm sorry to have to inform you that your message "
        f"could not be delivered.\n\n<{mail.recipient}>: host mx.{domain} said: 550 5.1.1 User unknown\n",
        (
            f"Reporting-MTA: dns; mx.{domain}\n\nFinal-Recipient: rfc822; {mail.recipient}\nAction: failed\n"
            "Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n"
        ),
        head + "\n",
    )
    kinds = ("text/plain; charset=us-ascii", "message/delivery-status", "text/rfc822-headers")
    line = f"rapport-demo-{number}"
    body = "".join(f"--{line}\nContent-Type: {kind}\n\n{part}\n" for kind, part in zip(kinds, parts, strict=True))
    return (
        f"Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.{domain}>\nTo: {mail.sender}\n"
        f"Date: {format_datetime(at)}\nSubject: Undelivered Mail Returned to Sender\n"
        f"Message-ID: <bounce.{number}@mx.{domain}>\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{line}"\n\n{body}--{line}--\n'
    ).encode()


def _start(mail: Received, name: str, *, number: int, at: datetime, subject: str) -> EmailMessage:
    reply = EmailMessage()
    reply["From"] = f"{name} <{mail.recipient}>"
    reply["To"] = mail.sender
    reply["Subject"] = subject
    reply["Date"] = format_datetime(at)
    reply["Message-ID"] = f"<{number}.{at:%Y%m%d%H%M%S}@{mail.recipient.partition('@')[2]}>"
    return reply


def _re(subject: str) -> str:
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"


def _gmail(mail: Received, words: str) -> tuple[str, str]:
    intro = f"On {mail.at:%a, %b %-d, %Y at %-I:%M %p} {mail.sender_name} <{mail.sender}>\nwrote:"
    html = (
        f'<div dir="ltr">{_lines(words)}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f'{escape(intro)}<br></div><blockquote class="gmail_quote">{_lines(mail.text)}</blockquote></div>'
    )
    return f"{words}\n\n{intro}\n\n{_quoted(mail.text)}\n", html


def _outlook(mail: Received, words: str) -> tuple[str, str]:
    head = (
        f"From: {mail.sender_name} <{mail.sender}>\nSent: {mail.at:%A, %-d %B %Y %H:%M}\n"
        f"To: {mail.recipient}\nSubject: {mail.subject}"
    )
    html = (
        f'<div class="WordSection1"><p>{_lines(words)}</p><div style="border-top:solid #E1E1E1 1.0pt">'
        f"<p>{_lines(head)}</p></div><p>{_lines(mail.text)}</p></div>"
    )
    return f"{words}\n\n________________________________\n{head}\n\n{mail.text}\n", html


def _apple(mail: Received, words: str) -> tuple[str, str]:
    intro = f"On {mail.at:%-d %b %Y}, at {mail.at:%H:%M}, {mail.sender_name} <{mail.sender}> wrote:"
    html = (
        f'<html><body>{_lines(words)}<br><div><blockquote type="cite"><div>{escape(intro)}</div>'
        f"<div>{_lines(mail.text)}</div></blockquote></div></body></html>"
    )
    return f"{words}\n\nSent from my iPhone\n\n> {intro}\n> \n{_quoted(mail.text)}\n", html


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines())
