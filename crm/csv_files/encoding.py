"""Pure: which encoding the bytes of a text file are written in, and which bytes are no text at all.

It tells UTF-8, UTF-16, UTF-32, Windows-1252 and Latin-1 apart. It does not guess among other eight-bit sets: a file in
Windows-1251 is read as Windows-1252, and the preview shows it.
"""

import codecs
from collections.abc import Iterable

from kit.errors import InvalidError, say

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # The UTF-32 mark begins with the UTF-16 one, so it must be tried first.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    (b"PK\x03\x04", "is a workbook or an archive; save the sheet as CSV first"),
    (b"\xd0\xcf\x11\xe0", "is an old Office document; save the sheet as CSV first"),
    (b"\x1f\x8b", "is compressed; unpack it first"),
    (b"%PDF", "is a PDF"),
    (b"\x89PNG", "is a picture"),
    (b"\xff\xd8\xff", "is a picture"),
    (b"GIF8", "is a picture"),
    (b"<!doctype html", "is a web page"),
    (b"<html", "is a web page"),
    (b"<?xml", "is XML"),
    (b'{"', "is JSON"),
    (b'[{"', "is JSON"),
    (b"begin:vcard", "is a set of address cards; export it as CSV first"),
)
_CONTROLS = bytes(sorted(set(range(32)) - {7, 9, 10, 11, 12, 13, 26, 27}))
_NOT_IN_1252 = b"\x81\x8d\x8f\x90\x9d"
# A few stray NULs are a dirty table, not a program.
_MAX_CONTROL_SHARE = 0.05
_SPARE_CONTROLS = 32
_MIN_ZERO_SHARE = 0.2
_FEW = 0.02


def refuse_foreign(head: bytes) -> None:
    """Raise InvalidError when the first bytes are those of another kind of file, or of nothing."""
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise InvalidError(say("The file is empty."), code="no_table")
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:32]
    for magic, words in _MAGIC:
        if start[: len(magic)].lower() == magic.lower():
            raise InvalidError(say("The file %(words)s; it is not a CSV table.", words=words), code="no_table")
    if not (_encoding_of_mark(head) or _utf16_without_mark(head)):
        controls = len(head) - len(head.translate(None, _CONTROLS))
        if controls > len(head) * _MAX_CONTROL_SHARE + _SPARE_CONTROLS:
            raise InvalidError(say("The file holds binary data; it is not a CSV table."), code="no_table")


def detect_encoding(head: bytes, chunks: Iterable[bytes]) -> str:
    """Return the codec of a file from its first bytes and, when they do not settle it, all its chunks."""
    return _encoding_of_mark(head) or _utf16_without_mark(head) or _eight_bit(chunks)


def _encoding_of_mark(head: bytes) -> str | None:
    """Return the codec that a byte order mark names."""
    return next((name for mark, name in _BOMS if head.startswith(mark)), None)


def _utf16_without_mark(head: bytes) -> str | None:
    """Return the UTF-16 codec whose high bytes are zero: separators and Latin letters give it away."""
    half = len(head) // 2
    if half == 0:
        return None
    first = head[0 : half * 2 : 2].count(0) / half
    second = head[1 : half * 2 : 2].count(0) / half
    if second > _MIN_ZERO_SHARE and first < _FEW:
        return "utf-16-le"
    if first > _MIN_ZERO_SHARE and second < _FEW:
        return "utf-16-be"
    return None


def _eight_bit(chunks: Iterable[bytes]) -> str:
    """Return UTF-8 when its multi-byte sequences outnumber broken ones, else Windows-1252 or Latin-1."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    good = bad = 0
    undefined = False
    for chunk in chunks:
        if chunk.isascii():
            bad += decoder.decode(chunk).count("\ufffd")
            continue
        text = decoder.decode(chunk)
        marks = text.count("\ufffd")
        bad += max(marks - chunk.count(b"\xef\xbf\xbd"), 0)
        good += len(text) - len(text.encode("ascii", "ignore")) - marks
        undefined = undefined or len(chunk.translate(None, _NOT_IN_1252)) != len(chunk)
    if good >= bad:
        return "utf-8"
    return "latin-1" if undefined else "cp1252"
