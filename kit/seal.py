"""Pure: sealing secrets at rest and signing what leaves the house.

Sealing is AES-256-GCM with a random nonce; signing is HMAC-SHA-256. Both keys are derived from the one
installation secret by HKDF (RFC 5869), so that a signed link never helps to open a sealed password.
"""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kit.errors import InvalidError

_NONCE = 12
_PREFIX = "v1:"


class Seal:
    """Seals and signs with keys derived from the installation's secret."""

    def __init__(self, secret: str) -> None:
        self._box = AESGCM(_derive(secret, b"seal"))
        self._mark = _derive(secret, b"sign")

    def seal(self, plain: str, *, about: str) -> str:
        """Return `plain` sealed; `about` binds it to its row, so that it opens nowhere else."""
        nonce = os.urandom(_NONCE)
        closed = self._box.encrypt(nonce, plain.encode(), about.encode())
        return _PREFIX + base64.urlsafe_b64encode(nonce + closed).decode()

    def open(self, sealed: str, *, about: str) -> str:
        """Return what was sealed.

        Raises InvalidError when the key is another one or the row was tampered with.
        """
        try:
            raw = base64.urlsafe_b64decode(sealed.removeprefix(_PREFIX))
            return self._box.decrypt(raw[:_NONCE], raw[_NONCE:], about.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise InvalidError(
                "A stored secret cannot be opened: RAPPORT_SECRET_KEY is not the one it was sealed with. "
                "Restore the key file, or enter the secret again.",
                code="wrong_key",
            ) from error

    def sign(self, value: str, *, about: str) -> str:
        """Return `value` with a signature that `check` accepts for the same `about` only."""
        return f"{value}.{self._signature(value, about)}"

    def check(self, signed: str, *, about: str) -> str | None:
        """Return the signed value, or None when the signature does not hold."""
        value, _, signature = signed.rpartition(".")
        good = hmac.compare_digest(signature.encode(), self._signature(value, about).encode())
        return value if good and value else None

    def _signature(self, value: str, about: str) -> str:
        digest = hmac.new(self._mark, f"{about}\0{value}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:18]).decode()


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=b"rapport", info=purpose).derive(secret.encode())
