"""Pure: a reply as hashed marks: words, neighbours and pieces of words. Training and reading share this file.

Hashing (CRC-32, the same on every machine) instead of a dictionary: a word never seen still shares its pieces with
words of its family, in any language, and the model file has one size.
"""

import re
from zlib import crc32

BUCKETS = 1 << 14
_MASK = BUCKETS - 1
_MAX_LENGTH = 700
_PIECE = 4
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_LINK = re.compile(r"(?:https?://|www\.)\S{1,300}")
_MONEY = re.compile(
    r"[$€£¥]\s?\d[\d.,]{0,12}k?|\d[\d.,]{0,12}\s?(?:k\b|[$€£¥円]|万円|eur\b|euros?\b|usd\b|gbp\b|chf\b|dollars?\b|"
    r"dólares\b|pounds?\b|bucks\b|zł|kr\b|kronor\b|reais\b)"
)
_NUMBER = re.compile(r"\d[\d.,:]{0,20}")
_WORD = re.compile(r"[぀-ヿ㐀-鿿豈-﫿]|[^\W\d_぀-ヿ㐀-鿿豈-﫿]+|[?!？！؟€$£¥%@#]|[\U0001F300-\U0001FAFF]")
# Stand-ins for what is never the same twice: a letter that no script uses, and what it was.
_STAND_INS = ((_LINK, " ǀlink "), (_ADDRESS, " ǀaddress "), (_MONEY, " ǀmoney "), (_NUMBER, " ǀnumber "))


def marks_of(text: str) -> frozenset[int]:
    """Return the buckets that the first 700 characters of a reply fall into."""
    words = _words(text[:_MAX_LENGTH].lower())
    seen: set[bytes] = {word.encode() for word in words}
    seen.update(f"{one} {two}".encode() for one, two in zip(["<", *words], [*words, ">"], strict=True))
    for word in dict.fromkeys(words):
        if len(word) > _PIECE - 1 and word[0] != "ǀ":
            padded = f"_{word[:24]}_"
            seen.update(padded[at : at + _PIECE].encode() + b"~" for at in range(len(padded) - _PIECE + 1))
    # A question at the very end, and how long it is, say something of their own.
    seen.add(b"#length %d" % min(len(words).bit_length(), 8))
    return frozenset(crc32(mark) & _MASK for mark in seen)


def _words(text: str) -> list[str]:
    for pattern, word in _STAND_INS:
        text = pattern.sub(word, text)
    return _WORD.findall(text.replace("’", "'"))
