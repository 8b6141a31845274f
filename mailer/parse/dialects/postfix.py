"""Pure: Postfix where its delivery report is missing: `<address>: host mx said: 550 ...`, also in translation."""

import re

from mailer.parse.dialects.prose import Named, Prose, angle_entries

_FRAME = re.compile(
    r"this is the (?:mail system|postfix program|mail delivery system) at host|\(in reply to [^()\n]{2,40}\)|"
    r"mail system at host|i[’']m sorry to have to inform you",
    re.IGNORECASE,
)


def read_postfix(prose: Prose) -> tuple[Named, ...]:
    """Return the addresses of a Postfix notice."""
    return angle_entries(prose) if _FRAME.search(prose.head) else ()
