"""Pure: pasted text as a table: a list of addresses, with or without names, or rows copied from a spreadsheet."""

import csv
import io
import re
from email.utils import getaddresses

_APART = re.compile(r"[;\n]+")


def table_of_paste(text: str) -> str:
    """Return CSV with name and email for a list of addresses; anything else comes back as it is."""
    lines = [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    pieces = [piece.strip().strip(",") for line in lines for piece in _APART.split(line) if piece.strip().strip(",")]
    found = getaddresses(pieces)
    if not found or not all(_is_address(address) for _, address in found) or any("\t" in line for line in lines):
        return text
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("name", "email"), *found])
    return out.getvalue()


def _is_address(text: str) -> bool:
    local, sign, domain = text.rpartition("@")
    return bool(local and sign and "." in domain and " " not in text)
