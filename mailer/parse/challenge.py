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
    r"confirmation (?:required|needed) (?:to|for) deliver|bestätigen sie (?:ihre|bitte)|confirmation de votre "
    r"(?:message|"
    r"e-?mail)|confirme (?:su|seu|tu) (?:mensaje|correo|e-?mail)|conferma (?:il|la) (?:tuo|tua|suo|sua) |bevestig uw |"
    r"подтвердите "
    r"отправку",
    re.IGNORECASE,
)
_PROVE = re.compile(
    r"(?:click|verify|confirm|authenticate|validate|prove|complete|visit|follow)\b.{0,200}\b(?:deliver(?:ed|y)?|"
    r"reach(?:es)?|inbox|release[ds]?|human|real person|approved sender|guest list|be received)|"
    r"(?:deliver(?:ed|y)?|held|waiting|quarantine[d]?|pending)\b.{0,200}\b(?:click (?:here|the|on|below)|"
    r"verify (?:your|that you|you)|confirm (?:your|that you|you)|prove that|authenticate yourself|visit)|(?:klicken "
    r"sie|"
    r"cliquez|haga clic|clique|clicca|klik|нажмите|перейдите)\b.{0,200}\b(?:zugestellt|délivré|remis|entregado|"
    r"entregue|"
    r"consegnato|afgeleverd|доставлено)",
    re.IGNORECASE | re.DOTALL,
)
_APPROVED = re.compile(
    r"only from senders i have approved|list of approved senders|(?:allowed|approved|white|guest) "
    r"?-?list.{0,120}(?:request form|"
    r"click|link below)|waiting for you to (?:verify|confirm)|prove (?:that )?you(?: a|[’'])re (?:a )?(?:human|person|"
    r"not a)",
    re.IGNORECASE | re.DOTALL,
)
_LINK = re.compile(r"https?://[^\s<>\"')]{4,500}", re.IGNORECASE)
_STATUS_FIELD = re.compile(r"^(?:status|action)\s?:\s*(?:5|failed)", re.IGNORECASE | re.MULTILINE)


def is_challenge(mail: Opened, new_text: str) -> bool:
    """Tell whether a filter asks us to prove ourselves. A report of a failed recipient is a bounce, whatever else."""
    if any(one.action == "failed" and (one.status or "5").startswith("5") for one in find_failures(mail.parts)):
        return bool(_DOMAIN.search(mail.from_text)) and bool(_LINK.search(mail.body.text))
    text = new_text[:6_000]
    by_html = mail.body.from_html and mail.body.html
    has_link = bool(_LINK.search(text) or (by_html and _LINK.search(by_html[:20_000])))
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
    asks = bool(_SUBJECT.search(mail.bare_subject)) and bool(_PROVE.search(text))
    return by_machine and (asks or bool(_APPROVED.search(text)))
