"""Pure: rows as CSV that a spreadsheet opens as text and never runs."""

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff".encode()  # spreadsheets take UTF-8 for a local encoding without it
_RUN = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_rows(rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows as CSV in UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return out.getvalue().encode("utf-8", "replace")


def _cell(value: object) -> object:
    """Return a value as a cell; a text that a spreadsheet could run gets an apostrophe in front."""
    if isinstance(value, str):
        text = value.replace("\0", "")
        return f"'{text}" if text.startswith(_RUN) else text
    return "" if value is None else value
