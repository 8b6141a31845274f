"""Pure: DKIM signatures over finished mail, relaxed/relaxed, and the record that lets receivers check them.

Source: RFC 6376, RFC 8301, RFC 8463. Keys are made elsewhere: nothing here draws a random number.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

PrivateKey: TypeAlias = RSAPrivateKey | Ed25519PrivateKey

# Named once more than they stand, so that nobody can add another one unnoticed (RFC 6376 8.15).
_ALWAYS = (
    *("from", "to", "cc", "reply-to", "subject", "date", "message-id"),
    *("list-unsubscribe", "list-unsubscribe-post"),  # RFC 8058 4
)
_IF_THERE = ("in-reply-to", "references", "mime-version", "content-type", "content-transfer-encoding")
_SMALLEST_RSA = 2048  # RFC 8301 3.2
_TXT_PIECE = 255  # RFC 1035 3.3: a string of a TXT record
_LINE = 72
_SELECTOR = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs: `algorithm` is rsa-sha256 or ed25519-sha256; `domain` is in ASCII."""

    domain: str
    selector: str
    algorithm: str
    key: PrivateKey = field(repr=False)


def read_private_key(pem: bytes) -> PrivateKey:
    """Return the key in a PEM file without a passphrase.

    Raises:
        ValueError: it is none, of another kind, or too short for receivers to trust.
    """
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("This is no private key in PEM form without a passphrase.") from error
    if isinstance(key, RSAPrivateKey):
        if key.key_size < _SMALLEST_RSA:
            raise ValueError(f"An RSA key needs at least {_SMALLEST_RSA} bits; this one has {key.key_size}.")
        return key
    if isinstance(key, Ed25519PrivateKey):
        return key
    raise ValueError("DKIM knows RSA and Ed25519 keys only.")


def make_signer(domain: str, selector: str, key: PrivateKey) -> Signer:
    """Return who signs with `key`."""
    algorithm = "rsa-sha256" if isinstance(key, RSAPrivateKey) else "ed25519-sha256"
    return Signer(domain=domain, selector=selector, algorithm=algorithm, key=key)


def is_selector(text: str) -> bool:
    """Tell whether a name can be a selector: labels of a domain, in lower case."""
    return len(text) <= 63 and _SELECTOR.fullmatch(text) is not None  # noqa: PLR2004 - the length of one label


def public_part(key: PrivateKey) -> str:
    """Return the public key as the record's `p=` has it."""
    if isinstance(key, RSAPrivateKey):
        raw = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)  # RFC 8463 4
    return b64encode(raw).decode("ascii")


def write_record(algorithm: str, public: str) -> str:
    """Return the text of the TXT record."""
    return f"v=DKIM1; k={algorithm.partition('-')[0]}; p={public}"


def split_record(text: str) -> str:
    """Return a TXT record as a zone file has it: quoted strings of at most 255 bytes."""
    return " ".join(f'"{text[at : at + _TXT_PIECE]}"' for at in range(0, len(text), _TXT_PIECE))


def is_published(records: Iterable[str], public: str) -> bool:
    """Tell whether one of the TXT records under a selector holds this key."""
    wanted = b64decode(public)
    found = (re.search(r"(?:^|;)\s*p\s*=([^;]*)", record) for record in records)
    return any(_decode(one[1]) == wanted for one in found if one)


def sign(raw: bytes, signers: Sequence[Signer], *, now: datetime) -> bytes:
    """Return the mail with a signature by each of `signers` before it.

    Raises:
        ValueError: `raw` has no end of its header.
    """
    head, gap, body = raw.partition(b"\r\n\r\n")
    if not gap:
        raise ValueError("Only a whole mail can be signed.")
    if not signers:
        return raw
    fields = _read_fields(head)
    body_hash = b64encode(sha256(relaxed_body(body)).digest()).decode("ascii")
    return b"".join(_signature(signer, fields, body_hash, now) for signer in signers) + raw


def relaxed_body(body: bytes) -> bytes:
    """Return the body as it is hashed: blanks shrunk, none at line ends, no empty lines at the end (3.4.4)."""
    short = re.sub(rb"[ \t]+", b" ", body).replace(b" \r\n", b"\r\n")
    kept = short.removesuffix(b" ").rstrip(b"\r\n")
    return kept + b"\r\n" if kept else b""


def relaxed_field(line: bytes) -> bytes:
    """Return one whole field as it is hashed, without its final line break (3.4.2)."""
    name, _, value = line.partition(b":")
    return name.strip().lower() + b":" + re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip(b" ")


def _read_fields(head: bytes) -> dict[str, list[bytes]]:
    fields: dict[str, list[bytes]] = {}
    for line in re.split(rb"\r\n(?![ \t])", head):
        fields.setdefault(line.partition(b":")[0].strip().lower().decode("latin-1"), []).append(line)
    return fields


def _signature(signer: Signer, fields: dict[str, list[bytes]], body_hash: str, now: datetime) -> bytes:
    names: list[str] = []
    for name in (*_ALWAYS, *_IF_THERE):
        if name in _ALWAYS or name in fields:
            names += [name] * (len(fields.get(name, ())) + 1)
    head = (
        f"DKIM-Signature: v=1; a={signer.algorithm}; c=relaxed/relaxed;\r\n d={signer.domain};\r\n s={signer.selector};"
        f" t={int(now.timestamp())};\r\n h={_fold(names)};\r\n bh={body_hash};\r\n b="
    ).encode("ascii")
    # Of a field that stands several times the last is signed first; a name too many signs nothing (5.4.2).
    last_first = {name: iter(reversed(lines)) for name, lines in fields.items()}
    lines = [line for name in names if (line := next(last_first.get(name, iter(())), None)) is not None]
    signed = b"".join(relaxed_field(line) + b"\r\n" for line in lines) + relaxed_field(head)
    mark = b64encode(_sign(signer.key, signed)).decode("ascii")
    pieces = [mark[at : at + _LINE] for at in range(0, len(mark), _LINE)]
    return head + "\r\n ".join(pieces).encode("ascii") + b"\r\n"


def _sign(key: PrivateKey, signed: bytes) -> bytes:
    if isinstance(key, RSAPrivateKey):
        return key.sign(signed, PKCS1v15(), SHA256())
    return key.sign(sha256(signed).digest())  # RFC 8463 3: the hash is what is signed


def _fold(names: Sequence[str]) -> str:
    lines = [names[0]]
    for name in names[1:]:
        if len(lines[-1]) + len(name) + 1 > _LINE - 4:
            lines.append(f":{name}")
        else:
            lines[-1] += f":{name}"
    return "\r\n ".join(lines)


def _decode(text: str) -> bytes | None:
    try:
        return b64decode(re.sub(r"\s", "", text), validate=True)
    except Base64Error:
        return None
