"""Pure: mail gateways and small servers that name the address in a sentence of their own.

GroupWise ("undeliverable to the following"), IMail and SMTP32 ("Unknown user: address"), Mimecast ("-- address"),
MailMarshal ("were affected"), InterScan and the carriers of text messages (`RCPT TO`), SurfControl ("Addressed To"),
Sun's Messaging Server ("Recipient address"), and m-FILTER, whose first line is the address. Each row is one product's
frame: the address is the first group, and the words about it are those around the match.
"""

import re
from collections.abc import Iterator

from mailer.parse.dialects.prose import MAX_WORDS, Named, Prose, named, once

_ADDRESS = r"[<\[\"]{0,2}([^\s<>()@:;,\"\[\]]{1,100}@[^\s<>()@:;,\"\[\]]{1,200})"
_FRAMES = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        rf"undeliverable to the following:\s{{0,20}}{_ADDRESS}",
        (
            rf"^(?:unknown user|unknown host|user mailbox exceeds allowed size|invalid final delivery userid|delivery "
            rf"userid|undeliverable to|"
            rf"delivery failed \d{{1,3}} attempts|undeliverable mail to):[ \t]{{0,4}}{_ADDRESS}"
        ),
        rf"addressed to email address\s?:\s{{0,20}}--[ \t]{{0,4}}{_ADDRESS}",
        rf"recipients? (?:was|were) affected:\s{{0,20}}{_ADDRESS}",
        rf"^sent <<< rcpt to:[ \t]{{0,4}}{_ADDRESS}",
        rf"^[ \t]{{0,8}}rcpt to:[ \t]{{0,4}}{_ADDRESS}",
        rf"^addressed to:[ \t]{{0,4}}{_ADDRESS}",
        rf"^[ \t]{{0,8}}recipient address:[ \t]{{0,4}}{_ADDRESS}",
        rf"^>>> {_ADDRESS} <<<[ \t]*$",
        rf"rejected recipient {_ADDRESS}",
        rf"^could not be delivered to:[ \t]{{0,4}}{_ADDRESS}",
        rf"\A\s{{0,20}}{_ADDRESS}[ \t]*\n+-{{3,}} ?server message",
    )
)


def read_gateway(prose: Prose) -> tuple[Named, ...]:
    """Return the addresses that the first fitting frame names."""
    for frame in _FRAMES:
        found = once(_hits(frame, prose))
        if found:
            return found
    return ()


def _hits(frame: re.Pattern[str], prose: Prose) -> Iterator[Named]:
    for hit in frame.finditer(prose.head[:30_000]):
        line = prose.head.rfind("\n", 0, hit.start()) + 1
        after = prose.head[line : line + MAX_WORDS]
        before = prose.head[max(0, line - 200) : line]
        yield from named(hit[1], after if _says_why(after) else f"{before} {after}", prose)


def _says_why(words: str) -> bool:
    return bool(
        re.search(r"\b[245]\d\d\b|unknown|not found|full|exceed|reject|incorrect|unable|exist", words, re.IGNORECASE)
    )
