"""Pure: providers that name the account and not the address (AOL): the domain is the one that reports.

It claims nothing unless the account stands alone on its line, right below words that announce it.
"""

import re

from mailer.parse.dialects.prose import Named, Prose, named
from mailer.parse.headers import find_addresses

_FRAME = re.compile(
    r"following recipients?[^\n]{0,40} (?:could not be|was not|were not|cannot be)[^\n]{0,160}:[ \t]*\n{1,3}[ \t]{1,8}"
    r"([A-Za-z0-9._-]{2,60})[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)


def read_bare_name(prose: Prose) -> tuple[Named, ...]:
    """Return the account at the reporting domain."""
    found = _FRAME.search(prose.head[:10_000])
    domain = next((email.rpartition("@")[2] for email in find_addresses(prose.from_text)), None)
    return tuple(named(f"{found[1]}@{domain}", found[0], prose)) if found and domain else ()
