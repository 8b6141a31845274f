"""Pure: raw bytes to a bounded, flat list of parts. Whatever the bytes, there is a result (RFC 2045, tolerantly)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser

from mailer.parse.charset import decode_bytes
from mailer.parse.headers import Headers, decode_words

MAX_RAW = 50 * 1024 * 1024  # bytes
MAX_PARTS = 1_000
MAX_DEPTH = 50
MAX_TEXT = 1024 * 1024  # characters
_MAX_WORK = 30_000_000  # lines times boundaries: the standard parser tries every open boundary on every line
_MAX_HEAD = 256 * 1024

_FIELD = re.compile(rb"[!-9;-~]+:")
_SPACED_FIELD = re.compile(rb"([!-9;-~]+)[ \t]+:")
_HEAD_END = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One leaf of the tree. `original` is true inside a returned or forwarded message. `path` holds container ids."""

    content_type: str
    headers: Headers
    content: bytes
    charset: str | None
    filename: str
    attached: bool
    original: bool
    path: tuple[tuple[int, str], ...]

    def text(self) -> str:
        r"""Return the decoded text, cut at MAX_TEXT characters, with line ends as \\n."""
        cut = decode_bytes(self.content[: MAX_TEXT * 4], self.charset)[:MAX_TEXT]
        return cut.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def open_message(raw: bytes) -> tuple[Message, tuple[str, ...]]:
    """Return the parsed tree and the defects that were mended; falls back to the header alone."""
    defects: list[str] = []
    if len(raw) > MAX_RAW:
        raw = raw[:MAX_RAW]
        defects.append("cut at 50 MB")
    mended = mend_head(raw)
    if mended != raw:
        defects.append("header mended")
    if raw.count(b"\n") * mended.count(b"oundary") > _MAX_WORK or mended.count(b"oundary") > MAX_PARTS:
        defects.append("too many boundaries")
        return BytesHeaderParser().parsebytes(mended), tuple(defects)
    try:
        return BytesParser().parsebytes(mended), tuple(defects)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError, AssertionError) as error:
        defects.append(f"unreadable structure: {type(error).__name__}")
    return BytesHeaderParser().parsebytes(mended), tuple(defects)


def mend_head(raw: bytes) -> bytes:
    """Return the message with its header made readable: no mbox or garbage lines, no blank before a colon."""
    raw = raw.lstrip(b"\r\n\t \x00\xef\xbb\xbf") if raw[:1] in b"\r\n\t \x00\xef" else raw
    end = _HEAD_END.search(raw, 0, _MAX_HEAD)
    head, rest = (raw[: end.start()], raw[end.start() :]) if end else (raw[:_MAX_HEAD], raw[_MAX_HEAD:])
    lines = head.splitlines(keepends=True)
    kept: list[bytes] = []
    for index, line in enumerate(lines):
        if _FIELD.match(line) or (kept and line[:1] in b" \t"):
            kept.append(line)
        elif _SPACED_FIELD.match(line):
            kept.append(_SPACED_FIELD.sub(rb"\1:", line, count=1))
        elif index + 1 == len(lines) or not any(_is_field(later) for later in lines[index + 1 : index + 3]):
            # the body began without an empty line, or there never was a header
            return b"".join(kept) + b"\r\n" + b"".join(lines[index:]) + rest
    return b"".join(kept) + rest


def _is_field(line: bytes) -> bool:
    return bool(_FIELD.match(line) or _SPACED_FIELD.match(line))


def walk(message: Message) -> Iterator[Part]:
    """Yield the leaves in reading order, within MAX_PARTS and MAX_DEPTH."""
    stack: list[tuple[Message, tuple[tuple[int, str], ...], bool]] = [(message, (), False)]
    seen = 0
    while stack and seen < MAX_PARTS:
        node, path, original = stack.pop()
        seen += 1
        kind = content_type(node)
        children = node.get_payload()
        if isinstance(children, list) and kind not in _REPORTS and len(path) < MAX_DEPTH:
            inside = original or kind.startswith("message/")
            if kind.startswith("message/"):
                yield _leaf(node, kind, path, original=original)
            deeper = (*path, (seen, kind))
            stack.extend((child, deeper, inside) for child in reversed(children) if isinstance(child, Message))
        else:
            # a container whose boundary is missing was left as one text by the standard parser
            kind = "text/plain" if kind.startswith("multipart/") else kind
            yield _leaf(node, kind, path, original=original)


_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})


def content_type(node: Message) -> str:
    """Return the lower-case type of a part; what is not a type counts as text/plain."""
    try:
        return node.get_content_type()
    except (ValueError, TypeError, AttributeError, LookupError):
        return "text/plain"


def fields_of(node: Message) -> Headers:
    """Return the header fields of a part with their raw 8-bit bytes kept."""
    return Headers((name, str(value)) for name, value in node.raw_items())


def parameter(node: Message, name: str, header: str = "content-type") -> str:
    """Return a parameter of a structured field, decoded (RFC 2231 and, wrongly but often, RFC 2047), or empty."""
    try:
        value = node.get_param(name, "", header)
    except (ValueError, TypeError, AttributeError, LookupError):
        return ""
    if isinstance(value, tuple):
        charset, _, text = value
        return decode_bytes(text.encode("latin-1", "replace"), charset or "utf-8")
    return decode_words(str(value or ""))


def _leaf(node: Message, kind: str, path: tuple[tuple[int, str], ...], *, original: bool) -> Part:
    headers = fields_of(node)
    filename = parameter(node, "filename", "content-disposition") or parameter(node, "name")
    return Part(
        content_type=kind,
        headers=headers,
        content=_content(node, kind),
        charset=parameter(node, "charset") or None,
        filename=filename.replace("\\", "/").rpartition("/")[2][:200],
        attached=headers.raw("content-disposition").strip().lower().startswith("attachment"),
        original=original,
        path=path,
    )


def _content(node: Message, kind: str) -> bytes:
    """Return a leaf's bytes, transfer encoding removed; a nested message as its own source."""
    try:
        if kind in _REPORTS:
            return _report_source(node)
        if kind.startswith("message/") and node.is_multipart():
            inner = node.get_payload(0)
            return inner.as_bytes() if isinstance(inner, Message) else b""
        content = node.get_payload(decode=True)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError, AssertionError, OSError):
        content = None
    if isinstance(content, bytes):
        return content
    return str(node.get_payload() or "").encode("utf-8", "surrogateescape") if not node.is_multipart() else b""


def _report_source(node: Message) -> bytes:
    """Return the text of a delivery-status part, which the standard parser has cut into header blocks."""
    blocks = node.get_payload()
    if not isinstance(blocks, list):
        content = node.get_payload(decode=True)
        return content if isinstance(content, bytes) else b""
    lines: list[str] = []
    for block in blocks[:MAX_PARTS]:
        if isinstance(block, Message):
            lines.extend(f"{name}: {value}" for name, value in block.raw_items())
            lines.extend(("", str(block.get_payload() or "")))
    source = "\n".join(lines).encode("utf-8", "surrogateescape")
    if "base64" in str(node.get("content-transfer-encoding", "")).lower():
        whole = Message()
        whole["content-transfer-encoding"] = "base64"
        whole.set_payload(source.decode("ascii", "ignore").strip())
        content = whole.get_payload(decode=True)
        return content if isinstance(content, bytes) else source
    return source
