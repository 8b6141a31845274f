"""Use cases: what a file of feedback would bring, before anything of it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crm.csv_files import open_table
from crm.feedback_csv import Line, find_columns, read_line, reads_day_first
from crm.feedback_import import look_up, refuse
from crm.open_files import open_copy
from kit.tx import Tx

SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the file: how it is read, or why it would be left out; `is_ours` for somebody who is a contact."""

    number: int
    line: Line | None
    why: str = ""
    is_ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a file holds: columns read as fields and those passed over, the first rows, and how many cannot be read."""

    columns: Mapping[str, str]
    unread: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int
    faulty: int


def look_into(tx: Tx, content: bytes, brand_id: int | None) -> Look:
    """Return what a file would bring; nothing is written. Raises InvalidError when it holds no words."""
    with open_copy(content) as copy:
        table = open_table(Path(copy.name))
        columns = find_columns(table.header)
        day_first = reads_day_first(columns, table.sample())
        shown: list[tuple[int, Line | str]] = []
        total = faulty = 0
        for raw in table.rows():
            read = raw.fault or read_line(columns, raw.cells, tx.now, day_first=day_first)
            total += 1
            faulty += isinstance(read, str)
            if len(shown) < SHOWN:
                shown.append((raw.line, read))
    known = look_up(tx, brand_id, [line for _, line in shown if isinstance(line, Line)])
    rows = tuple(
        Row(number=number, line=None, why=read)
        if isinstance(read, str)
        else Row(number=number, line=read, why=refuse(read, known) or "", is_ours=read.email in known.speakers)
        for number, read in shown
    )
    read_as = {table.header[at]: field for field, at in columns.items()}
    unread = tuple(name for name in table.header if name not in read_as)
    return Look(columns=read_as, unread=unread, rows=rows, total=total, faulty=faulty)
