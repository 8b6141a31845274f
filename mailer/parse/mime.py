"""Pure: raw bytes to a bounded, flat list of parts. Whatever the bytes, there is a result (RFC 2045, tolerantly).

Own code and not the standard parser: that one copies the message four times, tries every open boundary on every line
and recurses, so that its time and memory have no bound; here one pass over the bytes sets the places where parts begin
and end, and a part is decoded when somebody reads it.
"""

import re

from mailer.parse.head import MAX_HEAD, Head, read_head
from mailer.parse.headers import Headers
from mailer.parse.parameters import parse_parameters, parse_type
from mailer.parse.part import Part, make_part

MAX_RAW = 50 * 1024 * 1024  # bytes
MAX_PARTS = 1_000
MAX_DEPTH = 50
_MAX_BOUNDARY = 20_100  # bytes
_MAX_CANDIDATES = 200_000  # lines beginning with two dashes that are looked at
_MAX_GUESSES = 20  # containers whose boundary is looked for because the declared one is missing
_MAX_UNPACKED = 3  # messages in messages that were wrongly encoded
_GUESS_WITHIN = 1024 * 1024  # bytes
_NESTED = frozenset({"message/rfc822", "message/global"})
_BARE_CR = re.compile(rb"[^\r\n]{0,1000}\r(?!\n)[!-9;-~]{1,80}:")
_ANY_BOUNDARY = re.compile(rb"^--([^\r\n]{1,200}?)[ \t]*\r?\n(?=content-[a-z-]{3,40}:)", re.IGNORECASE | re.MULTILINE)
_FIRST_PART = re.compile(rb"\r?\n?content-(?:type|transfer-encoding|disposition):", re.IGNORECASE)
_HTML_START = re.compile(rb"\s{0,200}<(?:!doctype html|html|head|body)\b", re.IGNORECASE)

Path = tuple[tuple[int, str], ...]


def open_message(raw: bytes) -> tuple[Headers, str, tuple[Part, ...], tuple[str, ...]]:
    """Return the header, the type, the leaves in reading order, and the defects that were mended."""
    defects: list[str] = []
    if len(raw) > MAX_RAW:
        defects.append("cut at 50 MB")
    source = _with_line_feeds(raw)
    scan = _Scan(source, min(len(source), MAX_RAW), lenient=True)
    scan.run()
    defects.extend(scan.defects)
    headers = scan.root.headers
    if not headers.charset:
        headers.charset = next((part.charset for part in scan.parts if part.charset and not part.original), "")
    return headers, scan.root_type, tuple(scan.parts), tuple(dict.fromkeys(defects))


def read_headers(source: bytes) -> Headers:
    """Return the fields at the beginning of a message's source, read as tolerantly as a whole message's."""
    source = _with_line_feeds(source)
    return read_head(source, 0, len(source), lenient=True).headers


