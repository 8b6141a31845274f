"""Pure: the lines that announce an original or forwarded mail, and those above which a help desk wants its answer."""

import re

_ORIGINAL = """
    original message|original appointment|original e-mail|original email|original|original mail|replied message|
    reply message|
    ursprüngliche nachricht|ursprüngliche mail|originalnachricht|original-nachricht|original nachricht|
    ursprünglicher termin|
    message d'origine|message original|mail original|courriel d'origine|e-mail d'origine|rendez-vous d'origine|
    mensaje original|correo original|mensagem original|messaggio originale|messaggio orig.|
    oorspronkelijk bericht|origineel bericht|oprindelig meddelelse|oprindelig besked|original besked|
    ursprungligt meddelande|
    originalmeddelande|ursprungligt e-postmeddelande|opprinnelig melding|opprinnelig e-post|oryginalna wiadomość|
    wiadomość oryginalna|oryginał|исходное сообщение|оригинальное сообщение|вихідне повідомлення|alkuperäinen viesti|
    alkuperäiset viestit|původní zpráva|původní e-mail|původní email|pôvodná správa|pôvodný e-mail|eredeti üzenet|
    orijinal mesaj|orijinal ileti|özgün ileti|mesaj original|mesajul original|αρχικό μήνυμα|missatge original|
    izvorna poruka|
    originalna poruka|izvirno sporočilo|оригинално съобщение|оригинална порука|原始邮件|原邮件|回复的原邮件|原始郵件|
    原始信件|
    元のメッセージ|元のメール|원본 메시지|원본 메일|antwort|pesan asli|thư gốc|הודעה מקורית|الرسالة الأصلية|پیام اصلی|
    ข้อความต้นฉบับ
"""
_FORWARDED = """
    forwarded message|forwarded mail|forwarded email|weitergeleitete nachricht|message transféré|message transmis|
    message réexpédié|mensaje reenviado|mensagem encaminhada|mensagem reencaminhada|messaggio inoltrato|
    doorgestuurd bericht|
    videresendt meddelelse|videresendt besked|videresendt melding|vidarebefordrat meddelande|przekazana wiadomość|
    wiadomość przekazana|пересылаемое сообщение|пересланное сообщение|переслане повідомлення|välitetty viesti|
    edelleenlähetetty viesti|přeposlaná zpráva|preposlaná správa|továbbított üzenet|iletilen mesaj|mesaj redirecționat|
    proslijeđena poruka|posredovano sporočilo|препратено съобщение|προωθημένο μήνυμα|missatge reenviat|转发邮件|
    转发的邮件|轉寄郵件|
    轉寄|転送メッセージ|전달된 메시지|pesan terusan|הודעה שהועברה|رسالة معاد توجيهها|forwarded message follows
"""
_BEGIN = """
    begin forwarded message|anfang der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail|
    début du message réexpédié|début du message transféré|inicio del mensaje reenviado|inizio messaggio inoltrato|
    begin doorgestuurd bericht|início da mensagem encaminhada|início da mensagem reencaminhada|
    start på videresendt besked|vidarebefordrat brev|videresendt melding|początek przekazywanej wiadomości|
    начало переадресованного сообщения|початок листа|välitetty viesti alkaa|转发的信息|以下是转发的邮件|
    下記は転送されたメールです|
    전달된 메시지 시작|iletilen mesajın başlangıcı|začátek přeposílané zprávy|továbbított üzenet kezdete|
    mensaje reenviado
"""


def _phrases(*tables: str) -> frozenset[str]:
    return frozenset(phrase.strip() for table in tables for phrase in table.split("|"))


_ANNOUNCED = _phrases(_ORIGINAL, _FORWARDED)
_BEGINS = _phrases(_BEGIN)
_RULES = "-_=*—–‐~"
_FORWARDED_BY = re.compile(r"(?:forwarded by|weitergeleitet von|réacheminé par|inoltrato da) \S.{0,120}", re.IGNORECASE)
_REPLY_ABOVE = re.compile(
    r"^[-#=*~_—–\s>]{0,12}(?:please )?(?:type |write |enter |add |send )?(?:your )?(?:reply|respond|write|"
    r"answer)\b.{0,20}"
    r"\b(?:above|over)\b.{0,6}\bline\b\W{0,12}$",
    re.IGNORECASE,
)
_ANSWER_ABOVE = re.compile(
    r"(?:reply|write|type|antwort|réponse|respuesta|risposta|resposta|antwoord|svar|odpowiedź|ответ).{0,50}"
    r"(?:above|over|oberhalb|über|au-dessus|encima|acima|sopra|boven|ovenfor|ovanför|powyżej|выше).{0,30}"
    r"(?:line|zeile|linie|ligne|línea|linea|riga|linha|regel|linj|lini|строк)",
    re.IGNORECASE,
)
_LOTUS = re.compile(r"^\|-{6,}>$|^Inactive hide details for ")
_DRAWN = frozenset(a + b for a in "-#=*~_—–" for b in "-#=*~_—–")
_MAX_LINE = 300


def is_delimiter(line: str) -> bool:
    """Tell whether a line says that an original or forwarded message follows, or that the answer stands above it."""
    if len(line) > _MAX_LINE or not line:
        return False
    core = line.strip().strip("|>\u3000 ")
    if core[:1] in tuple(_RULES + "[") and core[1:2] in tuple(_RULES + " "):
        inner = core.strip(_RULES + "[] ").lower().replace("’", "'")
        if inner in _ANNOUNCED or (inner and _FORWARDED_BY.fullmatch(inner)):
            return True
    if core[-1:] in tuple(":：") and core.rstrip(":： ").lower() in _BEGINS:
        return True
    return is_reply_line(line)


def is_notes_table(line: str) -> bool:
    """Tell whether Notes draws the header of the quoted mail here, as a table of bars or as a collapsed line."""
    return line[:1] in {"|", "I"} and bool(_LOTUS.match(line))


def is_bare_announcement(line: str) -> bool:
    """Tell whether a line holds nothing but "Original Message", without a rule on either side."""
    return len(line) <= _MAX_LINE // 4 and line.strip().lower() in _ANNOUNCED


def is_reply_line(line: str) -> bool:
    """Tell whether a help desk asks to answer above this line."""
    if len(line) > _MAX_LINE // 2:
        return False
    bare = line.strip().lstrip("> ")
    if bare[:3] == "##-" and bare[-3:] == "-##":
        return True  # whatever the language
    if bare[:2] in _DRAWN:
        return bool(_ANSWER_ABOVE.search(bare))
    lower = bare.lower()
    return "line" in lower and bool(_REPLY_ABOVE.match(bare))
