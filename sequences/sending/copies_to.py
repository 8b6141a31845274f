"""Use cases: who gets a copy of a mail written by hand, each checked as strictly as the recipient."""

import re
from collections.abc import Collection, Iterable

from crm.erased import find_erased
from crm.suppressions import find_personal_suppressions
from crm.talks import find_owners
from kit.errors import InvalidError, RefusedError, say
from kit.tx import Tx
from mailer.addresses import normalise_email

MOST = 10
_BETWEEN = re.compile(r"[,;\s]+")


def read_copies(text: str, *, recipient: str = "") -> tuple[str, ...]:
    """Return the addresses of a line such as `mira@agency.example, tom@agency.example`, each once.

    Raises InvalidError for what is no address, and for too many.
    """
    found: dict[str, None] = {}
    for word in filter(None, _BETWEEN.split(text)):
        email = normalise_email(word)
        if email is None:
            raise InvalidError(say("%(email)r in Cc is not an email address.", email=word))
        found[email] = None
    found.pop(recipient, None)
    if len(found) > MOST:
        raise InvalidError(say("A mail goes to %(most)s people in Cc at most.", most=MOST))
    return tuple(found)


def require_allowed(tx: Tx, copies: Collection[str]) -> None:
    """Refuse when one of these must not be written to; nobody is left out silently."""
    forbidden = find_forbidden(tx, copies)
    if forbidden:
        email, (_, reason) = next(iter(forbidden.items()))
        raise RefusedError(
            say(
                "%(email)s in Cc must not be contacted (%(reason)s). Take the address out of Cc, or lift that first.",
                email=email,
                reason=reason,
            )
        )


def find_forbidden(tx: Tx, copies: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return target and reason of what forbids mail, by address: itself, its domain, or the person it belongs to."""
    wanted = list(dict.fromkeys(copies))
    if not wanted:
        return {}
    owners = find_owners(tx, wanted)
    pairs = [(owners.get(email, 0), email) for email in wanted]
    found = find_personal_suppressions(tx, pairs)
    forbidden = {email: found[who, email] for who, email in pairs if (who, email) in found}
    return forbidden | {email: (email, "erased") for email in find_erased(tx, wanted)[0]}
