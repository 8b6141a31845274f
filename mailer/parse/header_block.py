"""Pure: the From, Sent, To and Subject lines that mail programs put above a quoted mail."""

import re

_WORDS = {
    "from": """
        from|von|de|da|van|fra|från|frá|od|од|от|від|lähettäjä|feladó|kimden|gönderen|de la|από|expéditeur|remetente|
        mittente|
        afzender|발신|expediteur|od kogo|发件人|寄件者|寄件人|發件人|差出人|送信者|보낸사람|보낸 사람|от кого|dari|từ|
        מאת|من|از|saatja|no|nuo|จาก|
        reply-to|odesílatel|odosielateľ|nadawca|avsender|absender|von meinem|desde""",
    "date": """
        sent|date|gesendet|gesendet am|datum|envoyé|envoyé le|date d'envoi|enviado|enviado el|enviado em|enviada|
        enviada em|fecha|
        data|inviato|verzonden|sendt|dato|skickat|wysłano|wysłane|data wysłania|отправлено|дата|надіслано|lähetetty|
        päivä|
        päiväys|päivämäärä|odesláno|odoslané|dátum|küldve|elküldve|gönderildi|gönderme tarihi|tarih|trimis|ημερομηνία|
        στάλθηκε|
        enviat|发送时间|发送日期|日期|時間|傳送時間|送信日時|日時|寄件日期|보낸 날짜|보낸날짜|날짜|ngày|đã gửi|
        tanggal|dikirim|נשלח|תאריך|
        تم الإرسال|التاريخ|أرسلت|تاریخ|ส่งเมื่อ|วันที่|saadetud|kuupäev|nosūtīts|išsiųsta|poslano|послато|изпратено|
        sent on|sent at|date sent|verzonden op|data invio|fecha de envío|gesendet von|envoyé à|date et heure""",
    "to": """
        to|an|à|a|para|per|per a|aan|naar|til|till|do|кому|vastaanottaja|komu|címzett|kime|alıcı|către|προς|
        destinataire|
        destinatario|destinatário|收件人|收件者|宛先|받는사람|받는 사람|kepada|đến|אל|إلى|به|saaja|adressaat|kam|za|
        за|до|prima|
        prejemnik|ถึง|cc|kopie|copie|copie à|kopia|kopi|copia|cópia|dw|копия|копія|抄送|副本|参照|참조|
        عنوان|נמענים|bcc""",
    "subject": """
        subject|betreff|objet|asunto|assunto|oggetto|ogg|onderwerp|emne|efni|ämne|temat|тема|aihe|předmět|predmet|
        zadeva|tárgy|
        konu|subiect|θέμα|assumpte|主题|主題|主旨|件名|제목|perihal|subjek|chủ đề|tiêu đề|נושא|الموضوع|موضوع|teema|
        tēma|tema|
        относно|เรื่อง|re|sujet|when|where""",
}
_LABELS = {word.strip(): kind for kind, words in _WORDS.items() for word in words.split("|")}
_EDGE = " \t>*_|\u3000"
_LONGEST = max(map(len, _LABELS)) + 2 * len(_EDGE)
_CLOCK = re.compile(r"\d{4}|\d{1,2}[:.]\d{2}")
_INSIDE = re.compile(r"(\S{1,20})\s?[:：]")
_MAX_LINES = 14
_MAX_LINE = 1_000
_ENOUGH = 3
_WRAPPED = 3  # lines over which a long list of recipients may run on


def label_of(line: str) -> str:
    """Return which header field a line begins with (from, date, to, subject), or an empty text."""
    wide = line.find("：", 0, _LONGEST)
    colon = line.find(":", 0, _LONGEST if wide < 0 else wide)
    if colon < 0:
        colon = wide
    if colon < 0:
        return _cell_label(line) if line[:1] == "|" else ""
    word = line[:colon].strip(_EDGE)
    return _LABELS.get(word) or _LABELS.get(word.lower(), "")


def _cell_label(line: str) -> str:
    """Return the field in the first cell of a table row, as some Chinese programs draw the block."""
    cells = line[: _LONGEST * 2].split("|")
    return _LABELS.get(cells[1].strip(_EDGE).lower(), "") if len(cells) > 2 else ""  # noqa: PLR2004


def header_block_end(lines: list[str], start: int, *, announced: bool = False) -> int | None:
    """Return the line after a block of header fields that begins at `start`, or None.

    Three different fields make a block if date and subject are among them or an address stands in them; so a plan of
    travel ("From: Lund, To: Malmö, Date: 3 May") is none. Two are enough when From names an address, or when a rule or
    a delimiter has `announced` them.
    """
    first = label_of(lines[start])
    if not first:
        return None
    if _is_one_line_block(first, lines[start]):
        return start + 1
    kinds, values, last, end = {first}, [lines[start][:_MAX_LINE]], start, start + 1
    for index in range(start + 1, min(start + _MAX_LINES, len(lines))):
        line = lines[index]
        if not line.strip() and (index > last + 1 or len(kinds) >= _ENOUGH):
            break
        kind = label_of(line)
        if kind:
            kinds.add(kind)
            values.append(line[:_MAX_LINE])
            last, end = index, index + 1
        elif index > last + _WRAPPED:
            break
    return end if _is_block(kinds, values, announced=announced) else None


def _is_one_line_block(first: str, line: str) -> bool:
    """Tell whether the whole block was folded into one line."""
    if first not in {"from", "date"} or line.count(":") < _ENOUGH:
        return False
    kinds = {_LABELS.get(word.strip("*_").lower(), "") for word in _INSIDE.findall(line[:_MAX_LINE])}
    return {first, "to", "subject"} <= kinds | {first}


def _is_block(kinds: set[str], values: list[str], *, announced: bool) -> bool:
    has_address = any("@" in value for value in values)
    if "from" not in kinds:
        return announced and len(kinds) >= _ENOUGH
    if len(kinds) >= _ENOUGH:
        return has_address or announced or {"date", "subject"} <= kinds
    if {"from", "date"} == kinds:
        return (has_address or announced) and any(_CLOCK.search(value) for value in values)
    return {"from", "subject"} == kinds and ("@" in values[0] or announced)
