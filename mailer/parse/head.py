"""Pure: the header of a message or part, cut into fields whatever stands before or between them."""

import re
from dataclasses import dataclass

from mailer.parse.headers import Headers

MAX_HEAD = 512 * 1024  # bytes of one header that are read as fields
_MAX_FIELDS = 5_000
# A line of blanks inside a folded field does not end the header; one before anything else does.
_END = re.compile(rb"\n(?:\r?\n|[ \t]{1,200}\r?\n(?![ \t]))")
_FIELD = re.compile(r"([!-9;-~]++)[ \t]*+:[ \t]*+([^\n]*+(?:\n[ \t][^\n]*+)*+)\n?")
_MAY_BE_FIELD = re.compile(r"[!-9;-~]++[ \t]*+:")
_BLANK_START = re.compile(rb"[\r\n\t \x00]*+(?:\xef\xbb\xbf[\r\n\t \x00]*+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The fields of an entity and where its body begins. `mended`: lines were dropped or a blank line missed."""

    headers: Headers
    body_at: int
    mended: bool


def read_head(source: bytes, start: int, end: int, *, lenient: bool) -> Head:
    """Return the header that begins at `start`.

    A `lenient` reading (of whole messages, not of their parts) drops leading blank lines, mbox From lines and other
    garbage as long as fields follow it.
    """
    at = _BLANK_START.match(source, start, end).end() if lenient else start  # type: ignore[union-attr]  # matches empty
    if not lenient and source[at : at + 2].lstrip(b"\r")[:1] == b"\n":
        return Head(headers=Headers(()), body_at=source.index(b"\n", at) + 1, mended=False)
    block_end, body_at = _find_end(source, at, end)
    block = source[at:block_end].decode("ascii", "surrogateescape")
    fields, read, dropped = _read_fields(block, lenient=lenient)
    mended = at != start or dropped
    if read < len(block):
        # the body began without an empty line, or there never was a header
        body_at, mended = at + read, True
    return Head(headers=Headers(fields), body_at=body_at, mended=mended)


def _find_end(source: bytes, start: int, end: int) -> tuple[int, int]:
    """Return where the fields end and where the body begins; of a header beyond all bounds only the start is read."""
    found = _END.search(source, start, min(end, start + MAX_HEAD))
    if found:
        return found.start() + 1, found.end()
    if end - start <= MAX_HEAD:
        return end, end
    at = min((at for mark in (b"\n\n", b"\n\r\n") if (at := source.find(mark, start, end)) >= 0), default=-1)
    line = source.rfind(b"\n", start, start + MAX_HEAD) + 1
    return line or start + MAX_HEAD, source.index(b"\n", at + 1) + 1 if at >= 0 else end


def _read_fields(block: str, *, lenient: bool) -> tuple[list[tuple[str, str]], int, bool]:
    """Return the fields, how much of the block they took, and whether garbage between them was dropped."""
    fields: list[tuple[str, str]] = []
    at, dropped = 0, False
    while at < len(block):
        found = _FIELD.match(block, at)
        if found:
            if len(fields) < _MAX_FIELDS:
                fields.append((found[1], found[2].rstrip("\r\n")))
            at = found.end()
            continue
        if not (lenient and _field_follows(block, at)):
            break
        at, dropped = block.index("\n", at) + 1, True
    return fields, at, dropped


def _field_follows(block: str, at: int) -> bool:
    """Tell whether one of the next two lines is a field, so that this one is garbage between fields."""
    for _ in range(2):
        at = block.find("\n", at) + 1
        if not at:
            return False
        if _MAY_BE_FIELD.match(block, at):
            return True
    return False
