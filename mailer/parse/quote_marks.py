"""Pure: the lines by which mail programs introduce a quoted mail, in the languages of our correspondents."""

import re

_WROTE = (
    r"wrote|writes|schrieb|schreibt|hat geschrieben|a [ée]crit|escribi[óo]|va escriure|escreveu|ha scritto|scrive|"
    r"scritto|"
    r"schreef|skrev|skreiv|napisał\(?a?\)?|napisa[lł]|napisała|pisze|kirjoitti|пишет|написал\(?а?\)?|"
    r"написав\(?(?:ла)?\)?|"
    r"пише|написа|napsal\(?a?\)?|napísal\(?a?\)?|je napisao(?:/la)?|je napisala|je napisal\(?a?\)?|[íi]rta|yazdı|"
    r"şunları yazdı|a scris|"
    r"έγραψε|rakstīja|rašė|kirjutas|đã viết|menulis|reageerde|εγραψε|כתב(?:/ה|ה)?|كتب|написал|wrote the following|"
    r"sendte|ha escrit"
)
_WROTE_END = re.compile(
    r"\bírta \([^()]{0,100}\)\s*:\s*$|"
    rf"(?:^|[\s>)\]\"”,])(?:{_WROTE})\b[^:：]{{0,120}}[:：]\s*$|[>\s](?:wrote|a écrit|написал|escreveu)\s*$|"
    r">\s?(?:wrote|schrieb|a écrit|escribió|escreveu|ha scritto)\s*[:：]?\s*$|(?:写道|寫道|のメール|書きました|작성|"
    r"썼습니다)\s*[:：]?\s*$",
    re.IGNORECASE,
)
_VERB_FIRST = re.compile(
    r"^\W{0,3}(?:schrieb|schreef|skrev|napisał\(a\)|kirjoitti|quoting|citando|zitat von|citat|citation de|cytowanie|"
    r"quoted from)\b.{0,200}[:：]\s*$",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^\W{0,3}(?:on|am|le|el|em|il|op|den|d\.|dnia|w dniu|dne|dňa|at|at\s|a\(z\)|în|pe|la|στις|в|у|на|pada|vào|ons|"
    r"tor|fre|lør|"
    r"lör|søn|sön|man|mån|tir|tis|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|пн|вт|ср|чт|пт|сб|вс|בתאריך|ב|في|"
    r"di|je|em|in "
    r"(?:a )?message|in article|\d{1,4}\s?[-./年]|\d{1,2}\.? \w{3,})",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\d{1,2}[:.h]\d{2}|\d{4}[-./年]\s?(?:\d{1,2}|[^\W\d]{3,12})|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}(?:st|nd|rd|th|"
    r"\.|er|"
    r"º)?\s?(?:de |d')?[^\W\d]{3,12}\.?,?"
    r"(?: de)? \d{2,4}|[^\W\d]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:de )?\d{4}"
)
_ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w.-]{1,200}|@\w+|mailto:")
_BARE_DATED = re.compile(
    r"^\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}.{0,120}<[^<>\s]{1,200}@[^<>\s]{1,200}>\s*[:：]?\s*$|"
    r"^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.{0,100}<[^<>\s]{1,200}@[^<>\s]{1,200}>\s*[:：]\s*$"
)
_ORIGINAL = (
    r"original message|original appointment|original e-?mail|original|ursprüngliche (?:nachricht|mail)|"
    r"original-?nachricht|"
    r"message d['’]origine|message original|courriel d['’]origine|mensaje original|mensagem original|"
    r"messaggio originale|"
    r"oorspronkelijk bericht|origineel bericht|oprindelig (?:meddelelse|besked)|ursprungligt meddelande|"
    r"originalmeddelande|"
    r"ursprungligt e-postmeddelande|opprinnelig melding|opprinnelig e-post|(?:oryginalna wiadomość|"
    r"wiadomość oryginalna|oryginał)|"
    r"исходное сообщение|оригинальное сообщение|вихідне повідомлення|alkuperäinen viesti|alkuperäiset viestit|"
    r"původní zpráva|"
    r"pôvodná správa|eredeti üzenet|orijinal (?:i̇?leti|mesaj|ileti)|mesaj original|mesajul original|αρχικό μήνυμα|"
    r"missatge original|"
    r"izvorna poruka|originalna poruka|izvirno sporočilo|оригинално съобщение|原始邮件|原邮件|原始郵件|original mail|"
    r"元のメッセージ|"
    r"원본 메시지|"
    r"reply message|antwort|reply(?: separator)?|pesan asli|thư gốc|הודעה מקורית|الرسالة الأصلية"
)
_FORWARDED = (
    r"forwarded (?:message|by)[^-]{0,80}|forwarded mail|weitergeleitete nachricht|message transféré|"
    r"message transmis|mensaje reenviado|mensagem "
    r"encaminhada|messaggio inoltrato|doorgestuurd bericht|videresendt (?:meddelelse|besked)|videresendt melding|"
    r"vidarebefordrat meddelande|(?:przekazana wiadomość|wiadomość przekazana)|пересылаемое сообщение|"
    r"пересланное сообщение|"
    r"переслане повідомлення|välitetty viesti|edelleenlähetetty viesti|přeposlaná zpráva|továbbított üzenet|"
    r"iletilen mesaj|mesaj redirecționat|"
    r"转发邮件|轉寄|転送メッセージ|전달된 메시지"
)
_DELIMITER = re.compile(
    rf"^\W{{0,4}}[-_=*~—–]{{2,}}\s*(?:{_ORIGINAL}|{_FORWARDED})[^\w]{{0,4}}\s*[-_=*~—–]{{0,60}}\W{{0,4}}$|"
    r"^\W{0,3}(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|"
    r"début du (?:message réexpédié|message transféré)|"
    r"inicio del mensaje reenviado|inizio messaggio inoltrato|begin doorgestuurd bericht|"
    r"início da mensagem (?:encaminhada|reencaminhada)|"
    r"start på videresendt besked|vidarebefordrat brev|початок листа|начало переадресованного сообщения)\s*[:：]\s*$|"
    r"^\W{0,12}(?:please )?(?:type your )?(?:reply|respond|write) (?:above|over) this line\W{0,12}$|"
    r"^[-#=*\s]{2,12}(?:please (?:type|write|enter) your reply|reply) above (?:this|the) line.{0,60}$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*(?:[_\-=*—–]\s?){5,200}\s*$")

