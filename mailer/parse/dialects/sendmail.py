r"""Pure: Sendmail and the gateways that print its sections (`----- The following addresses had ... errors -----`).

A name without a domain is completed by the returned message, a `RCPT To:<...>` of the transcript, or the domain that
reports.
"""

import re
from collections.abc import Iterator

from mailer.parse.dialects.prose import MAX_NAMED, Named, Prose, named, once, section
from mailer.parse.headers import find_addresses

_BEGIN = re.compile(
    r"^[ \t]{0,8}-{3,} ?(?:the following addresses? had (?:[a-z-]+ ){1,4}(?:errors?|problems?)|recipients of this "
    r"delivery|"
    r"message not delivered to the following)[^\n]{0,30}$",
    re.IGNORECASE | re.MULTILINE,
)
_END = re.compile(r"^[ \t]{0,8}-{3,}", re.MULTILINE)
_ENTRY = re.compile(
    r"^ {0,4}<?([^\s<>()@:;,\"]{1,100}(?:@[^\s<>()@:;,\"]{1,200})?)>?(?:[ \t]+\(.*|[ \t]{2,}.*)?[ \t]*$", re.MULTILINE
)
_BETWEEN = re.compile(r"^[ \t]{0,8}-{3,}[^\n]{0,60}transcript[^\n]{0,60}$", re.IGNORECASE | re.MULTILINE)


def read_sendmail(prose: Prose) -> tuple[Named, ...]:
    """Return the addresses of a Sendmail notice."""
    block = section(prose.head, _BEGIN, _END)
    transcript = section(prose.head, _BETWEEN, _END)
    hits = list(_ENTRY.finditer(block))[:MAX_NAMED]
    if not hits:
        return ()
    ends = [*(hit.start() for hit in hits[1:]), len(block)]
    return once(
        one
        for hit, end in zip(hits, ends, strict=True)
        for email in _completed(hit[1], prose)
        for one in named(email, f"{block[hit.start() : end]} {_lines_about(transcript, email)}", prose)
    )


def _completed(name: str, prose: Prose) -> Iterator[str]:
    if "@" in name:
        yield name
        return
    known = [email for email in (*prose.originals, *find_addresses(prose.head[:20_000])) if email not in prose.ours]
    fitting = [email for email in known if email.partition("@")[0] == name.lower()]
    domain = next((email.rpartition("@")[2] for email in find_addresses(prose.from_text)), None)
    if fitting:
        yield fitting[0]
    elif domain:
        yield f"{name}@{domain}"


def _lines_about(transcript: str, email: str) -> str:
    """Return the transcript's lines on this address; all of it when none names the address."""
    local = email.partition("@")[0].lower()
    lines = transcript.split("\n")[:200]
    about = [line for line in lines if local in line.lower() and not line.startswith(">>>")]
    return " ".join(about or lines)
