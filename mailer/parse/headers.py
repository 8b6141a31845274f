"""Pure: header fields to values: words (RFC 2047), addresses (RFC 5322 3.4), ids (3.6.4) and dates."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime

from mailer.addresses import normalise_email
from mailer.parse.charset import decode_bytes
from mailer.types import Address

_MAX_VALUE = 20_000  # characters of one field that are looked at
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*){0,20})\?=")
_UNCLOSED = re.compile(r"(=\?[\w-]{2,40}\?[bBqQ]\?[^?\s]{3,})\??$")
_FOLD = re.compile(r"\r?\n[ \t]*|[\r\n\x00]")
_BRACKETED = re.compile(r"<\s*([^<>\s]{1,900}(?:\s[^<>\s]{1,300}){0,2})\s*>")
_LOOSE = re.compile(
    r"[^\s<>@,;:\"'()\[\]：；，。、（）「」【】《》]{1,200}@[^\s<>@,;:\"'()\[\]：；，。、（）「」【】《》]{1,250}"
)
# the shape of nearly every From and To, which needs none of the grammar
_BARE = r"[\w.+-]{1,64}@[\w.-]{1,250}"
_ONE_MAILBOX = re.compile(
    r'[ \t]*+(?:(?:"(?P<quoted>[^"\\=<>\r\n\x00]*+)"|(?P<name>[\w.\' -]++))?[ \t]*+'
    rf"<(?P<boxed>{_BARE})>|(?P<bare>{_BARE}))[ \t]*+",
    re.ASCII,
)
# a name without a mark of its own is a name even when it looks like an address: the one in brackets counts
_BOXED = re.compile(r'([^<>,;:"()\\]{1,500})<([^<>,;()"]{3,300})>\s*')
_QUOTED_LOCAL = re.compile(r'"([^"\\@]{1,64})"@([\w.-]{1,250})')
_LITERAL = re.compile(r"[\w.+-]{1,64}@\[[\w.:]{3,60}\]")
_BLANKS = re.compile(r"\s+")


class Headers:
    """The fields of one header, in order; names compare without case, values are undecoded but for raw 8-bit bytes.

    `charset` is what the message's body says of itself: raw 8-bit fields are read with it when they are not UTF-8.
    """

    __slots__ = ("_fields", "_texts", "charset")

    def __init__(self, fields: Iterable[tuple[str, str]], charset: str = "") -> None:
        self.charset = charset
        self._fields: dict[str, list[str]] = {}
        self._texts: dict[str, list[str]] = {}
        for name, value in fields:
            self._fields.setdefault(name.strip().lower(), []).append(_cut(value))

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def raw(self, name: str) -> str:
        """Return the first value of a lower-case field name as it came, or an empty string."""
        values = self._fields.get(name)
        return self._readable(values[0]) if values else ""

    def all(self, name: str) -> list[str]:
        """Return every value of a lower-case field name, decoded."""
        if name not in self._fields:
            return []
        if name not in self._texts:
            self._texts[name] = [decode_words(self._readable(value)) for value in self._fields[name]]
        return self._texts[name]

    def get(self, name: str) -> str:
        """Return the first non-empty value of a lower-case field name, decoded, or an empty string."""
        return next((text for text in self.all(name) if text), "")

    def names(self) -> Iterator[str]:
        """Yield the field names that are present, lower-case."""
        yield from self._fields

    def _readable(self, value: str) -> str:
        """Return a value with its raw 8-bit bytes decoded; encoded words are read later, by `decode_words`."""
        return value if value.isascii() or "=?" in value else _eight_bit(value, self.charset)


def _cut(value: str) -> str:
    """Return a field within bounds: its beginning and, for the newest ids of References, its end."""
    half = _MAX_VALUE // 2
    return value if len(value) <= _MAX_VALUE else f"{value[:half]} {value[-half:]}"


def decode_words(value: str) -> str:
    """Return a field's text: unfolded, encoded words and raw 8-bit decoded, blanks trimmed."""
    flat = _FOLD.sub(" ", value)
    if "=?" not in flat:
        return _eight_bit(flat).strip()
    flat = _UNCLOSED.sub(r"\1?=", flat)
    out: list[str] = []
    pending: tuple[str, bytes] | None = None  # words of one charset join before decoding: a character may be split
    end = 0
    for found in _WORD.finditer(flat):
        between = flat[end : found.start()]
        charset, content = found[1].partition("*")[0].lower(), _word_bytes(found[2], found[3])
        if pending and not between.strip() and pending[0] == charset and not charset.startswith(("iso-2022", "utf-7")):
            pending = (charset, pending[1] + content)
        else:
            out.extend(_flush(pending))
            if between.strip() or not pending:
                out.append(_eight_bit(between))
            pending = (charset, content)
        end = found.end()
    out.extend(_flush(pending))
    out.append(_eight_bit(flat[end:]))
    return "".join(out).strip()


