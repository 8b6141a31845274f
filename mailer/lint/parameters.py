"""Pure: parameters of Content-Type and Content-Disposition, also continued and in other charsets.

Source: RFC 2045 5.1, RFC 2231.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from mailer.lint.findings import Finding, found
from mailer.lint.words import WORD, is_charset

_TOKEN = r"[!#$%&'*+.0-9A-Z^_`a-z{|}~-]+"  # noqa: S105 - the standard's word
_QUOTED = r'"(?:[^"\\\r\n]|\\[^\r\n])*"'
_PARAMETER = re.compile(rf"[ \t]*;[ \t]*({_TOKEN})=({_TOKEN}|{_QUOTED})")
_NAME = re.compile(r"([^*]+)(?:\*(0|[1-9][0-9]{0,3}))?(\*)?")
_EXTENDED = re.compile(r"(?:%[0-9A-F]{2}|[!#$&+.0-9A-Z^_`a-z{|}~-])*")


class Parameters(NamedTuple):
    """The value before the first semicolon in lower case, and the parameters whole, by name."""

    main: str
    values: dict[str, str]
    faults: tuple[Finding, ...]


class _Piece(NamedTuple):
    number: int | None
    is_extended: bool
    value: str


def read_parameters(value: str, *, main: str, code: str, where: str) -> Parameters:
    """Read a field whose first word keeps to the pattern `main`; otherwise the fault has `code`."""
    head = re.match(main, value)
    if head is None:
        return Parameters("", {}, (found(code, where, f"“{value[:60]}” cannot be read."),))
    faults: list[Finding] = []
    pieces: dict[str, list[_Piece]] = {}
    at = head.end()
    while at < len(value):
        read = _PARAMETER.match(value, at)
        if read is None:
            faults.append(found("parameter-syntax", where, f"“{value[at : at + 60]}” is no parameter."))
            break
        at = read.end()
        _sort_in(pieces, read[1].lower(), read[2], where, faults)
    values = {name: _join(name, parts, where, faults) for name, parts in pieces.items()}
    return Parameters(head[0].lower(), values, tuple(faults))


def _sort_in(pieces: dict[str, list[_Piece]], name: str, value: str, where: str, faults: list[Finding]) -> None:
    if WORD.search(value):
        faults.append(found("word-misplaced", where, "An encoded word stands in a parameter."))
    plain = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
    read = _NAME.fullmatch(name)
    if read is None:
        faults.append(found("parameter-syntax", where, f"“{name}” is no name of a parameter."))
        return
    number = int(read[2]) if read[2] else None
    known = pieces.setdefault(read[1], [])
    if any(one.number == number for one in known):
        faults.append(found("parameter-repeated", where, f"The parameter {name} stands twice."))
        return
    known.append(_Piece(number, bool(read[3]), plain))


def _join(name: str, parts: list[_Piece], where: str, faults: list[Finding]) -> str:
    numbers = [part.number for part in parts if part.number is not None]
    if numbers and (len(numbers) < len(parts) or sorted(set(numbers)) != list(range(len(set(numbers))))):
        faults.append(found("parameter-continuation", where, f"The pieces of {name} are not 0, 1, 2 and so on."))
    charset, whole = "us-ascii", b""
    for index, part in enumerate(sorted(parts, key=lambda one: one.number or 0)):
        text = part.value
        if part.is_extended and index == 0:
            charset, text = _charset_of(name, text, where, faults)
        if part.is_extended and not _EXTENDED.fullmatch(text):
            faults.append(found("parameter-extended", where, f"{name} holds characters that must be escaped."))
        raw = unquote_to_bytes(text) if part.is_extended else text.encode()
        if not _decodes(raw, charset) and part.is_extended:
            faults.append(found("parameter-extended", where, f"A piece of {name} is not text in its charset."))
        whole += raw
    return whole.decode(charset if is_charset(charset) else "utf-8", "replace")


def _charset_of(name: str, text: str, where: str, faults: list[Finding]) -> tuple[str, str]:
    charset, quote, rest = text.partition("'")
    _, second, content = rest.partition("'")
    if not quote or not second or not is_charset(charset):
        faults.append(found("parameter-extended", where, f"{name} does not begin with its charset."))
        return "utf-8", text.replace("'", "")
    return charset, content


def _decodes(raw: bytes, charset: str) -> bool:
    try:
        raw.decode(charset)
    except UnicodeDecodeError:
        return False
    return True
