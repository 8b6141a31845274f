"""Use cases: a file of feedback while its rows come in."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from crm.csv_files import RawRow, Table, open_table
from crm.feedback_csv import find_columns, reads_day_first
from crm.jobs import read_file
from crm.models import Job
from crm.open_files import OpenFiles, open_copy
from kit.tx import Tx

UPLOAD = "upload"


@dataclass(slots=True, kw_only=True)
class Reader:
    """A file being read, at row `done`; its copy on disk goes when it does."""

    table: Table
    rows: Iterator[RawRow]
    columns: dict[str, int]
    day_first: bool | None
    done: int
    copy: Any


OPEN: OpenFiles[Reader] = OpenFiles()


def take_reader(tx: Tx, job: Job) -> Reader:
    """Return the file at the row where the last chunk ended; nobody else has it until it is kept again."""
    reader = OPEN.take(tx, job)
    if reader is not None:
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
