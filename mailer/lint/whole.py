"""Pure: one mail, checked from its bytes to its words, in that order."""

import re
from collections.abc import Iterator

from mailer.lint.addresses import lint_addresses
from mailer.lint.alternatives import lint_alternatives
from mailer.lint.fields import HARD_LIMIT, Header, read_header
from mailer.lint.findings import Finding, found
from mailer.lint.fixed import lint_fixed
from mailer.lint.parts import read_part, split_mail
from mailer.lint.unsubscribe import lint_signatures, lint_unsubscribe
from mailer.lint.words import ADDRESS_FIELDS, lint_words

_BREAK = re.compile(rb"\r\n|\r|\n")
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")


def lint_mail(raw: bytes, *, smtputf8: bool = False, eight_bit: bool = False) -> list[Finding]:
    """Return every objection to a mail as it would be handed to a server, in reading order; never raises.

    `smtputf8` and `eight_bit` say what the server agreed to (RFC 6531, RFC 6152).
    """
    faults = list(_lint_bytes(raw))
    # What the line breaks should have been, so that one wrong byte does not hide everything behind it.
    clean = raw if not _BARE.search(raw) else _BREAK.sub(b"\r\n", raw)
    if b"\r\n\r\n" not in clean:
        faults.append(found("no-body", "", "No empty line ends the header."))
    head, body = split_mail(clean)
    header = read_header(head, smtputf8=smtputf8)
    faults += [*header.faults, *lint_fixed(header), *_lint_fields(header), *lint_unsubscribe(header)]
    faults += lint_signatures(header, body)
    root = read_part(header, body, faults, eight_bit=eight_bit)
    faults += lint_alternatives(root)
    return faults


def _lint_bytes(raw: bytes) -> Iterator[Finding]:
    bare = _BARE.search(raw)
    if bare:
        line = raw.count(b"\n", 0, bare.start()) + 1
        yield found("bare-line-break", f"line {line}", "CR and LF stand only together.")
    if b"\0" in raw:
        yield found("nul", "", "The mail holds a NUL.")
    if not raw.endswith(b"\n"):
        yield found("unfinished-line", "", "The last line has no end.")
    body = _BREAK.sub(b"\n", raw).partition(b"\n\n")[2]
    if any(len(line) > HARD_LIMIT for line in body.split(b"\n")):
        yield found("line-too-long", "body", f"A line has at most {HARD_LIMIT} characters.")


def _lint_fields(header: Header) -> Iterator[Finding]:
    for field in header.fields:
        yield from lint_words(field)
        if field.name in ADDRESS_FIELDS:
            yield from lint_addresses(field)
