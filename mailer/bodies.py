"""Pure: the parts of a mail as bytes on the wire, each with its own header and transfer encoding."""

import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Sequence
from hashlib import sha256

from mailer.headers import parameter
from mailer.types import Attachment

_LONGEST_LINE = 76
_MOSTLY_FOREIGN = 3  # base64 is shorter once about every third byte would be escaped
_LONGEST_TYPE = 60  # it stands on one line with the field's name
_OCTETS = "application/octet-stream"
_CONTENT_TYPE = re.compile(r"[A-Za-z0-9][\w.+-]*/[A-Za-z0-9][\w.+-]*(?:; ?[A-Za-z0-9-]+=[\w.+-]+)*", re.ASCII)


def text_part(subtype: str, text: str) -> bytes:
    """Return a text part: header, empty line, encoded content with a final line break.

    Line breaks of any kind become CRLF; a missing last one is added.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if not plain.endswith("\n"):
        plain += "\n"
    encoding, content = _encode_text(plain)
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode("ascii") + content


def attachment_part(attachment: Attachment) -> bytes:
    """Return an attachment in base64.

    A whole message travels as plain octets, because message/* must not be encoded (RFC 2046 5.2.1); so does text in
    a charset that nobody named and that is not UTF-8, because text without a charset is ASCII (RFC 2046 4.1.2).

    Raises:
        ValueError: its content type or file name cannot stand in a header.
    """
    kind = attachment.content_type.strip().lower()
    if len(kind) > _LONGEST_TYPE or not _CONTENT_TYPE.fullmatch(kind) or kind.startswith("multipart/"):
        raise ValueError(f"“{attachment.content_type!r}” is no content type for an attachment.")
    if kind.startswith("message/"):
        kind = _OCTETS
    elif kind.startswith("text/") and "charset=" not in kind and not attachment.content.isascii():
        kind = f"{kind}; charset=utf-8" if _is_utf8(attachment.content) else _OCTETS
    named = parameter("filename", attachment.filename) if attachment.filename else ""
    head = (
        f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment{named}\r\n\r\n"
    )
    return head.encode("ascii") + encodebytes(attachment.content).replace(b"\n", b"\r\n")


def multipart(subtype: str, parts: Sequence[bytes], *, seed: str) -> bytes:
    """Join `parts` under a boundary derived from `seed`, so that the same mail is always the same bytes.

    `=_` cannot occur in encoded content, and 7bit content with such a line is encoded first.
    """
    boundary = "=_" + sha256(f"{subtype} {seed}".encode()).hexdigest()[:32]
    edge = f"--{boundary}".encode("ascii")
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii")
    return head + b"".join(edge + b"\r\n" + part + b"\r\n" for part in parts) + edge + b"--\r\n"


def _encode_text(text: str) -> tuple[str, bytes]:
    raw = text.encode("utf-8")
    if _is_seven_bit(text):
        return "7bit", raw.replace(b"\n", b"\r\n")
    foreign = len(raw) - len(raw.translate(None, bytes(range(128, 256))))
    if foreign * _MOSTLY_FOREIGN > len(raw):
        return "base64", encodebytes(raw.replace(b"\n", b"\r\n")).replace(b"\n", b"\r\n")
    quoted = b2a_qp(raw, istext=True)
    if b"From " in raw:
        # mbox stores write ">From "; hiding the F keeps the text whole.
        quoted = re.sub(rb"(?m)^From ", b"=46rom=\n ", quoted)
    return "quoted-printable", quoted.replace(b"\n", b"\r\n")


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_seven_bit(text: str) -> bool:
    """Tell whether `text` survives unencoded: short lines, no blanks at line ends, nothing a relay would touch."""
    if not text.isascii() or "--=_" in text or "\nFrom " in text or text.startswith("From "):
        return False
    for line in text.split("\n"):
        if len(line) > _LONGEST_LINE or line != line.rstrip() or not line.replace("\t", "").isprintable():
            return False
    return True
