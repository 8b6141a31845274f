"""Whose sockets are whose: read from /proc, so that a kill meets the process that has a certain mail in its hands."""

from contextlib import suppress
from pathlib import Path


def ports_towards(pid: int, server_port: int) -> set[int]:
    """Return the local ports of a process's open connections to a port of this machine."""
    owned = _sockets(pid)
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        local, remote = (int(fields[n].rpartition(":")[2], 16) for n in (1, 2))
        if remote == server_port and fields[9] in owned:
            found.add(local)
    return found


def _sockets(pid: int) -> set[str]:
    found = set()
    with suppress(FileNotFoundError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                name = link.readlink().name
                if name.startswith("socket:["):
                    found.add(name[8:-1])
    return found
