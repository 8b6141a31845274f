"""Pure: every other product: the lines that name an address, ranked by how plainly they say that it failed."""

import re

from mailer.parse.dialects.prose import Named, Prose, named, once
from mailer.parse.headers import find_addresses, tidy_address

_ANNOUNCED = re.compile(
    r"(?:follow(?:ing|s)|recipient|address|destinat|deliver|reach|fail|empfänger|adresse|destinatario|destinataire|"
    r"宛先|收件人)[^\n]{0,120}:?\s*$",
    re.IGNORECASE,
)
_LEADS = re.compile(r"^[\s*\-•>|#\"'(\[]{0,14}(?:smtp:|mailto:|to:\s?)?[<\[\"(']{0,2}[^\s<>@]{1,100}@[^\s<>@]{1,200}")
_LABELLED = re.compile(
    r"(?:failed |final |original |intended |invalid |bad )?(?:recipients?|addressee|rcpt|address(?:es)?|"
    r"undeliverable(?: to)?|user|mailbox|to|delivered to|attempts|userid|empfänger|destinatario|受信者|"
    r"宛先)\s?[:=]{1,2}\s?"
    r"[\[<\"'(]{0,3}(?:smtp:|rfc822;)?\s?[<]?[^\s<>@:]{1,100}@|(?:undeliverable|deliver(?:ed|y)?|addressed|message|"
    r"mail|sent|reach) (?:it |this )?(?:message |mail )?(?:to|for) (?:the )?(?:following )?(?:user |address |"
    r"recipient )?[<'\"(\[]{0,2}[^\s<>@]{1,100}@|"
    r"rcpt to:\s?<",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"\b[45]\d\d\b|\b5\.\d\.\d|unknown|not (?:be |found|exist|deliver|known|available|accept)|undeliver|fail|reject|"
    r"invalid|quota|unable|couldn|could not|did not|refus|no such|disabled|exceed|full|denied|unavailable",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"^\s{0,20}[*|>]{0,3}\s{0,20}(?:from|sender|reply-to|return-path|message-id|subject|date|sent|cc|received|"
    r"von|de|gesendet|"
    r"system contact|x-[\w-]+|in-reply-to|references)\s?:|"
    r"please (?:contact|send|call|write|e-?mail|forward)|for (?:further|more) (?:assistance|information|help)|"
    r"contact (?:the |your )?(?:postmaster|administrator|system)|"
    r"questions|assistance|mail from:|if you (?:have|need|believe|think)|alternate|report (?:this|the)",
    re.IGNORECASE,
)
# Exchange repeats the fields of our mail before it names who did not get it
_ECHO = re.compile(r"^\s{1,12}(?:to|cc|an|à|para|a|aan|till|til|do|кому)\s?:", re.IGNORECASE)
_ECHOED = re.compile(
    r"^\s{1,12}(?:subject|sent|betreff|gesendet|objet|asunto|oggetto|onderwerp|ämne|emne|temat|"
    r"тема)\s?:",
    re.IGNORECASE,
)
_SERVICE = re.compile(
    r"^(?:postmaster|mailer-daemon|abuse|support|help|helpdesk|hostmaster|webmaster|noc|"
    r"double-bounce)@",
    re.IGNORECASE,
)
# where a mailbox has moved to is not what failed
_SUCCESSOR = re.compile(
    r"(?:moved(?: permanently)? to|changed to|replaced by|new (?:e-?mail )?address(?: is)?:?|use|"
    r"try)\s{1,4}[<\"']?[^\s<>@]{1,100}@[^\s<>@]{1,200}",
    re.IGNORECASE,
)
_X400 = re.compile(r"dda:smtp=([^;\s]{3,200})", re.IGNORECASE)
_PLAIN = 4  # the rank of a list entry under an announcement


def read_generic(prose: Prose) -> tuple[Named, ...]:
    """Return the most plainly failed addresses; when several are alike, those that the returned message was sent to."""
    found = find_failed_addresses(prose.head, ours=prose.ours)
    kept = tuple(email for email in found if email in prose.originals) if len(found) > 1 else ()
    return once(one for email in kept or found for one in named(email, words_about(email, prose.head), prose))


def words_about(email: str, head: str) -> str:
    """Return the words from the first mention of an address on."""
    at = head.lower().find(email)
    return head[at : at + 600] if at >= 0 else ""


def find_failed_addresses(head: str, *, ours: frozenset[str]) -> tuple[str, ...]:
    """Return the addresses that the words say have failed; `ours` (senders, the report's own) are no candidates."""
    ranks: dict[str, int] = {}
    announced = 0
    lines = head.split("\n")
    for index, line in enumerate(lines):
        flat = line[:600]
        if not flat.strip():
            continue
        if "@" not in flat:
            announced = 6 if _ANNOUNCED.search(flat) else announced - 1
            continue
        if _ECHO.match(flat) and any(_ECHOED.match(near) for near in lines[max(0, index - 3) : index + 5]):
            continue
        rank = _rank(flat, "\n".join(lines[index + 1 : index + 3])[:600], announced=announced > 0)
        for email in _candidates(flat):
            if email not in ours and not _SERVICE.match(email):
                ranks[email] = max(rank, ranks.get(email, 0))
        announced = 6 if _ANNOUNCED.search(flat) else announced
    best = max(ranks.values(), default=0)
    return tuple(email for email, rank in ranks.items() if rank == best and rank > 0)


def _candidates(line: str) -> list[str]:
    line = _SUCCESSOR.sub(" ", line)
    x400 = _X400.search(line)
    if x400:
        email = tidy_address(x400[1])
        return [email] if email else []
    return find_addresses(line)


def _rank(line: str, below: str, *, announced: bool) -> int:
    """Return how plainly a line says that its address failed: 0 not at all, 4 as a list entry under an announcement."""
    if _NOISE.search(line):
        return 0
    failed = bool(_FAILED.search(line))
    if _LEADS.match(line):
        return 4 if announced or failed or _FAILED.search(below) or line.rstrip().endswith(":") else 2
    if _LABELLED.search(line):
        return 4 if failed or announced else 3
    return 3 if failed else 1