_LABELS = {
    "from": r"from|von|de|da|van|fra|från|od|от|від|lähettäjä|felad[óo]|kimden|gönderen|de la|από|expéditeur|"
    r"remetente|mittente|afzender|"
    r"发件人|寄件者|寄件人|差出人|送信者|보낸 ?사람|от кого|dari|từ|מאת|من|saatja|no|nuo|reply-to",
    "date": r"sent|date|gesendet(?: am)?|datum|envoyé(?: le)?|enviado(?: el)?|enviada(?: em)?|enviado em|fecha|"
    r"data|inviato|verzonden|sendt|dato|"
    r"skickat|wysłano|wysłane|отправлено|дата|надіслано|lähetetty|päivä(?:ys|määrä)?|odesláno|dátum|küldve|elküldve|"
    r"gönderildi|gönderme tarihi|tarih|trimis|"
    r"ημερομηνία|στάλθηκε|enviat|dátum|发送时间|日期|送信日時|日時|寄件日期|"
    r"보낸 ?날짜|날짜|ngày|tanggal|dikirim|נשלח|תאריך|"
    r""
    r""
    r""
    r""
    r""
    r"sendt dato",
    "to": r"to|an|à|a|para|per|aan|naar|til|till|do|кому|vastaanottaja|komu|címzett|kime|alıcı|către|προς|"
    r"destinataire|destinatario|"
    r"收件人|宛先|받는 ?사람|kepada|đến|אל|إلى|saaja|cc|kopie|copie|kopia|kopi|copia|dw|копия|копія|抄送|参照|참조",
    "subject": r"subject|betreff|objet|asunto|assunto|oggetto|onderwerp|emne|ämne|temat|тема|aihe|předmět|"
    r"predmet|tárgy|konu|subiect|"
    r"θέμα|assumpte|主题|主題|件名|제목|perihal|subjek|chủ đề|נושא|الموضوع|teema|re",
}
_LABEL = re.compile(
    r"^[\s>*_|]{0,8}(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _LABELS.items())
    + r")\s?[*_]{0,2}\s?[:：]\s?[*_]{0,2}",
    re.IGNORECASE,
)
_MAX_LINE = 500
_INDENT = 4
_ENOUGH_LABELS = 3


