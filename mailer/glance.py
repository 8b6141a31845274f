"""Pure: what a header alone tells, to decide whether the body is worth fetching. When unsure, it is."""

import re
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from email.policy import compat32

from mailer.parse.headers import Headers, parse_addresses, parse_ids

_LONGEST_HEAD = 100_000
_MACHINE_SENDER = re.compile(r"mailer-?daemon|postmaster|mail delivery|@bounce|bounces?@", re.IGNORECASE)
_MACHINE_SUBJECT = re.compile(r"^\s*(?:auto|out of|ooo\b|abwesen|réponse auto|respuesta auto|vacation)", re.IGNORECASE)
_MACHINE_FIELDS = frozenset(
    {"x-failed-recipients", "x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-response-suppress"}
)
_LIST_FIELDS = frozenset({"list-id", "list-unsubscribe", "list-post"})
_BULK = frozenset({"bulk", "list", "junk"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """The parts of a header that decide. `is_machine`: perhaps a bounce, a complaint or an automatic answer."""

    message_id: str | None
    named_ids: tuple[str, ...]
    sender: str
    recipients: tuple[str, ...]
    is_machine: bool
    is_bulk: bool


def glance_at(head: bytes) -> Glance:
    """Read a header, whatever is in it."""
    parsed = BytesHeaderParser(policy=compat32).parsebytes(head[:_LONGEST_HEAD])
    headers = Headers(parsed.raw_items())
    senders = parse_addresses(headers.raw("from"))
    ids = parse_ids(headers.raw("message-id"))
    to = (parse_addresses(headers.raw(name)) for name in ("to", "cc", "bcc"))
    return Glance(
        message_id=ids[0] if ids else None,
        named_ids=(*parse_ids(headers.raw("in-reply-to")), *parse_ids(headers.raw("references"))),
        sender=senders[0].email if senders else "",
        recipients=tuple(person.email for people in to for person in people),
        is_machine=not senders or _is_machine(headers),
        is_bulk=any(name in headers for name in _LIST_FIELDS) or headers.raw("precedence").strip().lower() in _BULK,
    )


def _is_machine(headers: Headers) -> bool:
    automatic = headers.raw("auto-submitted").strip().lower()
    return bool(
        any(name in headers for name in _MACHINE_FIELDS)
        or (automatic and not automatic.startswith("no"))
        or headers.raw("return-path").strip() == "<>"
        or "report" in headers.raw("content-type").lower()
        or _MACHINE_SENDER.search(headers.raw("from"))
        or _MACHINE_SUBJECT.search(headers.get("subject"))
    )
