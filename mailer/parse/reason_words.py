"""Pure: why mail is refused, in the words of many servers and languages. One row a reason; the order is the rank.

The codes are those of RFC 3463 and its registry. A word belongs to the reason that a person would have to act upon:
"blocked because of spam" is spam, "blocked using a list" is reputation.
"""

from mailer.types import BounceReason as Reason

DEAD_WORDS = {
    Reason.USER_UNKNOWN: (
        (
            r"user (?:is )?unknown|unknown (?:user|recipient|address|mailbox|local|account|rcpt|to address|e-?mail)|"
            r"no such "
            r"(?:user|mailbox|recipient|person|address|account|local|addressee|name|domain|host|email|id)|(?:user|"
            r"mailbox|"
            r"recipient|account|address|addressee|alias|e-?mail)\b[^.;:\n]{0,60}(?:(?:does|do|did) ?(?:not|n[’']t|"
            r"n't) (?:exist|"
            r"have an?)|not (?:found|known|exist|recogni[sz]ed|a valid|listed|valid)|unknown|is invalid|doesn[’']t "
            r"(?:exist|have)|"
            r"no longer (?:valid|exists?|active|in use|available|here)|not here|cannot be found|couldn[’']t be found|"
            r"wasn[’']t found|could not be found|is not a known)|wasn[’']t found at|invalid (?:mailbox|recipient|user|"
            r"address|"
            r"final delivery userid|local)|not a (?:valid|known) (?:mailbox|user|recipient|address)|bad "
            r"(?:destination )?"
            r"(?:mailbox|address)|not our customer|isn[’']t (?:in|on) (?:my|our)|no mailbox (?:here|by|with|found)|"
            r"there is no "
            r"(?:user|such|mailbox|one)|recipient address rejected: (?:user|undeliverable|access denied|"
            r".{0,40}unknown)|"
            r"can[’']t find (?:user|mailbox|a valid)|no account by|not in (?:my|our) (?:local|user)|"
            r"resolver\.adr\.(?:recip|ex)?"
            r"not ?found|recipnotfound|recipientnotfound|recipient not found|does not have a[n]? .{0,30}account|"
            r"doesn[’']t have a[n]? .{0,30}account|unrouteable address|unroutable address|illegal user|illegal alias|"
            r"this user "
            r"doesn|addressee unknown|badrcptto|unable to find (?:recipient|alias|user)|user nonexist|non-?existent|"
            r"not exist|is "
            r"not a valid user|address error|requested action not taken: mailbox unavailable|not listed in (?:domino|"
            r"public|"
            r"the|our)|does not like recipient|unknown[^.\n]{0,20}in (?:virtual|local|relay)|\(000c05a6\)|not match an|"
            r"no matches to|unrecogni[sz]ed (?:recipient|or-name)|users? not found"
        ),
        (
            r"名称不存在|不存在|没有找到|無此(?:使用者|用戶)|ユーザー?(?:が|は)?(?:見つかりません|存在しません)|"
            r"宛先(?:の|が|は)?.{0,20}(?:見つかりません|存在しません|不明)|"
            r"アドレスが(?:見つかり|存在し|正しくあり)|존재하지 않|없는 (?:계정|사용자)"
        ),
        (
            r"unbekannter? (?:empfänger|benutzer)|(?:empf(?:ä|ae)nger|benutzer|adresse|postfach)\b.{0,20}(?:unbekannt|"
            r"existiert nicht|"
            r"nicht gefunden)|existiert nicht|konnte nicht gefunden werden|utilisateur inconnu|destinataire inconnu|"
            r"n[’']existe "
            r"pas|introuvable|usu[aá]rio desconhecido|destinat[aá]ri[oa] (?:desconhecid|inexistent)\w*|não existe|"
            r"usuario "
            r"desconocido|no existe|no se (?:encuentra|ha encontrado)|utente (?:sconosciuto|inesistente)|non esiste|"
            r"indirizzo "
            r"inesistente|bestaat niet|onbekende (?:gebruiker|ontvanger)|finns inte|findes ikke|finnes ikke|ei ole "
            r"olemassa|"
            r"nieznany (?:użytkownik|adresat)|nie istnieje|neexistuje|nem létezik|nu există|bulunamad\w+|mevcut değil|"
            r"не (?:найден|"
            r"существует|знайден|існує)\w*|неизвестный (?:пользователь|получатель)|нет такого|недействительн\w+ адрес|"
            r"δεν υπάρχει"
        ),
    ),
    Reason.MOVED: (
        (
            r"(?:user|recipient|address|mailbox|account|he|she|has|have) (?:has |have )?moved(?: to| permanently)?|"
            r"address has "
            r"(?:been )?changed|new (?:e-?mail )?address is|please (?:now )?use.{0,20}instead|replaced by|has been "
            r"replaced"
        ),
    ),
    Reason.NO_MAIL: (
        (
            r"(?<!has )null ?mx|does not accept (?:e-?)?mail\b(?! from)|doesn[’']t accept mail|does not receive mail|"
            r"accepts no mail|nullmx"
        ),
    ),
}
HOST_WORDS = (
    r"host (?:or domain name )?(?:unknown|not found|name lookup fail)|domain (?:does not exist|not found|unknown|"
    r"isn[’']t)|(?:name or service|domain) not known|nxdomain|no such (?:host|domain)|unknown (?:host|domain)|"
    r"unresolvable|"
    r"could ?n[’']t find any host|couldn[’']t find any host|cannot find your mail|name service error.{0,80}not found"
    r"(?!, try)|non-?existing domain|unable to (?:route|resolve)|bad destination (?:host|system|domain)|domain name "
    r"not "
    r"found|illegal host/domain|can[’']t resolve|no route to (?:recipient|destination) domain|"
    r"recipient.{0,20}domain.{0,20}"
    r"(?:invalid|not exist)|all relevant mx records point to non-existent hosts|host unreachable|domain must exist|"
    r"ドメインが(?:見つかりません|存在しません)|域名不存在|домен не (?:найден|существует)"
)
# the address may well live; the order is the rank when several are named
ALIVE_WORDS = {
    Reason.MAILBOX_FULL: (
        r"quota|(?:mailbox|inbox|mailfolder|folder|account|maildir)\b.{0,30}(?:is |was )?(?:currently )?full|full "
        r"mailbox|over ?"
        r"limit|mailbox exceeds|exceeds allowed size|exceeded the (?:local )?limit|mail ?box space|too much mail|"
        r"storage|"
        r"insufficient (?:disk|system)|disk (?:space|full)|not enough space|no space|postfach (?:ist )?voll|"
        r"boîte.{0,40}pleine|"
        r"buz[óo]n.{0,30}llen[oa]|caixa (?:de (?:correio|entrada) )?.{0,20}cheia|casella.{0,40}pien[ao]|"
        r"postbus.{0,20}vol\b|"
        r"skrzynka.{0,30}pełna|ящик.{0,30}(?:переполнен|заполнен)|переполнен|已满|容量.{0,10}(?:一杯|超|満|满)|"
        r"いっぱい|空き容量|"
        r"꽉 찼|가득"
    ),
    Reason.SIZE: (
        r"too large|too big|size limit|(?:message|maximum|incoming).{0,20} size|exceeds (?:the )?(?:maximum|fixed|"
        r"limit|size)|"
        r"message is larger|zu groß|trop volumineux|demasiado grande|muito grande|troppo grande|слишком большо"
    ),
    Reason.EXPIRED: (
        r"timed? ?out|time ?limit|expired|in the queue too long|too long in queue|retry timeout|retry time|"
        r"maximum-time|"
        r"maximum delivery attempts|not delivered within|queue period|not responding|too many attempts|not "
        r"(?:been )?collected|could not be delivered (?:for|within)|"
        r"unable to deliver (?:for|within)"
    ),
    Reason.AUTHENTICATION: (
        r"dmarc|\bspf\b|dkim|unauthenticated|authentication (?:check|fail|result)\w*|e-?mail authentication|not pass "
        r"(?:the )?auth"
    ),
    Reason.REPUTATION: (
        r"blacklist|blocklist|block list|black list|spamhaus|spamcop|\brbl\b|dnsbl|reputation|client "
        r"host.{0,60}blocked|ip "
        r"(?:address )?.{0,40}(?:blocked|listed|banned)|poor reputation|listed (?:in|at|on|by) |banned"
    ),
    Reason.SPAM: r"spam|junk|unsolicited|bulk mail|virus|malware|infected|content|垃圾",
    Reason.RATE: (
        r"rate limit|too many (?:messages|connections|recipients|mails)|at a rate|rate that|greylist|"
        r"graylist|throttl|frequen"
    ),
    Reason.SUSPENDED: r"disabled|suspended|inactive|frozen|deactivated|discontinued|\blocked|terminated",
    Reason.RELAY: (
        r"relay(?:ing)? (?:access )?(?:denied|not|prohibited)|unable to relay|rcpthosts|not permitted "
        r"to relay"
    ),
    Reason.POLICY: (
        r"policy|denied|not allowed|prohibited|prohibition|forbidden|not authori[sz]ed|unauthori[sz]ed|authentication|"
        r"permission|sender verif|"
        r"blocked|rejected (?:for|by|due)|restricted|restriction|guest list|not accepting mail from|only accept|"
        r"refused|whitelist"
    ),
    Reason.NETWORK: (
        r"connection (?:refused|reset|closed|lost)|try again|temporar|retry|try later|loop|too many hops|hop count|no "
        r"route to host|"
        r"unable to connect|establish an smtp"
    ),
    Reason.SYSTEM: (
        r"system error|internal error|local error|mail server error|configuration|command died|out of "
        r"memory"
    ),
}

