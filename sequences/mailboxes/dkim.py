"""Use cases: the DKIM keys of our sending domains: made or taken over, published, started, removed.

A key signs nothing before it is started, so that no mail leaves with a signature that nobody can check.
"""

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import select

from crm.models import DkimKey
from kit.errors import ConflictError, InvalidError, NotFoundError, say
from kit.seal import Seal
from kit.tx import Tx
from mailer.dkim import PrivateKey, Signer, is_selector, make_signer, public_part, read_private_key
from mailer.domain import ascii_domain

_EXPONENT, _BITS = 65_537, 2048


def make_key(kind: str) -> PrivateKey:
    """Make a new key: rsa or ed25519."""
    return Ed25519PrivateKey.generate() if kind == "ed25519" else generate_private_key(_EXPONENT, _BITS)


def open_pem(pem: bytes) -> PrivateKey:
    """Return the key in a file, or refuse."""
    try:
        return read_private_key(pem)
    except ValueError as error:
        raise InvalidError(str(error)) from error


def add_key(tx: Tx, seal: Seal, *, domain: str, selector: str, key: PrivateKey) -> DkimKey:
    """Keep a key, sealed. It signs nothing yet."""
    name = _domain(domain)
    if not is_selector(selector):
        raise InvalidError(
            say(
                "“%(selector)s” is no selector: use small letters, digits and hyphens, such as r2026.",
                selector=selector,
            )
        )
    if _find(tx, name, selector):
        raise ConflictError(
            say("%(name)s has a key under the selector %(selector)s already.", name=name, selector=selector)
        )
    signer = make_signer(name, selector, key)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
    row = DkimKey(domain=name, selector=selector, algorithm=signer.algorithm, public=public_part(key))
    row.secret, row.created_at = seal.seal(pem, about=_about(name, selector)), tx.now
    tx.session.add(row)
    tx.session.flush()
    return row


def list_keys(tx: Tx) -> list[DkimKey]:
    """Return all keys, by domain, the oldest first."""
    return list(tx.session.scalars(select(DkimKey).order_by(DkimKey.domain, DkimKey.id)))


def get_key(tx: Tx, domain: str, selector: str) -> DkimKey:
    """Return a key, or refuse."""
    found = _find(tx, _domain(domain), selector)
    if found is None:
        raise NotFoundError(
            say(
                "%(domain)s has no key under the selector %(selector)s. See: rapport dkim list",
                domain=domain,
                selector=selector,
            )
        )
    return found


def start_key(tx: Tx, key: DkimKey) -> None:
    """Sign with this key from now on, and with no other of its kind in the same domain."""
    others = select(DkimKey).where(DkimKey.domain == key.domain, DkimKey.algorithm == key.algorithm)
    for other in tx.session.scalars(others.where(DkimKey.id != key.id)):
        other.started_at = None
    key.started_at = key.started_at or tx.now


def remove_key(tx: Tx, key: DkimKey) -> None:
    """Forget a key. Mail that is fixed already keeps its signature."""
    tx.session.delete(key)


def read_signers(tx: Tx, seal: Seal, domain: str) -> tuple[Signer, ...]:
    """Return who signs mail from a domain; nobody unless a key was started."""
    query = select(DkimKey).where(DkimKey.domain == domain, DkimKey.started_at.is_not(None)).order_by(DkimKey.id)
    return tuple(_open(seal, key.domain, key.selector, key.secret) for key in tx.session.scalars(query))


# Reading a key from its PEM takes longer than signing with it.
@lru_cache(maxsize=64)
def _open(seal: Seal, domain: str, selector: str, secret: str) -> Signer:
    pem = seal.open(secret, about=_about(domain, selector))
    return make_signer(domain, selector, read_private_key(pem.encode("ascii")))


def _find(tx: Tx, domain: str, selector: str) -> DkimKey | None:
    return tx.session.scalar(select(DkimKey).where(DkimKey.domain == domain, DkimKey.selector == selector))


def _domain(domain: str) -> str:
    try:
        return ascii_domain(domain)
    except ValueError as error:
        raise InvalidError(str(error)) from error


def _about(domain: str, selector: str) -> str:
    return f"dkim:{selector}:{domain}"
