"""Wire: how long and how much memory an import takes: import_contacts.py [ROWS].

Writes a seeded file of ROWS rows (100,000 unless told) with one bad row in fifty and one repeated person in fifty into
a temporary folder and imports it into a new SQLite file: the import, the same file again, taking it back, a dry run;
then a file of 960 rows with 27 unknown columns, mixed encodings and empty names.
Peak memory is that of the whole process so far, so each figure bounds the steps above it.
"""

import csv
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from crm.brands import create_brand
from crm.import_undo import undo_import
from crm.imports import ImportResult, run_import
from kit.clock import FixedClock
from kit.db import make_engine
from kit.tx import Database
from tests.unit.crm.test_imports_mixed import write_mixed
from web.schema import upgrade_schema

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HEADER = (
    "Name",
    "Email",
    "Instagram",
    "Followers",
    "Avg Views",
    "Engagement Rate",
    "Country",
    "Language",
    "Topic",
    "Tags",
)
NAMES = ("Mia", "Tom", "Ida", "Zoë", "Noor", "Pia", "Jürgen", "Aiko")
COUNTRIES = ("Germany", "DE", "France", "Österreich", "Japan", "United States")
TOPICS = ("Markers", "Ink", "Paper", "Watercolour")


def write_file(path: Path, rows: int) -> None:
    rng = Random(20260302)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            person = rng.randrange(number) if number and rng.random() < 0.02 else number
            email = f"creator{person}@mail{person % 997}.example"
            bad = rng.random() < 0.02
            writer.writerow(
                (
                    f"{NAMES[person % 8]} Muster{person}",
                    "not an address" if bad else email,
                    "" if bad else f"@creator.{person}",
                    f"{rng.uniform(1, 900):.1f}K",
                    rng.randrange(100, 90_000),
                    f"{rng.uniform(0.2, 9):.2f}%",
                    rng.choice(COUNTRIES),
                    "English",
                    rng.choice(TOPICS),
                    "paper, ink" if person % 3 else "",
                )
            )


def measure(name: str, work: Callable[[], object]) -> None:
    start = time.perf_counter()
    told = work()
    taken = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    counts = told.counts if isinstance(told, ImportResult) else told
    print(f"{name:14}{taken:7.1f} s  peak {peak:6.0f} MB  {counts}", flush=True)


def main(arguments: list[str]) -> None:
    rows = int(arguments[0]) if arguments else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "creators.csv")
        write_file(path, rows)
        engine = make_engine(f"sqlite:///{folder}/rapport.db")
        upgrade_schema(engine)
        database = Database(engine, FixedClock(NOW), Random(1))
        with database.transaction() as tx:
            create_brand(tx, "Inkwell")

        def run(*, dry_run: bool = False) -> ImportResult:
            return run_import(
                database, path, brand_name=None, overrides={}, platform=None, dry_run=dry_run, actor="system"
            )

        def undo() -> object:
            with database.transaction() as tx:
                return undo_import(tx, 1, "system").counts

        measure("import", run)
        measure("import again", run)
        measure("undo", undo)
        measure("dry run", lambda: run(dry_run=True))
        path = write_mixed(Path(folder, "mixed.csv"))
        measure("mixed, 960", run)
        engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1:])
