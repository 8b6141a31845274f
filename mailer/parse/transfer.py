"""Pure: content transfer encodings undone (RFC 2045 6), as much as the damage allows. Never fails."""

import binascii
import re
from collections.abc import Callable

_BASE64_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64_LETTERS))
_PROSE = re.compile(rb"[A-Za-z]{2,30}[,.]? [A-Za-z]{1,30}[,.]? [A-Za-z]{2,30}|<[A-Za-z!/][^>\r\n]{0,200}>")
_LATE_BREAK = re.compile(rb"=[ \t]{1,80}(?=\r?\n)")
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\r\n]{0,300}\r?\n", re.MULTILINE)
_YENC_BEGIN = re.compile(rb"^=ybegin [^\r\n]{0,300}\r?\n(?:=ypart [^\r\n]{0,300}\r?\n)?", re.MULTILINE)
_YENC_END = re.compile(rb"\r?\n=yend ")
_YENC_ESCAPED = b"@JMI`n}"  # NUL, LF, CR, TAB, blank, full stop; last the equals sign itself
_YENC_SHIFT = bytes((value - 42) % 256 for value in range(256))
_IN_BASE64 = _BASE64_LETTERS + b"=\r\n\t "
_MAX_CHUNKS = 10_000
_MAX_CHUNKED = 1024 * 1024  # bytes
_MAX_UU_LINES = 1_500_000  # more than 50 MB of whole lines
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


def decode_transfer(source: bytes, start: int, end: int, encoding: str) -> bytes:
    """Return a stretch of a message with its transfer encoding removed; what is not in that encoding stays as it is.

    The decoders copy as little as they can: a message may be one file of 50 MB.
    """
    decoder = _DECODERS.get(encoding)
    return decoder(source, start, end) if decoder else source[start:end]


def _base64(source: bytes, start: int, end: int) -> bytes:
    sample = source[start : min(end, start + _SAMPLE)]
    if (b" " in sample or b"<" in sample) and _PROSE.search(sample):
        return source[start:end]  # the label lies: these are words
    try:
        decoded = binascii.a2b_base64(memoryview(source)[start:end])
    except binascii.Error:
        return _loose_base64(source[start:end])
    padding = source.find(b"=", start, end)
    rest = source[padding:end].strip(b"=\r\n\t ") if padding >= 0 and end - start < _MAX_CHUNKED else b""
    if rest and not rest.translate(None, _IN_BASE64):
        chunks = source[start:end].split(b"=", _MAX_CHUNKS)  # they were encoded one by one
        return b"".join(_loose_base64(chunk) for chunk in chunks)
    return decoded


def _loose_base64(content: bytes) -> bytes:
    letters = content.translate(None, _NOT_BASE64)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _quoted_printable(source: bytes, start: int, end: int) -> bytes:
    if source.find(b"= ", start, end) >= 0 or source.find(b"=\t", start, end) >= 0:
        return binascii.a2b_qp(_LATE_BREAK.sub(b"=", source[start:end]))
    return binascii.a2b_qp(memoryview(source)[start:end])


def _uuencode(source: bytes, start: int, end: int) -> bytes:
    begin = _UU_BEGIN.search(source, start, end)
    out = bytearray()
    at = begin.end() if begin else start
    for _ in range(_MAX_UU_LINES):
        eol = source.find(b"\n", at, end)
        line = source[at : eol if eol >= 0 else end].rstrip(b"\r")
        if line == b"end" or at >= end:
            break
        if line.strip(b" `"):
            out += _uu_line(line)
        at = eol + 1 if eol >= 0 else end
    return bytes(out) if begin or out else source[start:end]


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


def _yenc(source: bytes, start: int, end: int) -> bytes:
    begin = _YENC_BEGIN.search(source, start, end)
    if not begin:
        return source[start:end]
    last = _YENC_END.search(source, begin.end(), end)
    body = source[begin.end() : last.start() if last else end].translate(None, b"\r\n")
    for code in _YENC_ESCAPED:
        body = body.replace(b"=" + bytes([code]), bytes([(code - 64) % 256]))
    return body.translate(_YENC_SHIFT)


_DECODERS: dict[str, Callable[[bytes, int, int], bytes]] = {
    "base64": _base64,
    "qp": _quoted_printable,
    "uu": _uuencode,
    "yenc": _yenc,
}
