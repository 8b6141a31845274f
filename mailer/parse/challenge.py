"""Pure: challenge-response filters: "prove that you are a person, then your mail is delivered"."""

import re

from mailer.parse.dsn import find_failures
from mailer.parse.opened import Opened

_DOMAIN = re.compile(
    r"@(?:[\w-]+\.){0,4}(?:boxbe\.com|bluebottle\.com|spamarrest\.com|mailinblack\.com|antispam\.uol\.com\.br|"
    r"spamcop-challenge|"
    r"choicemail\.|digiportal\.com|sendio\.|cleanmail\.|vanquish\.com|mailblocks\.com|spamlion|truemail)|"
    r"antispamuol@|uol-antispam|"
    r"noreply@antispam|@spamarrest|mailinblack",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(?:please )?(?:confirm|verify) (?:your )?(?:message|e-?mail|delivery|identity)|challenge|"
    r"verification (?:required|needed|request)|(?:sender|email|message) verification|"
    r"action required.{0,40}deliver|awaiting (?:your )?(?:verification|authorization)|\[?spam ?arrest|"
    r"confirmation (?:required|needed) (?:to|for) deliver",
    re.IGNORECASE,
)
_PROVE = re.compile(
    r"(?:click|verify|confirm|authenticate|validate|prove|complete|visit|follow)\b.{0,200}\b(?:deliver(?:ed|y)?|"
    r"reach(?:es)?|inbox|release[ds]?|human|real person|approved sender|guest list|be received)|"
    r"(?:deliver(?:ed|y)?|held|waiting|quarantine[d]?|pending)\b.{0,200}\b(?:click (?:here|the|on|below)|"
    r"verify (?:your|that you|you)|confirm (?:your|that you|you)|prove that|authenticate yourself|visit)",
    re.IGNORECASE | re.DOTALL,
)
_LINK = re.compile(r"https?://[^\s<>\"')]{4,500}", re.IGNORECASE)
_STATUS_FIELD = re.compile(r"^(?:status|action)\s?:\s*(?:5|failed)", re.IGNORECASE | re.MULTILINE)


def is_challenge(mail: Opened) -> bool:
    """Tell whether a filter asks us to prove ourselves. A report of a failed recipient is a bounce, whatever else."""
    if any(one.action == "failed" and (one.status or "5").startswith("5") for one in find_failures(mail.parts)):
        return bool(_DOMAIN.search(mail.from_text)) and bool(_LINK.search(mail.body.text))
    text = mail.body.text[:6_000]
    has_link = bool(_LINK.search(text) or (mail.body.html and _LINK.search(mail.body.html[:20_000])))
    if _DOMAIN.search(mail.from_text):
        return has_link or bool(_SUBJECT.search(mail.subject))
    if not has_link or _STATUS_FIELD.search(text):
        return False
    by_machine = (
        mail.is_null_sender
        or "auto-submitted" in mail.headers
        or "x-autoreply" in mail.headers
        or "in-reply-to" in mail.headers
    )
    return by_machine and bool(_SUBJECT.search(mail.bare_subject)) and bool(_PROVE.search(text))
