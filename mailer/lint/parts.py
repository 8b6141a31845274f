"""Pure: the tree of MIME parts: boundaries, encodings, charsets; each part is what it says it is.

Source: RFC 2045, RFC 2046.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailer.lint.fields import Header, read_header
from mailer.lint.findings import Finding, found
from mailer.lint.fixed import lint_once
from mailer.lint.parameters import Parameters, read_parameters
from mailer.lint.words import is_charset, lint_words

_TYPE = r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
_DISPOSITION = r"[!#$%&'*+.0-9A-Z^_`a-z{|}~-]+"
_BOUNDARY = re.compile(r"[A-Za-z0-9'()+_,./:=? -]{0,69}[A-Za-z0-9'()+_,./:=?-]")
_ENCODINGS = frozenset({"7bit", "8bit", "binary", "quoted-printable", "base64"})
_PLAIN = frozenset({"7bit", "8bit", "binary"})
_QP_LINE = re.compile(rb"(?:[!-<>-~\t ]|=[0-9A-F]{2})*=?")
_ENCODED_LINE = 76
_DEEPEST = 20


@dataclass(slots=True)
class Part:
    """One part. `content` is decoded, without the line break before the next boundary; `text` only of text parts."""

    number: str
    type: str
    header: Header
    disposition: str = ""
    filename: str = ""
    content: bytes = b""
    text: str | None = None
    children: list["Part"] = field(default_factory=list)

    def walk(self) -> Iterator["Part"]:
        """Yield this part and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def read_part(header: Header, body: bytes, faults: list[Finding], *, number: str = "", eight_bit: bool) -> Part:
    """Read a part and all below it; what is wrong is added to `faults`."""
    where = f"part {number}" if number else "body"
    kind = read_parameters(
        header.get("content-type") or "text/plain", main=_TYPE, code="content-type-syntax", where=where
    )
    shown = read_parameters(
        header.get("content-disposition") or "inline", main=_DISPOSITION, code="parameter-syntax", where=where
    )
    faults += [*kind.faults, *shown.faults]
    part = Part(number, kind.main, header, shown.main, shown.values.get("filename", ""))
    if shown.main == "attachment" and not part.filename:
        faults.append(found("attachment-unnamed", where, "An attachment has no name."))
    encoding = (header.get("content-transfer-encoding") or "7bit").lower()
    if encoding not in _ENCODINGS:
        faults.append(found("encoding-unknown", where, f"“{encoding}” is no transfer encoding."))
        return part
    faults += _lint_plain_lines(body, encoding, where, eight_bit=eight_bit)
    if kind.main.startswith(("multipart/", "message/")) and encoding not in _PLAIN:
        faults.append(found("encoding-composite", where, "A part made of parts must not be encoded."))
    elif kind.main.startswith("multipart/"):
        _read_children(part, kind, body, faults, eight_bit=eight_bit)
    else:
        part.content = _decode(body, encoding, where, faults)
        _read_text(part, kind, where, faults)
    return part


def _read_children(part: Part, kind: Parameters, body: bytes, faults: list[Finding], *, eight_bit: bool) -> None:
    where, boundary = f"part {part.number}" if part.number else "body", kind.values.get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        faults.append(found("boundary-syntax", where, "The boundary is missing or has characters it must not have."))
        return
    if part.number.count(".") >= _DEEPEST:
        faults.append(found("parts-too-deep", where, f"Parts lie more than {_DEEPEST} deep."))
        return
    for number, raw in enumerate(_cut(body, boundary.encode(), where, faults), 1):
        name = f"{part.number}.{number}".strip(".")
        head, body_below = split_mail(raw)
        header = read_header(head, part=f"part {name}")
        faults += [*header.faults, *lint_once(header, f"part {name}")]
        for one in header.fields:
            faults += lint_words(one)
        part.children.append(read_part(header, body_below, faults, number=name, eight_bit=eight_bit))


def split_mail(raw: bytes) -> tuple[bytes, bytes]:
    """Return header and body; a part may begin with the empty line."""
    if raw.startswith(b"\r\n"):
        return b"", raw[2:]
    head, _, body = raw.partition(b"\r\n\r\n")
    return head, body


def _cut(body: bytes, boundary: bytes, where: str, faults: list[Finding]) -> list[bytes]:
    """Return what lies between the delimiters; a line that only begins like one is a fault."""
    edge = re.compile(rb"(?:\r\n|\A)--" + re.escape(boundary) + rb"([^\r\n]*)")
    marks = list(edge.finditer(body))
    real = [mark for mark in marks if mark[1].rstrip(b" \t") in (b"", b"--")]
    closing = [index for index, mark in enumerate(real) if mark[1].startswith(b"--")]
    if len(real) < len(marks) or (closing and closing[0] < len(real) - 1):
        faults.append(found("boundary-in-content", where, "A line of the content begins like the boundary."))
    if not real or real[0][1].startswith(b"--"):
        faults.append(found("boundary-unused", where, "No part begins with the boundary."))
        return []
    if not closing:
        faults.append(found("boundary-unclosed", where, "The last boundary is missing."))
    ends = [*(mark.start() for mark in real[1:]), len(body)]
    opening = real[: closing[0]] if closing else real
    return [body[mark.end() + 2 : end] for mark, end in zip(opening, ends, strict=False)]


def _lint_plain_lines(body: bytes, encoding: str, where: str, *, eight_bit: bool) -> Iterator[Finding]:
    if encoding in ("8bit", "binary") and not eight_bit:
        yield found("eight-bit-unannounced", where, f"{encoding} needs a server that was asked for it.")
    elif encoding == "7bit" and not body.isascii():
        yield found("seven-bit-content", where, "The content is announced as 7bit and is not.")


def _decode(body: bytes, encoding: str, where: str, faults: list[Finding]) -> bytes:
    if encoding == "quoted-printable":
        faults += _lint_quoted_printable(body, where)
        return binascii.a2b_qp(body)
    if encoding == "base64":
        faults += _lint_base64(body, where)
        return _open_base64(body) or b""
    return body


def _lint_quoted_printable(body: bytes, where: str) -> Iterator[Finding]:
    lines = body.split(b"\r\n")
    if any(len(line) > _ENCODED_LINE for line in lines):
        yield found("quoted-printable-line", where, f"An encoded line has at most {_ENCODED_LINE} characters.")
    if not all(_QP_LINE.fullmatch(line) and not line.endswith((b" ", b"\t")) for line in lines):
        yield found("quoted-printable-syntax", where, "A line is not quoted-printable, or ends in a blank.")


def _lint_base64(body: bytes, where: str) -> Iterator[Finding]:
    if any(len(line) > _ENCODED_LINE for line in body.split(b"\r\n")):
        yield found("base64-line", where, f"An encoded line has at most {_ENCODED_LINE} characters.")
    if _open_base64(body) is None:
        yield found("base64-syntax", where, "The content is not base64.")


def _open_base64(body: bytes) -> bytes | None:
    try:
        return b64decode(body.replace(b"\r\n", b""), validate=True)
    except ValueError:
        return None


def _read_text(part: Part, kind: Parameters, where: str, faults: list[Finding]) -> None:
    if not kind.main.startswith("text/"):
        return
    charset = kind.values.get("charset", "")
    if charset and not is_charset(charset):
        faults.append(found("charset-unknown", where, f"“{charset}” is no charset."))
        return
    try:
        part.text = part.content.decode(charset or "us-ascii")
    except UnicodeDecodeError:
        code = "charset-content" if charset else "charset-missing"
        faults.append(found(code, where, "The content is not text in the charset it is announced in."))
