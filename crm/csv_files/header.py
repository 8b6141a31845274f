"""Pure: whether the first record of a file is a header, and what its columns are called."""

import re
from collections.abc import Sequence

from crm.csv_files.fields import field_of_name

_DATA = re.compile(r"\S+@\S+\.\w+|https?://.*|www\..*|@[\w.]{2,}", re.IGNORECASE)
_NUMBER = re.compile(r"[-+~$€£]?\s?[\d.,' ]*\d\s?(?:[kmb%€]|mio\.?|tsd\.?)?", re.IGNORECASE)


def is_header(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Say whether `first` names the columns of the rows below it: a known name, or no cell that must be data."""
    cells = [cell.strip() for cell in first]
    if any(_DATA.fullmatch(cell) for cell in cells):
        return False
    if any(field_of_name(cell) for cell in cells):
        return True
    numbers = sum(1 for cell in cells if _NUMBER.fullmatch(cell))
    if numbers == 0:
        # A list of one column without numbers or addresses: only a value that returns below betrays it.
        return not (len(cells) == 1 and any(list(first) == list(row) for row in below))
    return numbers * 3 < len([cell for cell in cells if cell])


def name_columns(cells: Sequence[str]) -> tuple[str, ...]:
    """Return one unique, non-empty name per column: `Email` twice gives `Email` and `Email (2)`."""
    names: list[str] = []
    taken: set[str] = set()
    for position, cell in enumerate(cells, start=1):
        base = " ".join(cell.replace("\x00", "").split())[:80] or f"Column {position}"
        name, turn = base, 1
        while name in taken:
            turn += 1
            name = f"{base} ({turn})"
        taken.add(name)
        names.append(name)
    return tuple(names)
