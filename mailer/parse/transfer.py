"""Pure: content transfer encodings undone (RFC 2045 6), as much as the damage allows. Never fails."""

import binascii
import re
from collections.abc import Callable

_BASE64_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64_LETTERS))
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_PROSE = re.compile(rb"[A-Za-z]{2,30}[,.]? [A-Za-z]{1,30}[,.]? [A-Za-z]{2,30}|<[A-Za-z!/][^>\r\n]{0,200}>")
_LATE_BREAK = re.compile(rb"=[ \t]{1,80}(?=\r?\n)")
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\r\n]{0,300}\r?\n", re.MULTILINE)
_UU_END = re.compile(rb"^end\s*?$", re.MULTILINE)
_YENC_BEGIN = re.compile(rb"^=ybegin [^\r\n]{0,300}\r?\n(?:=ypart [^\r\n]{0,300}\r?\n)?", re.MULTILINE)
_YENC_END = re.compile(rb"\r?\n=yend ")
_YENC_ESCAPED = b"@JMI`n}"  # NUL, LF, CR, TAB, blank, full stop; last the equals sign itself
_YENC_SHIFT = bytes((value - 42) % 256 for value in range(256))
_IN_BASE64 = _BASE64_LETTERS + b"=\r\n\t "
_PADDED = 8  # characters at the end that may be padding and line ends
_MAX_CHUNKS = 10_000
_SAMPLE = 2_000


def find_encoding(field: str) -> str:
    """Return base64, qp, uu, yenc or nothing for a Content-Transfer-Encoding as mail programs spell it."""
    word = field.strip().lower()
    if not word or word in {"7bit", "8bit", "binary"}:
        return ""
    for mark, encoding in (
        ("quoted", "qp"),
        ("base64", "base64"),
        ("base-64", "base64"),
        ("uu", "uu"),
        ("yenc", "yenc"),
    ):
        if mark in word:
            return encoding
    return ""


def decode_transfer(content: bytes, encoding: str) -> bytes:
    """Return the content with its transfer encoding removed; what is not in that encoding stays as it is."""
    decoder = _DECODERS.get(encoding)
    return decoder(content) if decoder else content


def _base64(content: bytes) -> bytes:
    if _PROSE.search(content[:_SAMPLE]):
        return content  # the label lies: these are words
    try:
        decoded = binascii.a2b_base64(content)
    except binascii.Error:
        return _loose_base64(content)
    padding = content.find(b"=")
    if 0 <= padding < len(content) - _PADDED and not content.translate(None, _IN_BASE64):
        chunks = content.split(b"=", _MAX_CHUNKS)  # they were encoded one by one
        return b"".join(_loose_base64(chunk) for chunk in chunks)
    return decoded


def _loose_base64(content: bytes) -> bytes:
    if b"-" in content or b"_" in content:
        content = content.translate(_URL_SAFE)
    letters = content.translate(None, _NOT_BASE64)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _quoted_printable(content: bytes) -> bytes:
    return binascii.a2b_qp(_LATE_BREAK.sub(b"=", content) if b"= " in content or b"=\t" in content else content)


def _uuencode(content: bytes) -> bytes:
    begin = _UU_BEGIN.search(content)
    body = content[begin.end() if begin else 0 :]
    end = _UU_END.search(body)
    lines = body[: end.start() if end else len(body)].replace(b"\r", b"").split(b"\n")
    out = b"".join(_uu_line(line) for line in lines if line.strip(b" `"))
    return out if begin or out else content


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        return _loose_uu(line)


def _loose_uu(line: bytes) -> bytes:
    """Return a line whose length byte promises less or other than what follows it."""
    count = (((line[0] - 32) & 63) * 4 + 5) // 3
    try:
        return binascii.a2b_uu(line[:count])
    except binascii.Error:
        return b""


def _yenc(content: bytes) -> bytes:
    begin = _YENC_BEGIN.search(content)
    if not begin:
        return content
    end = _YENC_END.search(content, begin.end())
    body = content[begin.end() : end.start() if end else len(content)].translate(None, b"\r\n")
    for code in _YENC_ESCAPED:
        body = body.replace(b"=" + bytes([code]), bytes([(code - 64) % 256]))
    return body.translate(_YENC_SHIFT)


_DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "base64": _base64,
    "qp": _quoted_printable,
    "uu": _uuencode,
    "yenc": _yenc,
}
