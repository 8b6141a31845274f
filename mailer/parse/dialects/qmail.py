"""Pure: qmail (qmail-send) and what descends from it: Yahoo's mail servers, netqmail, s/qmail.

Each address stands in angle brackets before a colon, its explanation below. Postfix writes the same entry on one line
and has a dialect of its own, for its frame is another.
"""

import re

from mailer.parse.dialects.prose import Named, Prose, angle_entries

_FRAME = re.compile(
    r"qmail-send program|wasn[’']t able to deliver your message to the following|unable to deliver your message to the "
    r"following address|giving up on \d|this is a permanent error; i[’']ve given up",
    re.IGNORECASE,
)


def read_qmail(prose: Prose) -> tuple[Named, ...]:
    """Return the addresses of a qmail notice."""
    return angle_entries(prose) if _FRAME.search(prose.head) else ()
