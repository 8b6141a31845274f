"""Pure: fields of addresses by the strict grammar, without its obsolete forms.

Source: RFC 5322 3.4, RFC 6532 3.2.
"""

import re
from collections.abc import Iterator

import idna

from mailer.lint.fields import Field
from mailer.lint.findings import Finding, found
from mailer.lint.words import WORD

_LOCAL_LIMIT = 64
_DOMAIN_LIMIT = 255
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
_DOTTED = rf"{_ATOM}(?:\.{_ATOM})*"
_QUOTED = r'"(?:[^"\\\r\n]|\\[^\r\n])*"'
_SPEC = rf"(?:{_DOTTED}|{_QUOTED})@(?:{_DOTTED}|\[[^\[\]\\\s]*\])"
_WORD = rf"(?:{_ATOM}|{_QUOTED})"
_MAILBOX = re.compile(
    rf"(?:(?P<name>{_WORD}(?:[ \t]+{_WORD})*)?[ \t]*<(?P<spec>{_SPEC})>|(?P<bare>{_SPEC}))", re.DOTALL
)
_PIECE = re.compile(rf"(?:{_QUOTED}|<[^<>]*>|[^,\"<])+")
# Pieces with a comma between each two and nothing else: an empty place is an obsolete form.
_LIST = re.compile(rf"{_PIECE.pattern}(?:,{_PIECE.pattern})*")


def list_specs(value: str) -> list[str] | None:
    """Return the addresses of a field, or None when it does not keep to the grammar."""
    mailboxes = _read(value)
    return None if mailboxes is None else [one["spec"] or one["bare"] for one in mailboxes]


def lint_addresses(field: Field) -> Iterator[Finding]:
    """Check one field of addresses."""
    mailboxes = _read(field.value)
    if mailboxes is None:
        yield found("address-syntax", field.name, "The addresses cannot be read by the grammar.")
        return
    if field.name == "from" and len(mailboxes) > 1:
        yield found("from-several", "from", "A mail has one author; receivers refuse several.")
    for one in mailboxes:
        spec = one["spec"] or one["bare"]
        if any(WORD.search(quoted) for quoted in re.findall(_QUOTED, one["name"] or "")) or WORD.search(spec):
            yield found("word-misplaced", field.name, "An encoded word stands in quotes or inside an address.")
        yield from _spec_faults(spec, field.name)


def _read(value: str) -> list[re.Match[str]] | None:
    if not _LIST.fullmatch(value):
        return None
    read = [_MAILBOX.fullmatch(piece.strip(" \t")) for piece in _PIECE.findall(value)]
    return None if None in read else [one for one in read if one]


def _spec_faults(spec: str, where: str) -> Iterator[Finding]:
    local, _, domain = spec.rpartition("@")
    if len(local.encode()) > _LOCAL_LIMIT or len(domain.encode()) > _DOMAIN_LIMIT:
        yield found("address-too-long", where, "Before the @ are at most 64 characters, after it 255.")
    labels = [label for label in domain.lower().split(".") if label.startswith("xn--")]
    if not all(_is_label(label) for label in labels):
        yield found("address-idn", where, f"“{domain}” is no international domain.")


def _is_label(label: str) -> bool:
    try:
        return bool(idna.decode(label))
    except (idna.IDNAError, UnicodeError):
        return False
