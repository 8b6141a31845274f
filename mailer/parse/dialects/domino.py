"""Pure: Lotus Notes and Domino: "was not delivered to: ... because: ...", and the "Failure Reasons" of Notes 4."""

import re

from mailer.parse.dialects.prose import Named, Prose, named, once, section
from mailer.parse.headers import find_addresses

_WHO = re.compile(r"^was not delivered to:[ \t]*$", re.IGNORECASE | re.MULTILINE)
_WHY = re.compile(r"^because:[ \t]*$", re.IGNORECASE | re.MULTILINE)
_OLD = re.compile(r"^-{3,} {0,3}failure reasons {0,3}-{3,}[ \t]*$", re.IGNORECASE | re.MULTILINE)
_RULE = re.compile(r"^-{3,}", re.MULTILINE)


def read_domino(prose: Prose) -> tuple[Named, ...]:
    """Return the addresses of a Domino or Notes notice."""
    if _WHO.search(prose.head):
        who, why = section(prose.head, _WHO, _WHY), section(prose.head, _WHY, _RULE)
        return once(one for email in find_addresses(who) for one in named(email, why, prose))
    reasons = section(prose.head, _OLD, _RULE)
    return once(one for email in find_addresses(reasons) for one in named(email, reasons, prose))
