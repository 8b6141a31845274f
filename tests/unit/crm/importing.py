"""Files to import, and what became of them."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from crm.imports import ImportResult, run_import
from kit.db import Base
from kit.tx import Database

HEADER = "Name,Email,Instagram,Followers,City,Tags\n"
PEOPLE = (
    HEADER
    + "Mia Tinte,mia@tinte.example,@mia.tinte,12K,Ulm,ink\n"
    + "Tom Marker,tom@marker.example,,,,\n"
    + ",not an address,,,,\n"
    + "Mia T,MIA@tinte.example,@mia.tinte,12K,Bonn,\n"
    + "Mia,mia@tinte.example,,,,paper\n"
    + "Only Name,,,,Ulm,\n"
)


def write(tmp_path: Path, content: str, name: str = "creators.csv") -> Path:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8", newline="")
    return path


def bring(database: Database, path: Path, **changes: Any) -> ImportResult:
    options: dict[str, Any] = {
        "brand_name": None, "overrides": {}, "platform": None, "dry_run": False, "actor": "user:1", "chunk_rows": 2,
    }  # fmt: skip
    return run_import(database, path, **(options | changes))


def verdicts(result: ImportResult) -> list[str]:
    return [row["verdict"] for row in result.rows]


def told(result: ImportResult) -> list[tuple[Any, ...]]:
    return [(row["line"], row["verdict"], row["reason"]) for row in result.rows]


def dump(database: Database, *, without: tuple[str, ...] = ()) -> dict[str, list[str]]:
    with database.reading() as tx:
        return {
            name: sorted(map(repr, tx.session.execute(select(table))))
            for name, table in Base.metadata.tables.items()
            if name not in without
        }
