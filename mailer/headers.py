"""Pure: header fields as bytes on the wire: encoded words, folding, names with addresses, parameters.

Everything here refuses line breaks and NUL, so that no value can smuggle in a header of its own.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

from mailer.domain import ascii_address
from mailer.types import Address

WIDTH = 76
_WORD = 75  # RFC 2047 2: an encoded word is at most 75 characters long
_SHORT_PARAMETER = 60
_LONGEST_NAME = 40  # beside it an encoded word of a few characters has its place
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
_LOCAL = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*")
_QUOTED_LOCAL = re.compile(r'"(?:[ !#-\[\]-~]|\\[ -~])*"')
_FIELD_NAME = re.compile(r"[!-9;-~]+")
_Q_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/")
_SPACE = ord(" ")
_Q_TABLE = tuple(chr(c) if c in _Q_PLAIN else "_" if c == _SPACE else f"={c:02X}" for c in range(256))


def check_value(value: str) -> str:
    """Return `value` unchanged.

    Raises:
        ValueError: it holds CR, LF or NUL.
    """
    if "\r" in value or "\n" in value or "\0" in value:
        raise ValueError("A header's value must not hold line breaks or NUL.")
    return value


def field(name: str, value: str) -> str:
    """Return one unstructured field, folded, without its final line break."""
    if len(name) > _LONGEST_NAME or not _FIELD_NAME.fullmatch(name):
        raise ValueError(f"“{name!r}” is no name of a header.")
    check_value(value)
    used = len(name) + 2
    if _is_plain(value, used):
        return f"{name}: {_fold(value, used)}"
    return f"{name}: {encode_words(value, used)}"


def address_field(name: str, addresses: Iterable[Address]) -> str:
    """Return one field of mailboxes, each on a line of its own."""
    return f"{name}: " + ",\r\n ".join(_mailbox(address, len(name) + 2) for address in addresses)


def encode_words(text: str, used: int) -> str:
    """Return `text` as encoded words in UTF-8, one a line; `used` columns of the first line are taken.

    Source: RFC 2047 2 and 5; never splits a character.
    """
    raw = text.encode("utf-8")
    use_q = 3 * sum(byte not in _Q_PLAIN and byte != _SPACE for byte in raw) <= len(raw)
    pieces: list[str] = []
    start, room = 0, min(_WORD, WIDTH - used) - len("=?utf-8?q??=")
    while start < len(text):
        end = _piece_end(text, start, room, use_q=use_q)
        pieces.append(_word(text[start:end], use_q=use_q))
        start, room = end, _WORD - len("=?utf-8?q??=")
    return "\r\n ".join(pieces)


def parameter(name: str, value: str) -> str:
    """Return `; name="value"`, by RFC 2231 when it is long or not ASCII; each piece on a line of its own."""
    check_value(value)
    if value.isascii() and value.isprintable() and len(value) <= _SHORT_PARAMETER and "=?" not in value:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f';\r\n {name}="{escaped}"'
    pieces = _percent_pieces(value)
    if len(pieces) == 1:
        return f";\r\n {name}*={pieces[0]}"
    return "".join(f";\r\n {name}*{number}*={piece}" for number, piece in enumerate(pieces))


def _percent_pieces(value: str) -> list[str]:
    """Return `value` escaped, in pieces that never split a character: some readers decode each piece alone."""
    pieces = ["utf-8''"]
    for character in value:
        coded = quote(character, safe="")
        if len(pieces[-1]) + len(coded) > _SHORT_PARAMETER:
            pieces.append("")
        pieces[-1] += coded
    return pieces


def _is_plain(value: str, used: int) -> bool:
    """Tell whether `value` may stand as it is; edges of space and look-alikes of encoded words may not.

    Nor may a token longer than a line: as encoded words it can be folded.
    """
    if not (value.isascii() and value.isprintable()) or value != value.strip() or "=?" in value:
        return False
    first, *others = re.findall(r" *[^ ]+", value) or [""]
    return used + len(first) <= WIDTH and all(len(token) <= WIDTH for token in others)


def _fold(value: str, used: int) -> str:
    """Break before single blanks so that unfolding gives back the very same text."""
    if used + len(value) <= WIDTH:
        return value
    lines: list[str] = []
    line = ""
    for token in re.findall(r" *[^ ]+", value):
        if line and used + len(line) + len(token) > WIDTH:
            lines.append(line)
            line, used = token, 0
        else:
            line += token
    return "\r\n".join([*lines, line])


# The sender is the same in every mail, and each recipient is checked for the header and for the envelope.
@lru_cache(maxsize=512)
def _mailbox(address: Address, used: int) -> str:
    spec = check_address(address.email)
    name = re.sub(r" +", " ", check_value(address.name)).strip()
    if not name:
        return spec
    if not name.isascii() or not name.isprintable() or "=?" in name or len(name) > WIDTH - used - 2:
        return f"{encode_words(name, used)}\r\n <{spec}>"
    if not _ATOMS.fullmatch(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    glue = " " if used + len(name) + len(spec) + 3 <= WIDTH else "\r\n "
    return f"{name}{glue}<{spec}>"


@lru_cache(maxsize=4096)
def check_address(email: str) -> str:
    """Return `email` with an ASCII domain.

    Raises:
        ValueError: it cannot stand in a header.
    """
    spec = ascii_address(check_value(email))
    local = spec.rpartition("@")[0]
    if not _LOCAL.fullmatch(local) and not _QUOTED_LOCAL.fullmatch(local):
        raise ValueError(f"“{email}” is no mail address.")
    if re.search(r"[\s<>,;:\"()\\]", spec.rpartition("@")[2].strip("[]").replace(":", "")):
        raise ValueError(f"“{email}” is no mail address.")
    return spec


def _piece_end(text: str, start: int, room: int, *, use_q: bool) -> int:
    """Return the end of the longest piece of `text` whose coded form fits in `room`; at least one character."""
    cost, end = 0, start
    while end < len(text):
        raw = text[end].encode("utf-8")
        step = sum(len(_Q_TABLE[byte]) for byte in raw) if use_q else len(raw)
        limit = room if use_q else room // 4 * 3
        if cost + step > limit and end > start:
            break
        cost += step
        end += 1
    return end


def _word(piece: str, *, use_q: bool) -> str:
    raw = piece.encode("utf-8")
    if use_q:
        return f"=?utf-8?q?{''.join(_Q_TABLE[byte] for byte in raw)}?="
    return f"=?utf-8?b?{b64encode(raw).decode('ascii')}?="
