"""Pure: what stands below a person's words: signatures, mobile footers, disclaimers, list footers."""

import re

_DASHES = re.compile(r"^(?:--\s?|—\s?|––\s?|-- ?\*?)$|^_{2,3}$|^\*{0,2}--\*{0,2}\s?$")
_DEVICE = (
    r"i-?phone|i-?pad|i-?pod|apple|watch|mac|android|samsung|galaxy|huawei|xiaomi|redmi|pixel|nokia|lumia|windows|"
    r"blackberry|black berry|htc|"
    r"sony|xperia|motorola|moto|lg|oneplus|oppo|smart-?phone|phone|mobile|mobil|mobiltelefon|handy|móvil|movil|"
    r"celular|telefon|telefono|"
    r"téléphone|telefoon|telemóvel|tablet|tablette|device|gerät|outlook|gmail|yahoo|proton|protonmail|mail|e-?mail|"
    r"hotmail|spark|handheld|"
    r"treo|palm|verizon|vodafone|tele2|orange|torch|kindle|nexus|смартфона?|телефона?|почты|mobila|puhelimesta|"
    r"telefonu|komórki|smartfona"
)
_MOBILE = re.compile(
    r"^\W{0,4}(?:"
    rf"sent (?:from|via|using|by|with) [^,.;:!?]{{0,40}}\b(?:{_DEVICE})\b[^;:!?]{{0,50}}|"
    rf"(?:sent|sendt|skickat|verzonden|verstuurd|gesendet|enviado|enviada|envoyé|inviato|wysłane|wysłano|trimis|"
    rf"odesláno|poslano|lähetetty|"
    rf"отправлено|надіслано|gönderildi|küldve|elküldve|σταλθηκε|"
    rf"enviat)\b[^,.;:!?]{{0,40}}\b(?:{_DEVICE})\b[^;:!?]{{0,50}}|"
    rf"(?:von|mit|über|vom) [^.;:!?]{{0,40}}\b(?:{_DEVICE})\b[^.;:!?]{{0,30}}\b(?:gesendet|verschickt|geschickt|"
    rf"versendet)|"
    rf"[^.;:!?]{{0,30}}\b(?:{_DEVICE})[^.;:!?]{{0,30}}(?:gönderildi|から送信|"
    rf"에서 보냄|发送|發送|傳送|küldve|lähetetty)|"
    rf""
    rf""
    rf""
    rf""
    rf""
    rf""
    r"(?:从|從|发自|發自|来自|來自|傳送自|我的)\s?(?:我的)?.{1,30}|"
    r"get outlook for (?:ios|android|mac|windows)|outlook für (?:ios|android) (?:beziehen|herunterladen)|"
    r"holen sie sich outlook für.{0,20}|"
    r"téléchargez outlook pour.{0,20}|obtener outlook para.{0,20}|obtenha o outlook para.{0,20}|"
    r"scarica outlook per.{0,20}|"
    r"outlook voor (?:ios|android) downloaden|hämta outlook för.{0,20}|hent outlook (?:til|for).{0,20}|"
    r"sent from (?:my|a) (?:[\w'’()+-]+\s?){1,3}"
    r")(?:\s?<https?://[^>\s]{1,300}>|\s?\[?https?://\S{1,300})?\W{0,4}$",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"^\W{0,6}(?:confidentiality (?:notice|note|warning|statement)|disclaimer\b|legal (?:notice|disclaimer)|"
    r"important notice|privileged and "
    r"confidential|notice of confidentiality|"
    r"(?:the (?:information|contents?)|this (?:e-?mail|message|communication|transmission|"
    r"electronic))\b.{0,160}\b(?:confidential|intended (?:only|solely)|"
    r"privileged|intended recipient)|(?:if|unless) you are not the (?:intended|named) (?:recipient|addressee)|"
    r"please consider the environment|"
    r"(?:before printing|think before you print)|diese (?:e-?mail|nachricht)\b.{0,120}\bvertraulich|"
    r"der inhalt dieser e-?mail|haftungsausschluss|"
    r"ce (?:message|courriel|mail|e-mail)\b.{0,160}\bconfidentiel|avis de confidentialité|(?:este (?:mensaje|correo|"
    r"e-?mail)|la información)\b.{0,200}\bconfidencial|"
    r"aviso (?:legal|de confidenciali)|esta mensagem\b.{0,160}\bconfidencia|questo messaggio\b.{0,160}\b(?:riservat|"
    r"confidenzial)|"
    r"le informazioni contenute|dit (?:bericht|e-mailbericht)\b.{0,160}\bvertrouwelijk|denne (?:e-?mail|e-post|"
    r"meddelelse)\b.{0,160}\bfortrolig|"
    r"detta (?:e-postmeddelande|meddelande)\b.{0,160}\bkonfidentiell|(?:ta|niniejsza) wiadomość\b.{0,160}\bpoufn)",
    re.IGNORECASE,
)
_LIST_FOOTER = re.compile(
    r"mailing list|mailman|listinfo|unsubscribe|abbestellen|désabonner|darse de baja|groups\.google|"
    r"to post to this group|you received this message because",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*[_\-=]{10,200}\s*$")
_GROUP_NOTE = re.compile(
    r"^\W{0,4}(?:you received this message because|to unsubscribe from this (?:group|list)|"
    r"reply to this email directly|you are receiving this because|"
    r"view (?:it|this (?:email|message)) (?:on|in)|reply to this (?:e-?mail|message) )",
    re.IGNORECASE,
)
_SHORT = 4  # non-blank lines that may stand below a mobile footer and still be part of it
_LONG = 25  # non-blank lines below "-- " that are no signature any more
_MAX_LINE = 600
_MAX_FOOTER = 200


def strip_footers(lines: list[str]) -> list[str]:
    """Return a stretch of own lines without what stands below them; where it is not clear, more is kept."""
    for index, line in enumerate(lines):
        if not line.strip() or len(line) > _MAX_LINE:
            continue
        if _cuts_here(lines, index):
            return lines[:index]
    return [line for line in lines if not _is_mobile(line)]


def _cuts_here(lines: list[str], index: int) -> bool:
    line = lines[index].strip()
    below = sum(bool(rest.strip()) for rest in lines[index + 1 : index + 60])
    if _DASHES.match(line):
        return below <= _LONG
    if _RULE.match(line):
        return any(_LIST_FOOTER.search(rest[:_MAX_LINE]) for rest in lines[index + 1 : index + 5])
    if _is_mobile(line):
        return below <= _SHORT
    own_words_above = any(rest.strip() for rest in lines[:index])
    return own_words_above and bool(_DISCLAIMER.match(line) or _GROUP_NOTE.match(line))


def _is_mobile(line: str) -> bool:
    return len(line) < _MAX_FOOTER and bool(_MOBILE.match(line.strip()))
