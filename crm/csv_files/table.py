"""Wire: opens a file of contacts as a stream of records, whatever its encoding, delimiter and line ends.

Memory stays constant however long the file or one of its cells is. What the columns mean is columns.py's business.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from crm.csv_files.dialect import MAX_LINE, RawRow, guess_delimiter, split_records
from crm.csv_files.encoding import detect_encoding, refuse_foreign
from crm.csv_files.fields import field_of_name
from crm.csv_files.header import is_header, name_columns
from kit.errors import InvalidError, say

_HEAD = 1 << 16
_MAX_TITLE_LINES = 8
_SEP = "sep="
_WORDS_OF_PROSE = 3
_PROSE = say("The file holds running text, not a table: no delimiter was found.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """An opened file. `header` names are unique; `has_header` is False when they were made up (Column 1, ...).

    `first_line` is the line where the data begin, from 1; lines before it are the header and titles above it.
    """

    path: Path
    header: tuple[str, ...]
    encoding: str
    delimiter: str
    has_header: bool
    first_line: int

    def rows(self) -> Iterator[RawRow]:
        """Yield each record once, in the file's order; a short row keeps its few cells, a wide one is a fault."""
        width = len(self.header)
        lines = islice(_lines(self.path, self.encoding), self.first_line - 1, None)
        for row in split_records(lines, self.delimiter, width):
            line = row.line + self.first_line - 1
            if row.fault is None and len(row.cells) > width:
                yield _narrowed(row, line, width)
            else:
                yield RawRow(line=line, cells=row.cells, fault=row.fault)

    def sample(self, count: int = 500) -> tuple[tuple[str, ...], ...]:
        """Return the cells of the first `count` rows without a fault."""
        return tuple(islice((row.cells for row in self.rows() if row.fault is None), count))


def open_table(path: Path) -> Table:
    """Find out a file's encoding, delimiter and header.

    Raises:
        InvalidError: the file is missing or is no table; the sentence says which.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        refuse_foreign(head)
        encoding = detect_encoding(head, _chunks(path))
        lines = list(islice(_lines(path, encoding, _HEAD), 500))
    except OSError as error:
        raise InvalidError(
            say("%(name)s cannot be read: %(value)s.", name=path.name, value=error.strerror or error), code="no_file"
        ) from error
    return _table(path, encoding, lines)


def _table(path: Path, encoding: str, lines: list[str]) -> Table:
    """Return the table that the first lines of a file describe."""
    skipped = 1 if lines and lines[0].lower().startswith(_SEP) else 0
    told = lines[0][len(_SEP) :][:1] if skipped else ""
    lines = lines[skipped:]
    delimiter = told.strip("\r\n") or guess_delimiter(lines)
    records = list(split_records(lines, delimiter or ","))
    if delimiter is None:
        records = _one_column(records)
    records = _without_titles(records)
    if not records:
        raise InvalidError(say("The file is empty."), code="no_table")
    first = records[0]
    if delimiter in {None, ","} and _is_prose(records):
        raise InvalidError(_PROSE, code="no_table")
    has_header = is_header(first.cells, [row.cells for row in records[1:]])
    cells = first.cells if has_header else ("",) * max(len(row.cells) for row in records[:50])
    below = records[1].line if len(records) > 1 else len(lines) + 1
    return Table(
        path=path,
        header=name_columns(cells),
        encoding=encoding,
        delimiter=delimiter or ",",
        has_header=has_header,
        first_line=skipped + (below if has_header else first.line),
    )


def _one_column(records: list[RawRow]) -> list[RawRow]:
    """Return records of a single column, such as a list of addresses; refuse prose."""
    whole = [row for row in records if row.fault is None]
    single = sum(1 for row in whole if " " not in ",".join(row.cells).strip())
    if not whole or single * 2 < len(whole):
        raise InvalidError(_PROSE, code="no_table")
    return records


def _is_prose(records: list[RawRow]) -> bool:
    """Say whether the cells are pieces of sentences, cut at their commas."""
    if any(map(field_of_name, records[0].cells)):
        return False
    cells = [cell for row in records for cell in row.cells if cell.strip()]
    return sum(len(cell.split()) for cell in cells) > len(cells) * _WORDS_OF_PROSE


def _without_titles(records: list[RawRow]) -> list[RawRow]:
    """Drop lines above the header that hold one cell only, such as the title of a report."""
    wide = sum(1 for row in records if len(row.cells) > 1)
    if wide * 2 < len(records):
        return records
    for index, row in enumerate(records[:_MAX_TITLE_LINES]):
        if sum(1 for cell in row.cells if cell.strip()) > 1:
            return records[index:]
    return records


def _narrowed(row: RawRow, line: int, width: int) -> RawRow:
    """Cut empty cells beyond the last column; anything else there means that the cells have shifted."""
    if any(cell.strip() for cell in row.cells[width:]):
        fault = say("The row has %(count)s cells, the header %(width)s.", count=len(row.cells), width=width)
        return RawRow(line=line, cells=row.cells, fault=fault)
    return RawRow(line=line, cells=row.cells[:width])


def _chunks(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes in pieces."""
    with path.open("rb") as file:
        while chunk := file.read(1 << 18):
            yield chunk


def _lines(path: Path, encoding: str, limit: int | None = None) -> Iterator[str]:
    """Yield lines with their ends, until `limit` characters were read; a line beyond MAX_LINE comes cut."""
    read = 0
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        while line := file.readline(MAX_LINE):
            yield line
            read += len(line)
            while len(line) == MAX_LINE and not line.endswith(("\n", "\r")):
                line = file.readline(MAX_LINE)
            if limit is not None and read >= limit:
                return
