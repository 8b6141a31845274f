"""A file as the world makes them: 960 rows, 27 columns nobody knows, broken encodings, empty names."""

import codecs
from pathlib import Path
from random import Random
from time import process_time

import pytest
from sqlalchemy import func, select

from crm.brands import create_brand
from crm.models import Contact
from kit.tx import Database
from tests.unit.crm.importing import bring

ROWS, UNKNOWN = 960, 27
NAMES = (
    "Zoë Brandström",
    "François Légaré",
    "Søren Ågaard",
    "Mia Muster",
    "Łucja Żak",
    "",
    "   ",
    "\N{NO-BREAK SPACE}",
)
MOST_CPU_S = 3.0


def line(number: int, rng: Random) -> tuple[str, str]:
    """Return a row and its encoding: most of it is UTF-8, some of it what another program left behind."""
    name, encoding = NAMES[number % len(NAMES)], "cp1252" if number % 7 == 3 else "utf-8"
    kind = number % 40
    email, handle = f"person{number}@mixed.example", f"@person.{number}"
    if kind == 11:
        email, handle, name = "", "", ""  # nobody
    elif kind == 12:
        email, handle = "not an address", ""
    elif kind == 13:
        email, handle = f"person{number - 1 if number % 80 == 13 else 1}@mixed.example", ""  # again
    elif kind == 14:
        email = ""
    filler = [rng.choice(["", "x", "0", "n/a", "½", "true", "17 %"]) for _ in range(UNKNOWN)]
    cells = [name, email, handle, f"{rng.uniform(1, 900):.1f}K", *filler]
    return ";".join(f'"{cell}"' for cell in cells), encoding


def write_mixed(path: Path) -> Path:
    rng = Random(960)
    head = ";".join(["Name", "E-Mail", "Instagram", "Followers", *(f"zz_{number}_qx" for number in range(UNKNOWN))])
    content = codecs.BOM_UTF8 + head.encode() + b"\r\n"
    for number in range(ROWS):
        text, encoding = line(number, rng)
        content += text.encode(encoding, "replace") + (b"\r\n" if number % 5 else b"\n")
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("again", [False, True])
def test_verdicts_add_up(sqlite_database: Database, tmp_path: Path, again: bool) -> None:
    with sqlite_database.transaction() as tx:
        create_brand(tx, "Inkwell")
    path = write_mixed(tmp_path / "mixed.csv")
    began = process_time()
    result = bring(sqlite_database, path, chunk_rows=500)
    taken = process_time() - began
    if again:
        result = bring(sqlite_database, path, chunk_rows=500)
    assert len(result.rows) == sum(result.counts.values()) == ROWS
    assert list(result.mapping.values()).count("ignore") >= UNKNOWN - 3, "by their values some may be read as notes"
    with sqlite_database.reading() as tx:
        people = tx.session.scalar(select(func.count(Contact.id)))
        names = set(tx.session.scalars(select(Contact.name)))
    assert people == (result.counts["created"] if not again else people)
    if again:
        assert result.counts["created"] == 0
    else:
        assert (result.counts["rejected"], result.counts["duplicate"] + result.counts["updated"]) == (48, 12)
        assert {"Zoë Brandström", "Łucja Żak", "François Légaré", ""} <= names
    assert taken < MOST_CPU_S, f"{taken:.1f} s"
