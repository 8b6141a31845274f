"""Pure: bytes to text when the declared charset is missing, wrong or unknown."""

import codecs
import re
from functools import lru_cache

_ALIASES = {
    "ansi_x3.110-1983": "cp1252",
    "ansi_x3.4-1968": "ascii",
    "default": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-gb2312": "gb18030",
    "x-gbk": "gb18030",
    "hz-gb-2312": "hz",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-2022-jp-ms": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "uft-8": "utf-8",
    "utf8mb4": "utf-8",
    "utf-8-strict": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "us-ascii": "ascii",
    "x-mac-cyrillic": "mac-cyrillic",
    "macintosh": "mac-roman",
    "x-mac-roman": "mac-roman",
    "x-user-defined": "cp1252",
}
_NOT_ASCII_BASED = frozenset({"utf-7", "hz", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"})
# Python's own spellings: punycode takes quadratic time, the escapes make halves of characters
_NOT_OF_MAIL = frozenset({"punycode", "idna", "unicode-escape", "unicode_escape", "raw-unicode-escape", "undefined"})
_KANA = re.compile(r"[\u3040-\u30ff]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_HANGUL_ROWS = range(0xB0, 0xC9)  # first bytes of EUC-KR
_PUNCTUATION_ROWS = 0xA3
_SMALL_CYRILLIC = re.compile(r"[а-яё]")
_LONG_RUN = 3  # more letters with accents than stand side by side in Western words
_FEW = 4  # 8-bit bytes from which a script can be guessed
_LOW = bytes(range(128))
_SAMPLE = 20_000  # bytes looked at when guessing


@lru_cache(maxsize=256)
def find_codec(declared: str | None) -> str | None:
    """Return the Python codec for a charset label as found in mail, or None when nobody knows it."""
    if not declared:
        return None
    label = declared.strip().strip("\"'").lower()
    label = label.removeprefix("charset=").strip("\"'")
    label = re.split(r"[\s;*]", label, maxsplit=1)[0]
    try:
        info = codecs.lookup(_ALIASES.get(label, label))
    except (LookupError, ValueError):
        return None
    # base64, rot13 and their like are codecs too, but not of text; some of text are not of mail
    return info.name if info.name not in _NOT_OF_MAIL and _is_text_codec(info.name) else None


def _is_text_codec(name: str) -> bool:
    try:
        return isinstance(b"a".decode(name), str)
    except UnicodeError:
        return True
    except (LookupError, ValueError, TypeError):
        return False


def decode_bytes(content: bytes, declared: str | None = None) -> str:
    """Return the text of these bytes; never fails. A valid multi-byte UTF-8 text is believed over its label."""
    codec = find_codec(declared)
    if codec and (codec in _NOT_ASCII_BASED or codec.startswith("iso2022")):
        return _stateful(content, codec)
    if content.isascii():
        if b"\x1b$" in content or b"\x1b(" in content:
            return _strictly(content, "iso2022_jp_ext") or content.decode("ascii")
        return content.decode(_wide_codec(content) or "ascii", "replace")
    text = _strictly(content, "utf-8-sig")
    if text is not None:
        return text
    if wide := _wide_codec(content):
        return content.decode(wide, "replace")
    if codec and codec not in {"ascii", "utf-8"}:
        text = _strictly(content, codec)
        return text if text is not None else _with_gaps(content, codec)
    if codec == "utf-8" and content.decode("utf-8", "ignore").isascii() is False:
        return content.decode("utf-8", "replace")
    return _guess(content)


def _stateful(content: bytes, codec: str) -> str:
    """Decode by a codec in which bytes below 128 are not ASCII, unless the label lies."""
    if codec.startswith("utf-16"):
        if content.isascii() and b"\x00" not in content:
            return content.decode("ascii")
        codec = _wide_codec(content) or codec
    text = _strictly(content, codec) or content.decode(codec, "replace")
    # UTF-7 lets halves of characters through, which no database takes
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if codec == "utf-7" else text


def _wide_codec(content: bytes) -> str | None:
    """Return the kind of UTF-16 that the bytes give away by their mark or by the NULs of every second one."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    if b"\x00" not in content[:_SAMPLE]:
        return None
    even, odd = content[:_SAMPLE:2].count(0), content[1:_SAMPLE:2].count(0)
    enough = min(len(content), _SAMPLE) // 5
    if odd > enough and even * 8 < odd:
        return "utf-16-le"
    return "utf-16-be" if even > enough and odd * 8 < even else None


def _with_gaps(content: bytes, codec: str) -> str:
    """Decode with replacement marks, or as cp1252 where the label fits less than half of the bytes."""
    text = content.decode(codec, "replace")
    return text if text.count("\ufffd") * 2 <= _count_high(content[:_SAMPLE]) else _western(content)


def _guess(content: bytes) -> str:
    """Decode undeclared 8-bit text: the scripts whose bytes give them away, else Western European."""
    sample = content[:_SAMPLE]
    high = _count_high(sample)
    if high < _FEW or not _is_foreign(sample, high):
        return _western(content)
    for name in ("cp932", "euc_jp"):
        japanese = _strictly(content, name)
        if japanese and len(_KANA.findall(japanese)) * 6 > len(japanese.strip()):
            return japanese
    cyrillic = max((content.decode(name, "replace") for name in ("koi8-r", "cp1251")), key=_smallness)
    if _smallness(cyrillic) * 10 > high * 6:
        return cyrillic
    for name in ("euc_kr", "gb2312", "gb18030", "big5") if _seems_korean(sample) else ("gb2312", "gb18030", "big5"):
        text = _strictly(content, name)
        if text is not None:
            return text
    return _western(content)


def _is_foreign(sample: bytes, high: int) -> bool:
    """Tell whether 8-bit bytes make whole words, or come in pairs, instead of standing between ASCII letters."""
    runs = [len(run) for run in _HIGH_RUN.findall(sample)]
    if sum(run for run in runs if run % 2 == 0) * 10 >= high * 9:
        return True
    words = sum(len(word) for word in sample.split() if not word.isascii())
    return max(runs) >= _LONG_RUN and high * 2 > words


def _seems_korean(sample: bytes) -> bool:
    """Tell whether every character lies in the rows of Hangul: Chinese fills them too, but not only them."""
    pairs = [pair for run in _HIGH_RUN.findall(sample) for pair in zip(run[::2], run[1::2], strict=False)]
    letters = [first for first, _ in pairs if first > _PUNCTUATION_ROWS]
    spaced = len(letters) >= _FEW and re.search(rb"[\x80-\xff] [\x80-\xff]", sample) is not None
    return (spaced or len(letters) >= 2 * _FEW) and all(first in _HANGUL_ROWS for first in letters)


def _count_high(content: bytes) -> int:
    return len(content.translate(None, _LOW))


def _smallness(text: str) -> int:
    return len(_SMALL_CYRILLIC.findall(text[:_SAMPLE]))


def _western(content: bytes) -> str:
    text = _strictly(content, "cp1252")
    return text if text is not None else content.decode("latin-1")


def _strictly(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None
