"""Pure: paragraphs that machines put below a mail: legal notices, scanners' notes, list and help-desk footers."""

import re

# A legal notice speaks of secrecy and, besides, of who may read it, of files or of deleting; a person's request to keep
# something private speaks of the first only.
_SECRECY_WORDS = """
    confident|confidenc|confidenz|legally privileged|be privileged|is privileged|
    privileged and|legally protected|vertraulich|confidentiel|riservat|vertrouwelijk|
    fortrolig|konfid|
    poufn|конфиденциальн|конфіденц|důvěrn|dôvern|bizalmas|luottamuksell|gizli|εμπιστευτικ|povjerlj|zaupn|机密|機密|기밀|
    סודי|سرية|
    rechtlich geschützt|intended only|intended solely|intended exclusively|exclusively for|exclusivamente a|
    à l'intention exclusive
"""
_LEGAL_WORDS = """
    recipient|addressee|in error|unauthoris|unauthoriz|attachment|any attached|disclos|disseminat|delete|
    intended|
    adressat|empfänger|irrtümlich|anhänge|unbefugt|destinataire|pièce jointe|pièces jointes|par erreur|strictement|
    destinatari|
    adjunt|por error|prohibid|allegat|per errore|vietat|anexo|por engano|geadresseerde|bestemd|bijlage|per vergissing|
    adresat|załącznik|odbiorc|mottagare|mottaker|modtager|bifog|vedhæft|vedlegg|получател|адресат|вложени|одержувач|
    příjemc|adresát|příloh|príjemc|príloh|címzett|melléklet|vastaanottaj|liit|alıcı|ekler|παραλήπτ|συνημμέν|primatelj|
    prejemnik|收件人|附件|受信者|添付|수신자|첨부|הנמען|קובץ מצורף|المستلم|المرفقات
"""
_SECRECY = tuple(word.strip() for word in _SECRECY_WORDS.split("|"))
_LEGAL = tuple(word.strip() for word in _LEGAL_WORDS.split("|"))
_LEGAL_TITLE = re.compile(
    r"^\W{0,6}(?:confidentiality (?:notice|note|warning|statement|disclaimer)|(?:e-?mail |legal |"
    r"email )?disclaimer\s?[:.-]|disclaimer$|"
    r"legal (?:notice|disclaimer)|important notice\s?:|notice of confidentiality|privileged and confidential|"
    r"haftungsausschluss|"
    r"vertraulichkeitshinweis|avis de confidentialité|aviso (?:legal|de confidencialidad|de confidencialidade)|"
    r"avvertenza|klauzula poufności|"
    r"(?:this e-?mail|diese e-?mail|diese nachricht|ce message|ce courriel|este mensaje|este correo|"
    r"questo messaggio|dit bericht|"
    r"esta mensagem|ta wiadomość)\s.{0,40}(?:contain|enthält|contient|contiene|bevat|contém|zawiera)\w{0,3}\s.{0,30}"
    r"(?:confiden|vertraulich|riservat|vertrouwelijk|poufn))",
    re.IGNORECASE,
)
_TITLES = ("disclaimer", "notice", "haftung", "hinweis", "avis de", "aviso", "avvertenza", "klauzula")
_NAMES_ITSELF = re.compile(
    r"^\W{0,6}(?:(?:this|the|any) (?:\S{1,20} )?(?:e-?mail|message|communication|transmission|information|contents?)|"
    r"(?:diese|der inhalt|die in) |ce (?:message|courriel|mail|e-mail)|ce[st]te? |est[ea] |le informazioni|"
    r"quest[ao] |dit |deze |"
    r"denne |detta |ta |niniejsza |les informations|la información|as informações|данное |это )",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"^\W{0,6}(?:"
    r"this (?:e-?mail|message)(?: and its attachments)? (?:has been|was) (?:checked|scanned|swept)|(?:no virus|"
    r"virus) found in|"
    r"checked by avg|diese (?:e-?mail|nachricht) wurde (?:von|auf) .{0,60}(?:viren|virus)|virus-?free\b|virenfrei\b|"
    r"garanti sans virus|sans virus\b|libre de virus|livre de vírus|privo di virus|virusvrij|virusfri|"
    r"bez wirusów|без вирусов|"
    r"вирусов нет|l['’]absence de virus|"
    r"el software de antivirus|este (?:correo|mensaje).{0,60}(?:virus|antivirus)|questa e-?mail è stata (?:controllata|"
    r"esaminata)|este e-?mail foi (?:escaneado|verificado)|(?:deze|dit) (?:e-?mail|bericht) is (?:gecontroleerd|"
    r"gescand)|"
    r"outgoing mail is certified|internal virus database|(?:ta )?wiadomość.{0,40}(?:sprawdzona|wolna od wirus)|"
    r"(?:p )?(?:please )?(?:consider|think (?:of|about)) (?:the|our) environment before|(?:before printing|"
    r"think before you print)|"
    r"bitte (?:denken|prüfen|berücksichtigen) sie .{0,60}(?:umwelt|drucken)|denken sie an die umwelt|"
    r"avant d['’]imprimer|pensez à l['’]environnement|antes de imprimir|prima di stampare|pense no (?:meio )?ambiente|"
    r"denk (?:aan|om) het milieu|tänk på miljön|think green|"
    r"you received this message because|to unsubscribe(?:,| from| send|:)|unsubscribe(?::| here\b| from this)|"
    r"to post to this group|for more options, visit|if you no longer wish to receive|to view this discussion|"
    r"(?:um|wenn sie) .{0,60}(?:abbestellen|abzumelden)\b|(?:pour vous désabonner|se désabonner)|para darse de baja|"
    r"per disiscriverti|reply to this e-?mail directly|you are receiving this because|"
    r"view (?:it|this (?:e-?mail|message)) (?:on|in) |this message was sent to .{0,80}(?:because|by)|"
    r"sender notified by|ᐧ$|"
    r"delivered by (?:zendesk|front|intercom|help scout|freshdesk)|this e-?mail is a service from|"
    r"powered by (?:zendesk|freshdesk)"
    r")",
    re.IGNORECASE,
)
_LIST_LINE = re.compile(
    r"\bmailing[- ]list\b(?: -- \S+)?\W*$|\blistinfo\b|^\W{0,6}to (?:un)?subscribe\b|^\W{0,6}unsubscribe\s?[:@]|"
    r"^\W{0,6}(?:list archives?|archives?|for additional commands)\b.{0,40}(?:https?:|@)|\bgroups links\b|"
    r"groups\.google|^\W{0,6}(?:liste de diffusion|mailingliste|lista de correo)\b",
    re.IGNORECASE,
)
_LEAST = 60  # characters of the shortest legal notice
_TITLE_REACH = 12  # lines below a title within which its legal words begin
_MAX_PARAGRAPH = 40  # lines
_MAX_LINE = 600