def _with_line_feeds(raw: bytes) -> bytes:
    """Return the bytes with line feeds where lines end in bare carriage returns, and UTF-16 as UTF-8."""
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        try:
            return raw[: MAX_RAW // 2 * 2].decode("utf-16").encode("utf-8", "replace")
        except UnicodeError:
            return raw
    if _BARE_CR.match(raw) or (b"\r\r" in raw[:MAX_HEAD] and b"\n" not in raw):
        return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return raw


class _Box:
    """An open multipart: what its parts inherit, and whether it has had any."""

    def __init__(self, boundary: bytes, head: Head, headers_kind: str, path: Path, *, original: bool) -> None:
        self.boundary = boundary
        self.head = head
        self.kind = headers_kind
        self.path = path
        self.original = original
        self.used = False


class _Scan:
    """One pass over a source. `pending` are leaves whose end is not known yet, with the number of boxes round them."""

    def __init__(
        self, source: bytes, end: int, *, lenient: bool, path: Path = (), original: bool = False, unpacked: int = 0
    ) -> None:
        self.parts: list[Part] = []
        self.defects: list[str] = []
        self.root_type = ""
        self._source, self._end, self._lenient = source, end, lenient
        self._path, self._original, self._unpacked = path, original, unpacked
        self._boxes: list[_Box] = []
        self._lines: dict[bytes, tuple[int, bool]] = {}
        self._pending: list[tuple[int, Part]] = []
        self._candidates = _MAX_CANDIDATES
        self._guesses = _MAX_GUESSES
        self._ids = len(path) * MAX_PARTS
        self.root = read_head(b"", 0, 0, lenient=False)

    def run(self) -> None:
        """Find the parts."""
        at = self._read_entity(0, self._path, "text/plain", original=self._original)
        while self._boxes and len(self.parts) < MAX_PARTS:
            found = self._next_delimiter(at, self._end)
            if not found:
                break
            level, closing, line_at, at = found
            self._finish(level + 1, line_at)
            if closing:
                self._finish(level, line_at)
                continue
            box = self._boxes[level]
            box.used = True
            default = "message/rfc822" if box.kind == "multipart/digest" else "text/plain"
            at = self._read_entity(at, box.path, default, original=box.original)
        if len(self.parts) >= MAX_PARTS:
            self.defects.append("too many parts")
        self._finish(0, self._end)
        self._unpack()

    def _read_entity(self, at: int, path: Path, default: str, *, original: bool) -> int:
        """Read the header at `at`, open what can be opened, and return where to look for the next delimiter."""
        whole = self._lenient and not self._boxes  # a message, not a part of one
        while True:
            head, kind = self._read_head(at, default, lenient=whole)
            parameters = parse_parameters(head.headers.raw("content-type"))
            if not self.root_type:
                self.root, self.root_type = head, kind
                head.headers.charset = parameters.get("charset", "")
            self._ids += 1
            deeper = (*path, (self._ids, kind))
            if kind.startswith("multipart/") and len(path) < MAX_DEPTH:
                boundary = self._boundary_of(parameters, head.body_at)
                if boundary:
                    self._push(_Box(boundary, head, kind, deeper, original=original))
                    if not _FIRST_PART.match(self._source, head.body_at):
                        return head.body_at
                    self._boxes[-1].used = True  # the boundary before the first part was forgotten
                    at, path, default, whole = head.body_at, deeper, "text/plain", False
                    continue
            if kind.startswith("multipart/"):
                kind = self._kind_of_text(head.body_at)
            part = self._add(head, kind, parameters, path, original=original)
            opens = kind in _NESTED or (kind == "message/partial" and not path)
            if not opens or part.encoding or len(path) >= MAX_DEPTH or len(self.parts) >= MAX_PARTS:
                return head.body_at
            at, default, original = head.body_at, "text/plain", original or bool(path)
            path, whole = deeper, True

    def _read_head(self, at: int, default: str, *, lenient: bool) -> tuple[Head, str]:
        limit = self._end
        if self._boxes and (found := self._next_delimiter(at, min(self._end, at + MAX_HEAD))):
            limit = found[2]
        head = read_head(self._source, at, limit, lenient=lenient)
        if head.mended:
            self.defects.append("header mended")
        return head, parse_type(head.headers.raw("content-type"), default)

    def _add(self, head: Head, kind: str, parameters: dict[str, str], path: Path, *, original: bool) -> Part:
        part = make_part(kind, head.headers, parameters, path, original=original)
        part.source, part.start, part.end = self._source, head.body_at, self._end
        self.parts.append(part)
        self._pending.append((len(self._boxes), part))
        return part

    def _kind_of_text(self, at: int) -> str:
        """Return the type of a container that holds no parts but was written as one text."""
        return "text/html" if _HTML_START.match(self._source, at) else "text/plain"

    def _push(self, box: _Box) -> None:
        self._boxes.append(box)
        self._note_lines()

    def _note_lines(self) -> None:
        """Note which lines are delimiters now; of two boxes with one boundary the inner one has it."""
        self._lines = {}
        for level, box in enumerate(self._boxes):
            self._lines[box.boundary + b"--"] = (level, True)
            self._lines[box.boundary] = (level, False)

    def _finish(self, level: int, at: int) -> None:
        """End the boxes from this level on, and every leaf inside them, before the line that begins at `at`."""
        end = at - 1 if at and self._source[at - 1 : at] == b"\n" and at < self._end else at
        end -= self._source[end - 1 : end] == b"\r" and end < at
        while self._pending and self._pending[-1][0] >= level:
            part = self._pending.pop()[1]
            part.end = max(part.start, end)
        for box in self._boxes[level:]:
            if not box.used:  # a container without any part was written as one text
                parameters = parse_parameters(box.head.headers.raw("content-type"))
                kind = self._kind_of_text(box.head.body_at)
                part = self._add(box.head, kind, parameters, box.path[:-1], original=box.original)
                self._pending.pop()
                part.end = max(part.start, end)
        if len(self._boxes) > level:
            del self._boxes[level:]
            self._note_lines()

    def _next_delimiter(self, at: int, stop: int) -> tuple[int, bool, int, int] | None:
        """Return level, whether it closes, its line's start and the next line's start of the next delimiter line."""
        source = self._source
        while at < stop:
            if source.startswith(b"--", at):
                eol = source.find(b"\n", at, min(self._end, at + _MAX_BOUNDARY))
                line_end = eol if eol >= 0 else min(self._end, at + _MAX_BOUNDARY)
                known = self._lines.get(source[at + 2 : line_end].rstrip())
                if known:
                    return (*known, at, line_end + (eol >= 0))
                self._candidates -= 1
                if self._candidates < 0:
                    self.defects.append("too many boundaries")
                    return None
            at = source.find(b"\n--", at, stop) + 1
            if not at:
                return None
        return None

    def _boundary_of(self, parameters: dict[str, str], at: int) -> bytes:
        """Return the boundary as declared, or as found in the body where the declared one is missing or wrong."""
        declared = parameters.get("boundary", "").rstrip().encode("utf-8", "surrogateescape")
        stop = min(self._end, at + _GUESS_WITHIN)
        if declared and self._source.find(b"--" + declared, at, stop) >= 0:
            return declared
        self._guesses -= 1
        found = _ANY_BOUNDARY.search(self._source, at, stop) if self._guesses >= 0 else None
        if found and found[1].rstrip() not in self._lines:
            self.defects.append("boundary guessed")
            return found[1].rstrip()
        return declared

    def _unpack(self) -> None:
        """Open the messages that were given a transfer encoding, which they must not have."""
        for part in [part for part in self.parts if part.encoding and part.content_type in _NESTED]:
            if self._unpacked >= _MAX_UNPACKED or len(self.parts) >= MAX_PARTS:
                return
            deeper = (*part.path, (len(self.parts) + self._ids, part.content_type))
            inner = _Scan(
                part.content, len(part.content), lenient=True, path=deeper, original=True, unpacked=self._unpacked + 1
            )
            inner.run()
            at = self.parts.index(part) + 1
            self.parts[at:at] = inner.parts[: MAX_PARTS - len(self.parts)]