BY_STATUS = {
    "1.1": Reason.USER_UNKNOWN,
    "1.2": Reason.HOST_UNKNOWN,
    "1.3": Reason.USER_UNKNOWN,
    "1.6": Reason.MOVED,
    "1.10": Reason.USER_UNKNOWN,
    "0.1": Reason.USER_UNKNOWN,
    "2.1": Reason.SUSPENDED,
    "2.2": Reason.MAILBOX_FULL,
    "2.3": Reason.SIZE,
    "3.1": Reason.MAILBOX_FULL,
    "3.4": Reason.SIZE,
    "4.1": Reason.NETWORK,
    "4.2": Reason.NETWORK,
    "4.4": Reason.HOST_UNKNOWN,
    "4.6": Reason.NETWORK,
    "4.7": Reason.EXPIRED,
}
# a refusal that states no code: the one that RFC 3463 gives to its reason
STATUS_OF = {
    Reason.USER_UNKNOWN: "1.1",
    Reason.HOST_UNKNOWN: "1.2",
    Reason.MOVED: "1.6",
    Reason.NO_MAIL: "1.10",
    Reason.MAILBOX_FULL: "2.2",
    Reason.SUSPENDED: "2.1",
    Reason.SIZE: "3.4",
    Reason.EXPIRED: "4.7",
    Reason.SPAM: "7.1",
    Reason.POLICY: "7.1",
    Reason.REPUTATION: "7.1",
    Reason.RELAY: "7.1",
    Reason.AUTHENTICATION: "7.26",
}
DEAD_REASONS = frozenset({Reason.USER_UNKNOWN, Reason.HOST_UNKNOWN, Reason.MOVED, Reason.NO_MAIL})
