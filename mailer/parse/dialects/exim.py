"""Pure: Exim, and the hosting companies (1&1, GMX, Zoho) that kept its wording.

The address that failed in the end is returned; where it was "generated from" another, that one is in the returned mail.
"""

import re

from mailer.parse.dialects.prose import Named, Prose, listed, section

_BEGIN = re.compile(
    r"following address(?:es|\(es\))? (?:has |have )?failed:|address(?:es)? to which the message has not yet been "
    r"delivered "
    r"(?:is|are):|could not be delivered to the following address(?:es)?:",
    re.IGNORECASE,
)
_END = re.compile(
    r"^-{2,} ?(?:this is a copy|the header of|the body of)|^no action is required", re.IGNORECASE | re.MULTILINE
)


def read_exim(prose: Prose) -> tuple[Named, ...]:
    """Return the addresses of an Exim notice."""
    return listed(section(prose.head, _BEGIN, _END), prose)
