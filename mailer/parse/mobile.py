"""Pure: the line that a phone or a mail program adds on its own: "Sent from my iPhone", in the languages people use."""

import re

_DEVICE = (
    r"i-?phon[eau]?|i-?pad|i-?pod|apple|watch|mac|android|samsung|galaxy|huawei|xiaomi|redmi|pixel|nokia|lumia|windows|"
    r"blackberry|black berry|htc|sony|xperia|motorola|moto|lg|oneplus|oppo|honor|fairphone|smart-?phone|phone|"
    r"mobile|mobil|"
    r"mobiltelefon|handy|móvil|movil|celular|telefon|telefono|téléphone|telefoon|telemóvel|tablet|tablette|"
    r"device|gerät|outlook|"
    r"gmail|yahoo|proton|protonmail|tuta|hotmail|aol|spark|shortwave|superhuman|mailspring|mailbird|fastmail|"
    r"zoho|handheld|"
    r"bluemail|typeapp|mymail|newton|nine|k-9|thunderbird|airmail|canary|missive|hey|front|treo|palm|verizon|"
    r"vodafone|tele2|"
    r"orange|torch|kindle|nexus|mail\.ru|яндекс|почты|смартфона?|телефона?|mobila|mobilu|puhelimesta|telefonu|komórki|"
    r"smartfona|ponsel|gmx|web\.de|t-online|telekom|mail app|mail for|mail für|mail pour|mail para|mail per"
)
_DEVICES = rf"(?<!\w)(?:{_DEVICE})[^\W\d]{{0,6}}(?!\w)"
_SENT = (
    r"sent|sendt|skickat|skickas|sänt|verzonden|verstuurd|gesendet|verschickt|geschrieben|enviado|enviada|"
    r"enviat|envoyé|"
    r"inviato|wysłane|wysłano|trimis|odesláno|odoslané|poslano|poslané|lähetetty|отправлено|послато|изпратено|"
    r"надіслано|"
    r"відправлено|saadetud|nosūtīts|išsiųsta|dikirim|gönderildi|küldve|elküldve|στάλθηκε|σταλθηκε"
)
_EXCUSE = (
    r"(?:[.,;:]? ?[-–—(]? ?(?:please |bitte |pls )?(?:excuse|pardon|forgive|apolog|sorry|ignore|entschuldig|"
    r"verzeih|kurz|"
    r"typo|brevity|tippfehler|mit der bitte)\w{0,10}\b.{0,100})"
)
_TAIL = (
    r"[^,;:!?]{0,40}(?:, an? [^;:!?]{0,50}|, the [^;:!?]{0,60}|, [^;:!?,]{1,20}(?:phone|smartphone|device))?"
    rf"{_EXCUSE}?"
)
_MOBILE = re.compile(
    r"^\W{0,4}(?:"
    rf"sent (?:from|via|using|by|with|through|on) [^,.;:!?]{{0,30}}{_DEVICES}{_TAIL}|"
    rf"sent (?:from|via|with|using) (?:my |the )?[^.;:!?]{{0,24}}{_DEVICES}{_TAIL}|"
    rf"(?:{_SENT})(?!\w)[^,;:!?]{{0,40}}{_DEVICES}{_TAIL}|"
    rf"diese (?:nachricht|e-?mail|mail) wurde (?:von|mit) [^;:!?]{{0,60}}(?:gesendet|verschickt|geschrieben)|"
    rf"(?:von|mit|über|vom|aus) (?:mein|outlook|dem|der|yahoo|gmx|web)(?:(?! (?:ich|habe?|wir|haben) )[^.;:!?]){{0,50}}"
    rf"(?:gesendet|verschickt|geschickt|versendet|geschrieben){_EXCUSE}?|(?:von unterwegs gesendet|"
    rf"gesendet von unterwegs)|"
    rf"sent with \[?(?:proton ?mail|tuta|mailbird|unibox)\b.{{0,80}}|secured with (?:tuta|tutanota).{{0,60}}|"
    rf"typed (?:with|on|by) [^;:!?]{{0,30}}(?:thumbs?|phone|mobile)\b.{{0,40}}|please excuse (?:my |any |"
    rf"the )?(?:brevity|typos)\b.{{0,40}}|"
    rf"(?-i:[Ss]ent (?:from|via|with|using) (?:[A-Z][\w'’()+.-]{{1,20}}\s?){{1,3}})|"
    rf"sent from (?:my|a) (?!desk\b|home\b|office\b|heart\b|laptop bag)(?:[\w'’()+-]+\s?){{1,3}}"
    r")",
    re.IGNORECASE,
)
_OTHER_SCRIPTS = re.compile(
    rf"^\W{{0,4}}(?:[^.;:!?]{{0,30}}{_DEVICES}.{{0,30}}(?:gönderildi|küldve|lähetetty)|"
    r".{0,30}(?:から送信|에서 보냄|से भेजा गया|传送|傳送|發送|发送)|(?:从|從|发自|發自|来自|來自|傳送自|"
    r"寄自)\s?(?:我的)?.{1,30}|"
    r"(?:أُ?رسلت من|تم الإرسال من|مرسل من|נשלח מ|ارسال شده از|ส่งจาก|gửi từ|đã gửi từ|sent úr|послато са|"
    r"изпратено от моя|"
    r"στάλθηκε από) ?.{0,40})",
    re.IGNORECASE,
)
_GET = re.compile(
    r"^\W{0,4}(?:(?:get|holen sie sich|laden sie|téléchargez?r?|obtenez|obtener|obtenga|obter|obtenha|scarica|"
    r"ottieni|hämta|hent|få|"
    r"hanki|pobierz|získejte|získajte|preuzmite|descargar?|baixe|download|скачайте|获取|下载|取得)\s.{0,30}"
    r"(?:outlook|bluemail|yahoo mail|spark|proton ?mail|newton|mymail).{0,40}|"
    r"outlook\s?(?:für|voor|for|untuk|til|dla) .{0,30}(?:herunterladen|beziehen|downloaden|hämta|hent|入手する|"
    r"を入手する)|"
    r"outlook for (?:ios|android).{0,6}(?:を入手|herunterladen).{0,6}|(?:ios|android)(?:용|的| için|"
    r" 版).{0,4}outlook.{0,20})",
    re.IGNORECASE,
)
_LINK = re.compile(r"\s?[\[(<]{1,2}\s?(?:https?://|www\.)[^\s>)\]]{1,300}\s?[\])>]{0,2}|\[(?=[^\]]{1,40}\]\()")
# The cheap test, which most lines fail: how such a line begins or ends.
_FIRST_WORDS = """
    sent sendt skickat skickas sänt verzonden verstuurd gesendet verschickt geschrieben enviado enviada enviat envoyé
    inviato
    wysłane wysłano trimis odesláno odoslané poslano poslané lähetetty отправлено послато изпратено надіслано
    відправлено saadetud
    nosūtīts išsiųsta dikirim gönderildi küldve elküldve στάλθηκε σταλθηκε diese von mit über vom aus secured typed
    please get
    holen laden télécharge téléchargez télécharger obtenez obtener obtenga obter obtenha scarica ottieni hämta hent
    få hanki
    pobierz získejte získajte preuzmite descarga descargar baixe download скачайте outlook 获取 下载 取得
"""
_FIRST = frozenset(_FIRST_WORDS.split())
_BEGINNINGS = (
    *(
        "从",
        "從",
        "发自",
        "發自",
        "来自",
        "來自",
        "傳送自",
        "寄自",
        "أرسلت",
        "أُرسلت",
        "تم الإرسال",
        "مرسل",
        "נשלח",
        "ارسال شده",
        "ส่งจาก",
    ),
    *("gửi từ", "đã gửi từ", "获取", "取得", "下载", "ios", "android", "outlook"),
)
_ENDS = (
    *("gönderildi", "küldve", "lähetetty", "から送信", "에서 보냄", "से भेजा गया", "传送", "傳送", "發送", "发送"),
    *("入手する", "받기", "edinin"),
)
_EDGES = " \t[]()*_.-–—<>\u3000"
_MAX_LINE = 200


def is_mobile_footer(line: str) -> bool:
    """Tell whether a line is such a footer; a sentence that begins with the same words is not."""
    if len(line) >= _MAX_LINE:
        return False
    flat = line.strip(_EDGES).lower()
    if (
        flat.split(" ", 1)[0].rstrip(",") not in _FIRST
        and not flat.startswith(_BEGINNINGS)
        and not flat.endswith(_ENDS)
    ):
        return False
    bare = _LINK.sub("", line).strip(_EDGES)
    for pattern in (_MOBILE, _OTHER_SCRIPTS, _GET):
        found = pattern.match(bare)
        if found and not any(letter.isalnum() for letter in bare[found.end() :]):
            return True
    return False
