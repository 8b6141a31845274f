"""Pure: encoded words: whole, short, decodable one by one, and only where they may stand.

Source: RFC 2047.
"""

import codecs
import re
from base64 import b64decode
from collections.abc import Iterator

from mailer.lint.fields import Field
from mailer.lint.findings import Finding, found

ADDRESS_FIELDS = frozenset({"from", "sender", "reply-to", "to", "cc", "bcc"})
_UNSTRUCTURED = frozenset({"subject", "comments", "content-description"})
_LIMIT = 75
_LINE_LIMIT = 76
WORD = re.compile(r"=\?([^?\s]+)\?([^?\s]*)\?([^?\s]*)\?=")
_Q_TEXT = re.compile(r"(?:[!-<>@-~]|=[0-9A-F]{2})*")
_Q_PHRASE = re.compile(r"(?:[A-Za-z0-9!*+/_-]|=[0-9A-F]{2})*")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


def lint_words(field: Field) -> Iterator[Finding]:
    """Check the encoded words of one field. Quoted strings and addresses are looked at where addresses are."""
    name = field.name
    is_phrase = name in ADDRESS_FIELDS
    if not is_phrase and name not in _UNSTRUCTURED and not name.startswith("x-"):
        if WORD.search(field.value):
            yield found("word-misplaced", name, "An encoded word stands in a field that is no text for people.")
        return
    for token in _tokens(field.value, is_phrase=is_phrase):
        yield from _token_faults(token, name, is_phrase=is_phrase)
    for line in field.lines:
        words = [found_one[0] for found_one in WORD.finditer(line)]
        if words and len(line) > _LINE_LIMIT and all(len(word) <= _LIMIT for word in words):
            yield found("word-line-long", name, f"A line with an encoded word has at most {_LINE_LIMIT} characters.")


def _tokens(value: str, *, is_phrase: bool) -> list[str]:
    if is_phrase:
        value = re.sub(r'"(?:[^"\\]|\\.)*"|<[^<>]*>|,', " ", value)
    return [token for token in value.split() if "=?" in token]


def _token_faults(token: str, where: str, *, is_phrase: bool) -> Iterator[Finding]:
    whole = WORD.fullmatch(token)
    if whole is None:
        if WORD.search(token):
            yield found("word-unspaced", where, "An encoded word is not set apart by blanks.")
        elif token.startswith("=?"):
            yield found("word-syntax", where, "This begins like an encoded word and is none.")
        return
    if len(token) > _LIMIT:
        yield found("word-too-long", where, f"An encoded word has at most {_LIMIT} characters.")
    charset, encoding, text = whole[1].partition("*")[0], whole[2].lower(), whole[3]
    if not is_charset(charset):
        yield found("word-charset", where, f"“{charset}” is no charset.")
        return
    raw = _decode(encoding, text, is_phrase=is_phrase)
    if raw is None:
        yield found("word-syntax", where, "The content of an encoded word does not fit its encoding.")
        return
    try:
        plain = raw.decode(charset)
    except UnicodeDecodeError:
        yield found("word-splits-character", where, "An encoded word ends or begins inside a character.")
        return
    if _CONTROL.search(plain):
        yield found("word-control", where, "An encoded word hides control characters.")


def is_charset(name: str) -> bool:
    """Tell whether a charset of that name is known for text."""
    try:
        return codecs.lookup(name)._is_text_encoding  # noqa: SLF001
    except (LookupError, ValueError):
        return False


def _decode(encoding: str, text: str, *, is_phrase: bool) -> bytes | None:
    if encoding == "b":
        try:
            return b64decode(text, validate=True)
        except ValueError:
            return None
    if encoding != "q" or not (_Q_PHRASE if is_phrase else _Q_TEXT).fullmatch(text):
        return None
    return re.sub(rb"=([0-9A-F]{2})", lambda two: bytes([int(two[1], 16)]), text.replace("_", " ").encode())
