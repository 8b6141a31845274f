"""Pure: failed addresses in the prose of mail servers without a report part.

One reading for all of them (qmail, Exim, Sendmail, Exchange, Postfix, Gmail, Yahoo, Domino, GroupWise, SMTP32, 163,
Mimecast ...): cut at the returned message, then rank the lines that name an address by how plainly they say that it
failed.
"""

import re

from mailer.parse.headers import find_addresses, tidy_address

_RETURNED = re.compile(
    r"^[ \t>*|]{0,8}+(?:[-=*#_+~ ]{1,60}+)?[ \t]*+(?:(?:this is |here is |the following is |below is |"
    r"included is )?(?:a )?(?:below (?:this|the next) line is )?(?:a |the )?copy of (?:the|"
    r"your) (?:original )?(?:message|mail|first part)|"
    r"(?:the )?(?:original|returned|undelivered|unsent|failed|rejected) (?:message|mail|e-?mail)(?: (?:follows|is|"
    r"as received|header|headers|text|attached|details|below|was|returned).{0,40})?|"
    r"header of the source mail|message headers? follow|the (?:first|header|text) .{0,40}follows?|"
    r"unsent message below|start of returned message|returned mail|forwarded message|"
    r"message (?:header|text|content|source)s?|original message headers?|headers? (?:of|from) (?:the )?(?:original|"
    r"your)|body of (?:message|the)|your (?:original )?message (?:follows|reads|is|was as)|"
    r"old message|transcript of (?:the )?message|ursprüngliche nachricht|kopie der nachricht|mensaje original|"
    r"message d'origine|original message)"
    r"[^\n]{0,50}$|^[-_=*]{3,60}\s*below (?:this|the next) line[^\n]{0,60}$|^received: (?:from|by) |^return-path: ",
    re.IGNORECASE | re.MULTILINE,
)
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
    r"invalid|quota|unable|couldn|could not|refus|no such|disabled|exceed|full|denied|unavailable",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"^\s*[*|>]{0,3}\s*(?:from|sender|reply-to|return-path|message-id|subject|date|sent|cc|received|von|de|gesendet|"
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
_X400 = re.compile(r"dda:smtp=([^;\s]{3,200})", re.IGNORECASE)
_MAX_HEAD = 30_000
_ENOUGH = 150  # characters of words before a mark, so that the mark is not the report's own title


def report_head(text: str) -> str:
    """Return a report's own words: what stands before the returned message."""
    text = text[:_MAX_HEAD]
    for found in _RETURNED.finditer(text):
        if find_addresses(text[: found.start()][-4_000:]) or len(text[: found.start()].strip()) > _ENOUGH:
            return text[: found.start()]
    return text


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


def diagnostic_of(head: str, recipients: tuple[str, ...]) -> str:
    """Return the words round the first failed address, at most 600 characters, on one line."""
    lower = head.lower()
    at = min((pos for email in recipients if (pos := lower.find(email)) >= 0), default=-1)
    words = head[at : at + 600] if at >= 0 else head[-1_200:]
    return re.sub(r"\s+", " ", words).strip()[:600]
