"""Pure: how lines become records: quoting, delimiters, and recovery when a quotation mark is never closed.

The csv module reads each record; this module decides where one ends. A stray quotation mark costs its own line and
never the rows after it, which the bare module would swallow.
"""

import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from crm.csv_files.fields import field_of_name
from kit.errors import say

# On a tie the comma loses: it also stands inside numbers such as 8,2.
DELIMITERS = ("\t", ";", "|", ",")
MAX_LINE = 1 << 20
_MAX_CELL = 100_000
_MAX_RECORD = 1 << 18
_MIN_SHARE = 0.55
_LIKELY_WIDTHS = 100

UNCLOSED: str = say("A quotation mark opens on this line and is not closed properly.")
TOO_LONG: str = say("A cell is longer than %(most)s characters.", most=f"{_MAX_CELL:,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRow:
    """One record of a file: `line` is where it starts, from 1; `fault` says why it cannot be used, if so."""

    line: int
    cells: tuple[str, ...]
    fault: str | None = None


class _Lines:
    """Numbered lines with a way back: what a broken record took beyond its first line is read again."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._source = iter(lines)
        self._waiting: deque[str] = deque()
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else next(self._source)
        self.number += 1
        return line

    def push_back(self, lines: list[str]) -> None:
        """Offer `lines` once more, in their order."""
        self._waiting.extendleft(reversed(lines))
        self.number -= len(lines)


def split_records(lines: Iterable[str], delimiter: str, width: int | None = None) -> Iterator[RawRow]:
    """Yield one RawRow per record; wholly blank lines are no records.

    `lines` keep their line ends and are at most MAX_LINE characters (see table.py, which cuts longer ones). `width` is
    the number of columns, when known: a record over several lines may not be wider.
    """
    numbered = _Lines(lines)
    for line in numbered:
        start = numbered.number
        if len(line) >= MAX_LINE:
            yield RawRow(line=start, cells=(), fault=TOO_LONG)
        elif '"' in line:
            yield _quoted_record(line, numbered, delimiter, width)
        elif line.isspace() and delimiter not in line:
            continue
        else:
            cells = tuple(line.rstrip("\r\n").split(delimiter))
            long = len(line) > _MAX_CELL and max(map(len, cells)) > _MAX_CELL
            yield RawRow(line=start, cells=() if long else cells, fault=TOO_LONG if long else None)


def guess_delimiter(lines: list[str]) -> str | None:
    """Return the delimiter that cuts `lines` into a table of two columns or more, or None."""
    best: tuple[tuple[bool, float, int], str] | None = None
    for delimiter in DELIMITERS:
        records = list(islice((row.cells for row in split_records(lines, delimiter) if row.cells), _LIKELY_WIDTHS))
        widths = [len(cells) for cells in records]
        if not widths:
            continue
        # Of two equally common widths the header's own is the likelier.
        (width, count) = max(Counter(widths).items(), key=lambda item: (item[1], item[0] == widths[0]))
        share = count / len(widths)
        if width > 1 and (share >= _MIN_SHARE or any(map(field_of_name, records[0]))):
            rank = (width == widths[0], round(share, 1), width)
            if best is None or rank > best[0]:
                best = (rank, delimiter)
    return best[1] if best else None


def _quoted_record(first: str, numbered: _Lines, delimiter: str, width: int | None) -> RawRow:
    """Read a record whose first line holds a quotation mark."""
    start = numbered.number
    taken = [first]
    closed = True

    def feed() -> Iterator[str]:
        nonlocal closed
        yield first
        size = len(first)
        for line in numbered:
            taken.append(line)
            size += len(line)
            if size > _MAX_RECORD:
                break
            yield line
        closed = False

    fault = UNCLOSED
    try:
        cells = tuple(next(csv.reader(feed(), delimiter=delimiter)))
        if closed and (len(taken) == 1 or _is_well_formed(taken, delimiter, width)):
            return RawRow(line=start, cells=cells)
    except csv.Error:
        fault = TOO_LONG if len(taken) == 1 else UNCLOSED
    numbered.push_back(taken[1:])
    return RawRow(line=start, cells=tuple(first[:_MAX_CELL].rstrip("\r\n").split(delimiter)), fault=fault)


def _is_well_formed(lines: list[str], delimiter: str, width: int | None) -> bool:
    """Say whether a record over several lines is meant to be one: strictly quoted, and no wider than the table."""
    try:
        record = next(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return width is None or len(record) <= width
