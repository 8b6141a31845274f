"""Wire: the only source of randomness that must not repeat: tokens, keys, lease owners."""

import hashlib
import secrets


def new_token(size: int = 24) -> str:
    """Return an unguessable, URL-safe token of `size` random bytes."""
    return secrets.token_urlsafe(size)


def new_owner(role: str) -> str:
    """Return a name for one process's or thread's leases, such as `drain-3f9a0c12`."""
    return f"{role}-{secrets.token_hex(4)}"


def new_seed() -> int:
    """Return a seed for a `random.Random` that a run may note down and repeat."""
    return secrets.randbits(63)


def hash_token(token: str) -> str:
    """Return what is stored of a token: its SHA-256 in hex, so that a stolen table opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()
