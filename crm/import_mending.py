"""Pure: rows of a file as somebody put them right on the page: cells by line and place, kept till the file is done."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from crm.csv_files import Mapping as ColumnMapping
from crm.csv_files import RawRow
from crm.csv_files.fields import IGNORE
from crm.csv_files.text import clean, flat

# By line, then by the place of the column; both as text, for that is how JSON keeps them.
Corrections = Mapping[str, Mapping[str, str]]
PEOPLE = ("name", "first_name", "last_name", "email", "handle", "url")
MOST_ROWS = 200
MAX_CELL = 500
_OFFERED = 12
_SHOWN = 20


def mend_rows(rows: Iterable[RawRow], corrections: Corrections, width: int) -> Iterator[RawRow]:
    """Yield rows with what was put right in them; one with the wrong number of cells has the right one then."""
    for row in rows:
        cells = corrections.get(str(row.line))
        yield _mend(row, cells, width) if cells else row


def _mend(row: RawRow, cells: Mapping[str, str], width: int) -> RawRow:
    mended = [*row.cells[:width], *[""] * (width - len(row.cells))]
    for place, value in cells.items():
        if int(place) < width:
            mended[int(place)] = value
    return RawRow(line=row.line, cells=tuple(mended), fault=None)


def offer_cells(row: RawRow, mapping: ColumnMapping) -> list[dict[str, Any]]:
    """Return the cells of a row that can be put right: those that say who it is, of a broken row all that are read."""
    columns = enumerate(mapping.columns.items())
    read = [(place, name) for place, (name, field) in columns if field in PEOPLE or (row.fault and field != IGNORE)]
    found = []
    for place, name in read[:_OFFERED]:
        value = flat(clean(row.cells[place])) if place < len(row.cells) else ""
        if len(value) <= MAX_CELL:
            found.append({"place": place, "name": name, "value": value})
    return found


def some_faults(faults: Sequence[Mapping[str, Any]], line: int) -> dict[str, Any]:
    """Return the rows to put right that a page shows from a line on, and the lines its neighbours begin with, or None.

    A page is named by a line, for rows leave the list when they are put right; after the last one come the last.
    """
    lines = [int(fault["line"]) for fault in faults]
    last = (len(lines) - 1) // _SHOWN * _SHOWN if lines else 0
    first = next((place for place, one in enumerate(lines) if one >= line), last)
    until = first + _SHOWN
    return {
        "rows": faults[first:until],
        "first": first + 1,
        "last": min(until, len(lines)),
        "before": lines[max(0, first - _SHOWN)] if first else None,
        "after": lines[until] if until < len(lines) else None,
    }


def read_corrections(
    known: Corrections, faults: Sequence[Mapping[str, Any]], form: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Return what was put right so far with what a form says now, cells named `fix-LINE-PLACE`.

    Only what differs from what was shown is a correction; `as_in_file` names a line that is to be as it was.
    """
    found = {line: dict(cells) for line, cells in known.items()}
    for fault in faults:
        line = str(fault["line"])
        for cell in fault.get("row", ()):
            given = form.get(f"fix-{line}-{cell['place']}", cell["value"])[:MAX_CELL].strip()
            if given != cell["value"]:
                found.setdefault(line, {})[str(cell["place"])] = given
    found.pop(form.get("as_in_file", ""), None)
    return found
