"""Pure: the value and the parameters of Content-Type and Content-Disposition (RFC 2045 5.1, RFC 2231), tolerantly."""

import re
from urllib.parse import unquote_to_bytes

from mailer.parse.charset import decode_bytes
from mailer.parse.headers import decode_words

_MAX_PARAMETERS = 100
_PARAMETER = re.compile(r';[\s;]*+([^\s=;"]{1,100})\s*+=\s*+("(?:[^"\\]++|\\.)*+"?|[^;]*+)', re.DOTALL)
_SECTION = re.compile(r"\*(\d{1,3})(\*?)$")
_TYPE = re.compile(r"[!#-'*+.0-9A-Z^_`a-z{|}~-]{1,80}/[!#-'*+.0-9A-Z^_`a-z{|}~-]{1,120}")
_FOLD = re.compile(r"\r?\n[ \t]*|[\r\n\x00]")


def parse_type(value: str, default: str = "text/plain") -> str:
    """Return the lower-case type of a Content-Type value; what is not a type counts as text/plain."""
    if not value.strip():
        return default
    found = _TYPE.match(value.lstrip(' \t\r\n"'))
    return found[0].lower() if found else "text/plain"


def parse_parameters(value: str) -> dict[str, str]:
    """Return the parameters by lower-case name, decoded: continuations joined, percent and encoded words read."""
    if ";" not in value:
        return {}
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for index, found in enumerate(_PARAMETER.finditer(_FOLD.sub(" ", value))):
        if index == _MAX_PARAMETERS:
            break
        name, text = found[1].lower(), _unquoted(found[2])
        section = _SECTION.search(name)
        if section:
            sections.setdefault(name[: section.start()], {})[int(section[1])] = (text, bool(section[2]))
        elif name.endswith("*"):
            sections.setdefault(name[:-1], {})[0] = (text, True)
        else:
            plain.setdefault(name, decode_words(text))
    for name, numbered in sections.items():
        plain[name] = _joined(numbered)
    # An encoding may bring in what could not stand in a header.
    return {name: text.replace("\x00", "") for name, text in plain.items()}


def _unquoted(text: str) -> str:
    if text.startswith('"'):
        # a Windows path in quotes is no escape: only the two characters that need one lose theirs
        return re.sub(r'\\(["\\])', r"\1", text[1:].removesuffix('"'))
    return text.strip()


def _joined(numbered: dict[int, tuple[str, bool]]) -> str:
    """Return the value of a parameter that came in sections, each percent-encoded or not (RFC 2231 3 and 4.1)."""
    ordered = [numbered[number] for number in sorted(numbered)]
    charset, first = "", ordered[0][0]
    if ordered[0][1] and first.count("'") > 1:
        charset, _, rest = first.partition("'")
        ordered[0] = (rest.partition("'")[2], True)
    content = b"".join(
        unquote_to_bytes(raw) if encoded else raw
        for text, encoded in ordered
        for raw in [text.encode("utf-8", "surrogateescape")]
    )
    joined = decode_bytes(content, charset or "utf-8")
    # One encoding is the standard; a value that names its charset has had it, and looks like a word by chance.
    return joined if charset else decode_words(joined)
