"""Pure: whether a refusal means a dead address. Only user unknown, host unknown, has moved and null MX do."""

import re

_DEAD_STATUS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4", "5.0.1"})
_NOT_DEAD_STATUS = re.compile(r"^5\.(?:2\.[234]|3\.\d|4\.[17]|5\.\d|6\.\d|7\.\d{1,3}|1\.8|1\.7)$")
_UNKNOWN = re.compile(
    r"user (?:is )?unknown|unknown (?:user|recipient|address|mailbox|local|account|rcpt)|no such (?:user|mailbox|"
    r"recipient|person|address|account|local|"
    r"addressee|name|domain|host|email|id)|(?:user|mailbox|recipient|account|address|addressee|alias|"
    r"e-?mail)\b[^.;:\n]{0,60}"
    r"(?:(?:does|do|did) ?(?:not|n[’']t|n't) (?:exist|have an?)|not (?:found|known|exist|recogni[sz]ed|a valid|"
    r"listed|valid)|unknown|is invalid|"
    r"doesn[’']t (?:exist|have)|no longer (?:valid|exists?|active|in use|available|here)|not here|cannot be found|"
    r"couldn[’']t be found|wasn[’']t found|"
    r"could not be found|is not a known)|invalid (?:mailbox|recipient|user|address|final delivery userid|local)|"
    r"not a (?:valid|known) (?:mailbox|user|recipient|address)|"
    r"bad (?:destination )?(?:mailbox|address)|not our customer|isn[’']t (?:in|on) (?:my|our)|no mailbox (?:here|by|"
    r"with|found)|"
    r"there is no (?:user|such|mailbox|one)|recipient address rejected: (?:user|undeliverable|.{0,40}unknown)|"
    r"can[’']t find (?:user|mailbox|a valid)|no account by|"
    r"not in (?:my|our) (?:local|user)|resolver\.adr\.(?:recip|ex)?not ?found|recipnotfound|recipientnotfound|"
    r"recipient not found|"
    r"does not have a[n]? .{0,30}account|doesn[’']t have a[n]? .{0,30}account|unrouteable address|"
    r"unroutable address|illegal user|illegal alias|"
    r"this user doesn|addressee unknown|badrcptto|unable to find (?:recipient|alias|user)|名称不存在|不存在|没有找到|"
    r"ユーザー?が(?:見つかりません|存在しません)|"
    r"宛先(?:の|が).{0,20}(?:見つかりません|存在しません|不明)|"
    r"user nonexist|non-?existent|not exist|is not a valid user|"
    r""
    r""
    r""
    r""
    r""
    r"address error|"
    r"requested action not taken: mailbox unavailable|"
    r"unbekannter? (?:empfänger|benutzer)|existiert nicht|utilisateur inconnu|destinataire inconnu|"
    r"usuario desconocido|no existe",
    re.IGNORECASE,
)
_HOST = re.compile(
    r"host (?:or domain name )?(?:unknown|not found|name lookup fail)|domain (?:does not exist|not found|unknown)|"
    r"(?:name or service|domain) not known|nxdomain|no such (?:host|domain)|"
    r"unknown (?:host|domain)|unresolvable|could ?n[’']t find any host|couldn[’']t find any host|"
    r"cannot find your mail|name service error.{0,80}not found(?!, try)|"
    r"non-?existing domain|unable to (?:route|resolve)|bad destination (?:host|system|domain)|domain name not found|"
    r"illegal host/domain|can[’']t resolve|"
    r"no route to (?:recipient|destination) domain|recipient.{0,20}domain.{0,20}(?:invalid|not exist)|"
    r"all relevant mx records point to non-existent hosts",
    re.IGNORECASE,
)
_NULL_MX = re.compile(
    r"null ?mx|does not accept (?:e-?)?mail|doesn[’']t accept mail|does not receive mail|accepts no mail|nullmx",
    re.IGNORECASE,
)
_MOVED = re.compile(
    r"(?:user|recipient|address|mailbox|account|he|she|has|have) (?:has |have )?moved(?: to| permanently)?|"
    r"address has (?:been )?changed|new (?:e-?mail )?address is|please (?:now )?use.{0,20}instead|"
    r"replaced by|has been replaced",
    re.IGNORECASE,
)
_ALIVE = re.compile(
    r"quota|mailbox (?:is |was )?(?:currently )?full|full mailbox|over ?limit|storage|too large|too big|size limit|"
    r"message size|exceeds|insufficient (?:disk|system)|"
    r"disk (?:space|full)|not enough space|no space|spam|junk|blacklist|blocklist|block list|black list|blocked|"
    r"spamhaus|spamcop|reputation|policy|denied|not allowed|prohibited|forbidden|"
    r"not authori[sz]ed|unauthori[sz]ed|authentication|dmarc|\bspf\b|dkim|virus|content|rejected (?:for|by|due)|"
    r"banned|rate limit|too many|greylist|graylist|try again|"
    r"temporar|timed? ?out|time ?limit|connection (?:refused|reset|closed|lost)|expired|retry|in the queue too long|"
    r"too long in queue|disabled|suspended|inactive|frozen|deactivated|"
    r"discontinued|relay(?:ing)? (?:access )?(?:denied|not|prohibited)|loop|too many hops|system error|"
    r"internal error|try later",
    re.IGNORECASE,
)
_DEAD_ADDRESS = (_UNKNOWN, _MOVED, _NULL_MX)


def is_dead_address(status: str | None, diagnostic: str, *, permanent: bool) -> bool:
    """Tell whether this refusal means that no mail can ever arrive there.

    The words decide before the code: servers give 5.1.1 for blocked mail and 5.0.0 for unknown users.
    """
    if not permanent or (status and status[0] != "5"):
        return False
    words = diagnostic[:2_000]
    if any(pattern.search(words) for pattern in _DEAD_ADDRESS) and not _overruled(status, words):
        return True
    if _ALIVE.search(words):
        return status in {"5.1.1", "5.1.10"} and not _FULL_OR_SPAM.search(words)
    if _HOST.search(words):
        return True
    return status in _DEAD_STATUS


_FULL_OR_SPAM = re.compile(
    r"quota|full|spam|blacklist|blocklist|blocked|reputation|policy|storage|too large|virus|greylist|rate limit|"
    r"disabled|suspended|inactive",
    re.IGNORECASE,
)


def _overruled(status: str | None, words: str) -> bool:
    """Tell whether another cause is named along with the unknown user, and the code agrees with that other cause."""
    return bool(status and _NOT_DEAD_STATUS.match(status) and _ALIVE.search(words))
