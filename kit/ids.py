"""Wire: what must not repeat: tokens, seeds, and the names by which processes hold leases.

A lease names its holder as `place/pid/started/role`. `place` tells machines, boots and containers apart, so a
holder is called gone only by a process that could have seen it.
"""

import hashlib
import os
import secrets
from pathlib import Path

_STARTED = 19  # /proc/<pid>/stat after the name: field 22, the start time in ticks since boot


def new_token(size: int = 24) -> str:
    """Return an unguessable, URL-safe token of `size` random bytes."""
    return secrets.token_urlsafe(size)


def new_seed() -> int:
    """Return a seed for a `random.Random` that a run may note down and repeat."""
    return secrets.randbits(63)


def hash_token(token: str) -> str:
    """Return what is stored of a token: its SHA-256 in hex, so that a stolen table opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def current_owner(role: str) -> str:
    """Return this process's name for leases of `role`, unique per call."""
    pid = os.getpid()
    return f"{_place()}/{pid}/{_started(pid)}/{role}-{secrets.token_hex(4)}"


def is_gone(owner: str) -> bool:
    """Return whether the holder certainly ended; False when this process cannot know."""
    parts = owner.split("/")
    if len(parts) != len(("place", "pid", "started", "role")) or parts[0] != _place() or not parts[1].isdecimal():
        return False
    return _started(int(parts[1])) != parts[2]


def _place() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:13]
        space = Path("/proc/self/ns/pid").readlink().name
    except OSError:
        return "elsewhere"
    return f"{os.uname().nodename}-{boot}-{space}"


def _started(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "gone"
    fields = stat.rpartition(")")[2].split()
    # After the ")" the first field is number 3; a zombie no longer holds anything.
    return "gone" if fields[0] == "Z" else fields[_STARTED]