def is_quoted(line: str) -> bool:
    """Tell whether a line carries a quote mark; `>From` at a line's start is mbox escaping, not a quote."""
    bare = line.lstrip(" \t")
    return bare.startswith(">") and not bare.startswith(">From ") and len(line) - len(bare) <= _INDENT


def is_delimiter(line: str) -> bool:
    """Tell whether a line says that an original or forwarded message follows."""
    return len(line) <= _MAX_LINE and bool(_DELIMITER.match(line.strip()))


def is_rule(line: str) -> bool:
    """Tell whether a line is only a drawn rule."""
    return len(line) <= _MAX_LINE and bool(_RULE.match(line))


def attribution_end(lines: list[str], start: int) -> int | None:
    """Return the line after an attribution ("On ... X wrote:", up to 5 lines) that begins at `start`, or None."""
    first = lines[start].strip()
    if not first or len(first) > _MAX_LINE or is_quoted(lines[start]):
        return None
    if _VERB_FIRST.match(first) and (_WHEN.search(first) or _next_is_quoted(lines, start + 1)):
        return start + 1
    if not (_LEAD.match(first) or _WROTE_END.search(first) or _ADDRESS.search(first) or _WHEN.search(first)):
        return None
    joined = ""
    for end in range(start, min(start + 5, len(lines))):
        line = lines[end].strip()
        if (not line and end > start + 1) or is_quoted(lines[end]) or len(joined) > _MAX_LINE:
            return None
        joined = f"{joined} {line}".strip()[: _MAX_LINE + 1]
        if _is_attribution(joined, followed=_next_is_quoted(lines, end + 1)):
            return end + 1
    return None


def _is_attribution(joined: str, *, followed: bool) -> bool:
    if _BARE_DATED.match(joined):
        return True
    if not _WROTE_END.search(joined):
        return False
    when, address, lead = _WHEN.search(joined), _ADDRESS.search(joined), _LEAD.match(joined)
    return bool((when and (lead or address)) or followed or (lead and address))


def _next_is_quoted(lines: list[str], start: int) -> bool:
    return any(is_quoted(line) for line in _first_lines(lines, start, 1))


def _first_lines(lines: list[str], start: int, count: int) -> list[str]:
    found = (line for line in lines[start : start + 8] if line.strip())
    return [line for _, line in zip(range(count), found, strict=False)]


def header_block_end(lines: list[str], start: int) -> int | None:
    """Return the line after a From/Sent/To/Subject block that begins at `start`, or None.

    The first line must be such a label with a value; three different labels within nine lines make a block, two when
    one of them is From and it names an address or a date follows.
    """
    if len(lines[start]) > 2 * _MAX_LINE or not (first := _LABEL.match(lines[start])):
        return None
    seen: set[str] = {str(first.lastgroup)}
    last, end = start, start + 1
    for index in range(start + 1, min(start + 14, len(lines))):
        line = lines[index]
        if not line.strip() and (index > last + 1 or len(seen) >= _ENOUGH_LABELS):
            break
        found = _LABEL.match(line[:_MAX_LINE])
        if found:
            seen.add(str(found.lastgroup))
            last, end = index, index + 1
        elif index > last + 3:
            break
    strong = {"from", "date"} <= seen or {"from", "subject"} <= seen
    return end if len(seen) >= _ENOUGH_LABELS or (strong and bool(_ADDRESS.search(lines[start]))) else None
