"""Pure: addresses with a plus: `mia+anything@pastel.test` is ours, and `anything` may name the mail that is answered.

The token of a mail is the left side of its Message-ID, so nothing has to be stored: who answers
`mia+20261123090000.k2…@pastel.test` answers the mail `20261123090000.k2…@pastel.test`, whatever became of the headers.
"""

from collections.abc import Collection

from mailer.types import ParsedMail

_MOST = 50  # addresses of one mail that are looked at


def without_token(email: str) -> str:
    """Return an address without what stands behind its plus."""
    local, _, domain = email.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def is_ours(email: str, ours: Collection[str]) -> bool:
    """Return whether an address is one of ours, with or without a plus."""
    return email in ours or without_token(email) in ours


def ids_by_token(parsed: ParsedMail, ours: Collection[str]) -> tuple[str, ...]:
    """Return the Message-IDs that the addresses a mail came to may stand for."""
    came_to = [*(person.email for person in (*parsed.to, *parsed.cc)), *parsed.delivered_to]
    found: list[str] = []
    for email in came_to[:_MOST]:
        local, _, domain = email.rpartition("@")
        token = local.partition("+")[2]
        if token and without_token(email) in ours:
            found.append(f"{token}@{domain}")
    return tuple(dict.fromkeys(found))
