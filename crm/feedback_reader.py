"""Use cases: a file of feedback while its rows come in: kept open between chunks, and not read anew for each.

What a restart needs is in the job and its file; a reader is in memory only.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from crm.csv_files import RawRow, Table, open_table
from crm.feedback_csv import find_columns, reads_day_first
from crm.jobs import read_file
from crm.models import Job
from kit.tx import Tx

UPLOAD = "upload"
_KEPT_OPEN = 3


@dataclass(slots=True, kw_only=True)
class Reader:
    """A file being read, at row `done`; its copy on disk goes when it does."""

    table: Table
    rows: Iterator[RawRow]
    columns: dict[str, int]
    day_first: bool | None
    done: int
    copy: Any


# By database and job: one process may work for several houses.
OPEN: dict[tuple[str, int], Reader] = {}


def open_copy(content: bytes) -> "tempfile._TemporaryFileWrapper[bytes]":
    """Return a file of these bytes that is gone once it is closed."""
    copy = tempfile.NamedTemporaryFile(prefix="rapport-feedback-", suffix=".csv")  # noqa: SIM115 - closed by the caller
    copy.write(content)
    copy.flush()
    return copy


def take_reader(tx: Tx, job: Job) -> Reader:
    """Return the file at the row where the last chunk ended; nobody else has it until it is kept again."""
    reader = OPEN.pop(_key(tx, job), None)
    if reader is not None and reader.done == job.done:
        return reader
    copy = open_copy(read_file(tx, job.id, UPLOAD))
    table = open_table(Path(copy.name))
    columns = find_columns(table.header)
    return Reader(
        table=table,
        rows=islice(table.rows(), job.done, None),
        columns=columns,
        day_first=reads_day_first(columns, table.sample()),
        done=job.done,
        copy=copy,
    )


def keep_reader(tx: Tx, job: Job, reader: Reader) -> None:
    """Keep a file open for the next chunk, once this one is kept."""
    key = _key(tx, job)
    tx.after_commit(lambda: _keep(key, reader))


def _keep(key: tuple[str, int], reader: Reader) -> None:
    while len(OPEN) >= _KEPT_OPEN:
        OPEN.pop(next(iter(OPEN)))
    OPEN[key] = reader


def _key(tx: Tx, job: Job) -> tuple[str, int]:
    return str(tx.session.get_bind().engine.url), job.id
