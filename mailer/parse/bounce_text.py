"""Pure: where a report's own words end and the returned message begins, and what they say of the reason."""

import re

from mailer.parse.headers import find_addresses

_RETURNED = re.compile(
    r"^[ \t>*|=#_+~-]{0,70}(?:(?:this is |here is |the following is |below is |"
    r"included is )?(?:a )?(?:below (?:this|the next) line is )?(?:a |the )?copy of (?:the|"
    r"your) (?:original )?(?:message|mail|first part)|"
    r"(?:the )?(?:original|returned|undelivered|unsent|failed|rejected) (?:message|mail|e-?mail)(?: (?:follows|is|"
    r"as received|header|headers|text|attached|below|was|returned).{0,40})?|possibly truncated original message|"
    r"header of the source mail|message headers? follow|the (?:first|header|text) .{0,40}follows?|"
    r"unsent message below|start of returned message|returned mail|forwarded message|"
    r"message (?:header|text|content|source)s?|original message headers?|headers? (?:of|from) (?:the )?(?:original|"
    r"your)|body of (?:message|the)|your (?:original )?message (?:follows|reads|is|was as)|"
    r"old message|transcript of (?:the )?message|ursprüngliche nachricht|kopie der nachricht|mensaje original|"
    r"message d'origine|original message|ursprüngliche nachrichtenkopfzeilen|en-têtes (?:du|de) message d[’']origine|"
    r"encabezados de mensajes? originales|cabeçalhos (?:da|de) mensage[mn]s? origina(?:l|is)|intestazioni originali|"
    r"oorspronkelijke berichtkop\w+|originalmeddelande\w*|oryginalne nagłówki|исходные заголовки|исходное сообщение|"
    r"元のメッセージ|送信されたメッセージ|原始邮件(?:头|标题)|以下是(?:原|您的)邮件)"
    r"[^\n]{0,50}$|^[-_=*]{3,60}\s{0,10}below (?:this|the next) line[^\n]{0,60}$|^received: (?:from|by) |"
    r"^return-path: ",
    re.IGNORECASE | re.MULTILINE,
)
_MAX_HEAD = 30_000
_ENOUGH = 150  # characters of words before a mark, so that the mark is not the report's own title


def report_head(text: str) -> str:
    """Return a report's own words: what stands before the returned message."""
    text = text[:_MAX_HEAD]
    for found in _RETURNED.finditer(text):
        if find_addresses(text[: found.start()][-4_000:]) or len(text[: found.start()].strip()) > _ENOUGH:
            return text[: found.start()]
    return text