def is_machine_note(line: str) -> bool:
    """Tell whether a line begins the note of a scanner, a list or a help desk."""
    return len(line) <= _MAX_LINE and bool(_MACHINE.match(line))


def is_list_line(line: str) -> bool:
    """Tell whether a line below a rule belongs to a mailing list's footer or a scanner's."""
    return len(line) <= _MAX_LINE and bool(_LIST_LINE.search(line) or is_machine_note(line))


def find_legal(lines: list[str], stretch: range) -> dict[int, int]:
    """Return where legal notices begin in a stretch, each with the line after its paragraph."""
    text = _flat("\n".join(lines[stretch.start : stretch.stop]))
    if not (_any_of(_SECRECY, text) or _any_of(_TITLES, text)):
        return {}
    found: dict[int, int] = {}
    start = stretch.start
    while start < stretch.stop:
        end = start
        while end < stretch.stop and lines[end]:
            end += 1
        begin = _legal_start(lines, start, end) if end > start else None
        if begin is not None:
            found[begin] = end
        start = end + 1
    return found


def _legal_start(lines: list[str], start: int, stop: int) -> int | None:
    """Return the line at which a paragraph turns into a legal notice, or None."""
    lines_read = range(start, min(stop, start + _MAX_PARAGRAPH))
    title = next((at for at in lines_read if _LEGAL_TITLE.match(lines[at][:_MAX_LINE])), None)
    if title is not None:  # influencers have disclaimers of their own, which speak of nothing legal
        return title if any(is_legal(line) for line in lines[title : title + _TITLE_REACH]) else None
    paragraph = " ".join(lines[at][:_MAX_LINE] for at in lines_read)
    flat = _flat(paragraph)
    if len(paragraph) < _LEAST or not (_any_of(_SECRECY, flat) and _any_of(_LEGAL, flat)):
        return None
    return next((at for at in lines_read if is_legal(lines[at]) or _NAMES_ITSELF.search(lines[at][:_MAX_LINE])), None)


def is_legal(line: str) -> bool:
    """Tell whether a line speaks as legal notices do."""
    flat = _flat(line[:_MAX_LINE])
    return _any_of(_SECRECY, flat) or _any_of(_LEGAL, flat)


def _flat(text: str) -> str:
    return text.lower().replace("\u2019", "'")


def _any_of(words: tuple[str, ...], text: str) -> bool:
    return any(word in text for word in words)
