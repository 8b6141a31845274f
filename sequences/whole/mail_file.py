"""Pure: a stored mail as a file (RFC 5322), and many as an mbox (RFC 4155, with the quoting called mboxrd).

Where the bytes that came are kept they are handed out as they are; otherwise the mail is written anew from what is
known of it, and says so in a field of its own.
"""

import re
from base64 import encodebytes
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime

REBUILT = "X-Rapport-Rebuilt"
_FROM = re.compile(rb"^(>*From )", re.MULTILINE)
_BOUNDARY = "=_rapport_alternative"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMail:
    """What is stored of one mail. `raw` are its bytes where they are kept."""

    at: datetime
    sender: str
    sender_name: str
    recipients: tuple[str, ...]
    subject: str
    rfc_id: str
    text: str
    html: str = ""
    raw: bytes | None = None


def mail_bytes(mail: StoredMail) -> bytes:
    """Return a mail as a file, its lines ending as the wire has them."""
    return mail.raw or _rebuild(mail)


def mbox_bytes(mail: StoredMail) -> bytes:
    """Return a mail as an mbox has it: after a From_ line, its own such lines quoted, an empty line at the end."""
    sender = mail.sender if mail.sender and " " not in mail.sender else "MAILER-DAEMON"
    opened = f"From {sender} {mail.at.astimezone(UTC):%a %b %d %H:%M:%S %Y}\n"
    body = _FROM.sub(rb">\1", mail_bytes(mail).replace(b"\r\n", b"\n"))
    return opened.encode("ascii", "replace") + body.rstrip(b"\n") + b"\n\n"


def _rebuild(mail: StoredMail) -> bytes:
    fields = [
        ("From", _person(mail.sender_name, mail.sender)),
        ("To", ", ".join(mail.recipients)),
        ("Subject", _words(mail.subject)),
        ("Date", format_datetime(mail.at.astimezone(UTC))),
        ("Message-ID", f"<{mail.rfc_id.strip('<>')}>" if mail.rfc_id else ""),
        (REBUILT, "yes; the bytes of this mail were not kept"),
        ("MIME-Version", "1.0"),
    ]
    head = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in fields if value)
    return (head + _body(mail)).encode("utf-8", "replace")


def _body(mail: StoredMail) -> str:
    if not mail.html:
        return _part("plain", mail.text)
    parts = "".join(f"--{_BOUNDARY}\r\n{_part(kind, words)}\r\n" for kind, words in
                    (("plain", mail.text), ("html", mail.html)))  # fmt: skip
    return f'Content-Type: multipart/alternative; boundary="{_BOUNDARY}"\r\n\r\n{parts}--{_BOUNDARY}--\r\n'


def _part(kind: str, words: str) -> str:
    lines = encodebytes(words.encode("utf-8", "replace")).decode().replace("\n", "\r\n")
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{lines}"


def _person(name: str, address: str) -> str:
    return f"{_words(name)} <{address}>" if name and address else address


def _words(text: str) -> str:
    if text.isascii() and not re.search(r'[",;:<>@\\()\[\]]', text):
        return text
    return Header(_one_line(text), "utf-8", maxlinelen=900).encode()


def _one_line(text: str) -> str:
    return " ".join(text.split())
