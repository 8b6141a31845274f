"""Pure: one leaf of a message, decoded when it is read."""

import re
from dataclasses import dataclass

from mailer.parse.charset import decode_bytes
from mailer.parse.flowed import unflow
from mailer.parse.headers import Headers
from mailer.parse.parameters import parse_parameters
from mailer.parse.transfer import decode_transfer, find_encoding

MAX_TEXT = 1024 * 1024  # characters
_MAX_TEXT_BYTES = 4 * MAX_TEXT
_KEPT = 16 * 1024  # bytes of a part whose text is kept for the next reader
_BLOW_UP = 3  # a quoted-printable byte takes three
_ENRICHED = frozenset({"text/enriched", "text/richtext"})  # RFC 1896, RFC 1341 7.1.3
_ENRICHED_MARK = re.compile(r"(?<!<)(?:<param>[^<]{0,500}</param>|</?[a-z][a-z0-9-]{0,59}>)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta\s[^>]{0,200}?charset\s?=\s?[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_META_WITHIN = 2_000  # bytes
_NAMES = {
    "application/ms-tnef": "winmail.dat",
    "application/vnd.ms-tnef": "winmail.dat",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pgp-signature": "signature.asc",
    "application/pgp-keys": "key.asc",
    "application/pgp-encrypted": "encryption.asc",
    "text/calendar": "invite.ics",
}


@dataclass(slots=True, kw_only=True, eq=False)
class Part:
    """One leaf. `original` is true inside a returned or forwarded message. `path` holds the ids of its containers.

    The bytes are a stretch of the whole message's: `start` to `end` of `source`, set by the scan.
    """

    content_type: str
    headers: Headers
    charset: str
    encoding: str
    filename: str
    flowed: str
    attached: bool
    original: bool
    path: tuple[tuple[int, str], ...]
    source: bytes = b""
    start: int = 0
    end: int = 0
    _content: bytes | None = None
    _text: str | None = None

    @property
    def size(self) -> int:
        """The bytes as they came, transfer encoding and all."""
        return self.end - self.start

    @property
    def content(self) -> bytes:
        """The bytes, transfer encoding removed."""
        if self._content is None:
            self._content = decode_transfer(self.source, self.start, self.end, self.encoding)
        return self._content

    def beginning(self, length: int) -> bytes:
        """Return the first bytes of the content; what has no transfer encoding is not copied as a whole for that."""
        if self.encoding:
            return self.content[:length]
        return self.source[self.start : min(self.end, self.start + length)]

    def text(self) -> str:
        r"""Return the decoded text, cut at MAX_TEXT characters, with line ends as \\n."""
        if self._text is not None:
            return self._text
        text = self._read()
        if self.size <= _KEPT:
            self._text = text
        return text

    def _read(self) -> str:
        stop = min(self.end, self.start + _MAX_TEXT_BYTES * (_BLOW_UP if self.encoding else 1))
        content = decode_transfer(self.source, self.start, stop, self.encoding)[:_MAX_TEXT_BYTES]
        if stop < self.end:
            content = _whole(content)
        charset = self.charset
        if not charset and self.content_type == "text/html" and (found := _META_CHARSET.search(content[:_META_WITHIN])):
            charset = found[1].decode("ascii")
        text = decode_bytes(content, charset)[:MAX_TEXT]
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if "\x00" in text:
            text = text.replace("\x00", "")
        if self.content_type in _ENRICHED:
            return _ENRICHED_MARK.sub("", text).replace("<<", "<")
        return unflow(text, delsp=self.flowed == "delsp") if self.flowed else text


def make_part(
    kind: str, headers: Headers, parameters: dict[str, str], path: tuple[tuple[int, str], ...], *, original: bool
) -> Part:
    """Return a part without its bytes."""
    disposition = headers.raw("content-disposition")
    named = parse_parameters(disposition).get("filename") or parameters.get("name") or _NAMES.get(kind, "")
    flows = kind == "text/plain" and parameters.get("format", "").strip().lower() == "flowed"
    delsp = parameters.get("delsp", "").strip().lower() == "yes"
    return Part(
        content_type=kind,
        headers=headers,
        charset=parameters.get("charset", ""),
        encoding=find_encoding(headers.raw("content-transfer-encoding")),
        filename=named.replace("\\", "/").rpartition("/")[2][:200],
        flowed=("delsp" if delsp else "flowed") if flows else "",
        attached=disposition.lstrip(' \t\r\n"')[:10].lower() == "attachment",
        original=original,
        path=path,
    )


def _whole(content: bytes) -> bytes:
    """Return the bytes without a UTF-8 character that was cut in two at their end."""
    for back in range(1, 4):
        byte = content[-back:][:1]
        if byte >= b"\xc0":
            return content[:-back]
        if byte < b"\x80":
            break
    return content
