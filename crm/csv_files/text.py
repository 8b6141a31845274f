"""Pure: makes a cell fit to keep: no control characters, no spreadsheet formulas, no wrapping quotes."""

import re

_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_SPACES = re.compile(r"[^\S\n]+")
_EXCEL_TEXT = re.compile(r'="([^"]*)"')
# A formula after + - or @ calls a function or another program; phone numbers and @names do not.
_FORMULA = re.compile(r"=.*|[+\-@].*(?:\|.*!|[A-Za-z]{2,}\().*", re.DOTALL)

LOST = "\ufffd"


def clean(cell: str) -> str:
    """Return a cell without control and invisible direction characters, its spaces ordinary and single."""
    if not cell.isprintable():
        cell = _SPACES.sub(" ", _UNSEEN.sub("", cell.replace("\r\n", "\n").replace("\r", "\n")))
    cell = cell.strip()
    if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@":
        # How this program and spreadsheets keep a text from being run; see crm.csv_writing.
        cell = cell[1:]
    if cell.startswith("=") and (match := _EXCEL_TEXT.fullmatch(cell)):
        return match[1].strip()
    return cell


def is_formula(cell: str) -> bool:
    """Say whether a spreadsheet would run the cell: such a value is never kept, since an export would carry it on."""
    return cell[:1] in "=+-@" and _FORMULA.fullmatch(cell) is not None


def flat(cell: str) -> str:
    """Return a cell on one line."""
    return " ".join(cell.split())
