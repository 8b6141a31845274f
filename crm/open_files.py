"""Use cases: the files of long work, kept open between chunks, so that none reads its file from the start again.

What a restart needs is in the job and its file; what is open is in memory only.
"""

import tempfile
from typing import Generic, Protocol, TypeVar

from crm.models import Job
from kit.tx import Tx

_MOST = 3


class Reader(Protocol):
    """A file being read, at row `done`."""

    done: int


R = TypeVar("R", bound=Reader)


class OpenFiles(Generic[R]):
    """At most three files at once, by database and job: one process may work for several houses."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], R] = {}

    def take(self, tx: Tx, job: Job) -> R | None:
        """Return the file at the row where the last chunk ended; nobody else has it until it is kept again."""
        reader = self._open.pop(_key(tx, job), None)
        return reader if reader is not None and reader.done == job.done else None

    def keep(self, tx: Tx, job: Job, reader: R) -> None:
        """Keep a file open for the next chunk, once this one is kept."""
        key = _key(tx, job)
        tx.after_commit(lambda: self._keep(key, reader))

    def clear(self) -> None:
        """Close all of them, as a new process begins."""
        self._open.clear()

    def _keep(self, key: tuple[str, int], reader: R) -> None:
        while len(self._open) >= _MOST:
            self._open.pop(next(iter(self._open)))
        self._open[key] = reader


def open_copy(content: bytes) -> "tempfile._TemporaryFileWrapper[bytes]":
    """Return a file of these bytes that is gone once it is closed."""
    copy = tempfile.NamedTemporaryFile(prefix="rapport-import-", suffix=".csv")  # noqa: SIM115 - closed by the caller
    copy.write(content)
    copy.flush()
    return copy


def _key(tx: Tx, job: Job) -> tuple[str, int]:
    return str(tx.session.get_bind().engine.url), job.id