def _flush(pending: tuple[str, bytes] | None) -> list[str]:
    return [_FOLD.sub(" ", decode_bytes(pending[1], pending[0]))] if pending else []


def _word_bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return quopri.decodestring(raw.replace(b" ", b"_"), header=True)
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % 4))
    except (binascii.Error, ValueError):
        return raw


def _eight_bit(text: str, charset: str = "") -> str:
    """Return text whose surrogates (raw 8-bit bytes of the header) are decoded."""
    return text if text.isascii() else decode_bytes(text.encode("utf-8", "surrogateescape"), charset)


def parse_addresses(value: str) -> tuple[Address, ...]:
    """Return the mailboxes of a From, To or Cc field; what is no address at all is left out."""
    plain = _ONE_MAILBOX.fullmatch(value)
    if plain and (email := normalise_email(plain["boxed"] or plain["bare"])):
        return (Address(email=email, name=_BLANKS.sub(" ", plain["quoted"] or plain["name"] or "").strip(" \"'")),)
    boxed = _BOXED.fullmatch(_FOLD.sub(" ", value))
    if boxed and (email := tidy_address(boxed[2])):
        return (Address(email=email, name=_BLANKS.sub(" ", decode_words(boxed[1])).strip(" \"'")),)
    try:
        pairs = getaddresses([_FOLD.sub(" ", value)])
    except (IndexError, ValueError, TypeError, AttributeError, RecursionError):
        pairs = []
    found = [
        Address(email=email, name=_BLANKS.sub(" ", decode_words(name)).strip(" \"'"))
        for name, text in pairs
        if (email := tidy_address(text))
    ]
    if found:
        return tuple(found)
    decoded = decode_words(value)
    name = _BLANKS.sub(" ", decoded.partition("<")[0]).strip(" \"'") if "<" in decoded else ""
    return tuple(Address(email=e, name=name) for text in _LOOSE.findall(decoded)[:100] if (e := tidy_address(text)))


def tidy_address(text: str) -> str | None:
    """Return an address in normal form; one against the standard (`dot.@host`, `a@cluster.local`) only lower-cased."""
    bare = decode_words(text).strip()
    if '"@' in bare and (quoted := _QUOTED_LOCAL.fullmatch(bare.strip("<> "))):
        local, domain = quoted[1], quoted[2]
        plain = tidy_address(f"{local}@{domain}")
        return plain or f'"{local}"@{domain}'.lower()
    bare = bare.strip("<>'\"").strip()
    normal = normalise_email(bare)
    if normal:
        return normal
    bare = bare.lower().rstrip(".,;:")
    return normalise_email(bare) or (bare if _LOOSE.fullmatch(bare) or _LITERAL.fullmatch(bare) else None)


def find_addresses(text: str) -> list[str]:
    """Return every address in free text, in order, each once."""
    found = (tidy_address(hit.partition("..")[0].rstrip(".,;:!?)>")) for hit in _LOOSE.findall(text))
    return list(dict.fromkeys(email for email in found if email))


def parse_ids(value: str) -> tuple[str, ...]:
    """Return the message ids of a References-like field, without angle brackets; a bare id counts when it has an @."""
    flat = _FOLD.sub(" ", value)
    found = [_BLANKS.sub("", hit) for hit in _BRACKETED.findall(flat)]
    if not found:
        found = [word.strip("<>,;\"'") for word in flat.split() if "@" in word]
    return tuple(dict.fromkeys(hit for hit in found if hit))


def parse_date(value: str) -> datetime | None:
    """Return the instant of a Date field in UTC, or None. A missing zone is read as UTC."""
    try:
        when = parsedate_to_datetime(decode_words(value))
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError, AttributeError):
        return None
