"""Pure: a header cut into its fields, and what is wrong with its lines."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from mailer.lint.findings import Finding, found

HARD_LIMIT = 998
SOFT_LIMIT = 78
_FIELD = re.compile(r"([!-9;-~]+):(.*)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class Field(NamedTuple):
    """One field: `name` in lower case, `value` unfolded and without blanks round it, `lines` as they stand."""

    name: str
    value: str
    lines: tuple[str, ...]


class Header(NamedTuple):
    """All fields of a mail or of a part, in their order."""

    fields: tuple[Field, ...]
    faults: tuple[Finding, ...]

    def all(self, name: str) -> list[str]:
        """Return the values of every field of that name."""
        return [field.value for field in self.fields if field.name == name]

    def get(self, name: str) -> str | None:
        """Return the value of the first field of that name."""
        return next(iter(self.all(name)), None)


def read_header(head: bytes, *, part: str = "", smtputf8: bool = False) -> Header:
    """Cut a header, without its final empty line, into fields."""
    faults: list[Finding] = []
    text = _decode(head, part, faults, smtputf8=smtputf8)
    grouped: list[list[str]] = []
    for number, line in enumerate(text.split("\r\n") if text else (), 1):
        where = f"{part} header line {number}".strip()
        faults += _line_faults(line, where)
        if line[:1] in (" ", "\t") and grouped:
            grouped[-1].append(line)
        elif _FIELD.fullmatch(line):
            grouped.append([line])
        else:
            faults.append(found("header-syntax", where, "This line is neither a field nor the rest of one."))
    return Header(tuple(_make_field(lines) for lines in grouped), tuple(faults))


def _make_field(lines: list[str]) -> Field:
    name, _, first = lines[0].partition(":")
    return Field(name.lower(), "".join([first, *lines[1:]]).strip(" \t"), tuple(lines))


def _decode(head: bytes, part: str, faults: list[Finding], *, smtputf8: bool) -> str:
    where = f"{part} header".strip()
    if not head.isascii() and not smtputf8:
        faults.append(found("header-not-ascii", where, "The header holds bytes outside ASCII."))
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError:
        if smtputf8:
            faults.append(found("header-not-utf8", where, "The header is not UTF-8."))
        return head.decode("latin-1")


def _line_faults(line: str, where: str) -> Iterator[Finding]:
    if len(line.encode("utf-8", "surrogateescape")) > HARD_LIMIT:
        yield found("line-too-long", where, f"A line has at most {HARD_LIMIT} characters.")
    elif len(line) > SOFT_LIMIT and _can_be_folded(line):
        yield found("header-line-long", where, f"A line of the header should have at most {SOFT_LIMIT} characters.")
    if _CONTROL.search(line):
        yield found("header-control", where, "Control characters have no place in a header.")
    if line and not line.strip(" \t"):
        yield found("blank-continuation", where, "A line of nothing but blanks continues a field.")


def _can_be_folded(line: str) -> bool:
    """Tell whether there is a blank between two words; one long id or address has none."""
    content = line if line[:1] in (" ", "\t") else line.partition(":")[2]
    return len(content.split()) > 1
