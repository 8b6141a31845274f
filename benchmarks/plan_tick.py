"""How long one sweep takes when 1,000,000 enrolments wait and 100 are due.

    PYTHONPATH=. .venv/bin/python benchmarks/plan_tick.py [COUNT] [--postgres]

Planning must cost what is due, not what exists; what pages find ready is made ready beside it.
PostgreSQL: RAPPORT_DATABASE_URL (an empty database), or --postgres for a private one.
"""

import os
import shutil
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import Engine, text

from kit.clock import FixedClock
from kit.db import make_engine
from kit.tx import Database
from sequences.tick import sweep
from sequences.upkeep import keep_up
from tests.servers.postgres import start_postgres
from tests.stories.world import World, utc
from web.schema import upgrade_schema

DUE = 100
NOW = utc(2026, 11, 23, 9)
CHUNK = 50_000
CONTACT = text(
    "INSERT INTO contacts (name, first_name, last_name, pronouns, city, topic, personal_line, fields, basis, source,"
    " created_at, search_text) VALUES (:name, 'Ada', '', '', '', '', '', '{}', '', '', :at, '')"
)
ENROLMENT = text(
    "INSERT INTO enrolments (sequence_id, version_id, contact_id, mailbox_id, email, state, reason, next_step, next_at,"
    " personal_line, facts, actor, override, created_at)"
    " VALUES (1, 1, :contact, 1, :email, 'active', '', 0, :next_at, '', '{}', 'system', '', :at)"
)


def main() -> None:
    """Fill a database of each kind, time sweeps."""
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    count = int(words[0]) if words else 1_000_000
    folder = Path(tempfile.mkdtemp(prefix="rapport-bench-"))
    measure(f"sqlite:///{folder / 'bench.sqlite3'}", count, folder)
    url = os.environ.get("RAPPORT_DATABASE_URL", "")
    if url.startswith("postgres"):
        measure(url, count, folder)
    elif "--postgres" in sys.argv:
        server = start_postgres()
        with server.fresh_database() as url:
            measure(url, count, folder)
        server.stop()
    shutil.rmtree(folder)


def measure(url: str, count: int, folder: Path) -> None:
    """Time three sweeps with `DUE` runs due each, one with nothing due, and what is kept for pages beside them."""
    clock = FixedClock(NOW)
    engine = make_engine(url)
    upgrade_schema(engine)
    world = World(Database(engine, clock, Random(1)), clock, folder)
    world.load()
    began = time.perf_counter()
    fill(engine, count)
    print(f"{engine.dialect.name}: {count:,} waiting enrolments written in {time.perf_counter() - began:.0f} s")
    print("  plan:", *explain(engine), sep="\n    ")
    for number in range(3):
        took, planned = timed(world)
        print(f"  sweep {number + 1}: {planned} planned in {1000 * took:.0f} ms")
        clock.advance(timedelta(minutes=1))
    clock.advance(timedelta(seconds=-30))
    took, planned = timed(world)
    print(f"  idle sweep: {planned} planned in {1000 * took:.1f} ms")
    for what in ("the first time", "with nothing to do"):
        began = time.perf_counter()
        keep_up(world.engine)
        print(f"  upkeep {what}: {1000 * (time.perf_counter() - began):.0f} ms")
    engine.dispose()


def timed(world: World) -> tuple[float, int]:
    """Return how long one sweep took, and how many it planned."""
    began = time.perf_counter()
    planned = sweep(world.engine).planned
    return time.perf_counter() - began, planned


def due_at(number: int) -> datetime:
    """Return when a run is due: `DUE` now, as many each of the next two minutes, the others over 90 days."""
    if number <= 3 * DUE:
        return NOW + timedelta(minutes=(number - 1) // DUE)
    return NOW + timedelta(days=1, seconds=number * 7 % (90 * 86_400))


def fill(engine: Engine, count: int) -> None:
    """Write contacts and enrolments in bulk."""
    for first in range(1, count + 1, CHUNK):
        numbers = range(first, min(first + CHUNK, count + 1))
        with engine.begin() as connection:
            connection.execute(CONTACT, [{"name": f"Creator {n}", "at": stored(engine, NOW)} for n in numbers])
            connection.execute(
                ENROLMENT,
                [
                    {
                        "contact": n,
                        "email": f"creator{n}@people.example",
                        "next_at": stored(engine, due_at(n)),
                        "at": stored(engine, NOW - timedelta(days=1)),
                    }
                    for n in numbers
                ],
            )
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))


def stored(engine: Engine, at: datetime) -> datetime | str:
    """Return an instant as the database keeps it."""
    return at.strftime("%Y-%m-%d %H:%M:%S.%f") if engine.dialect.name == "sqlite" else at


def explain(engine: Engine) -> list[str]:
    """Return how the database means to find what is due."""
    is_sqlite = engine.dialect.name == "sqlite"
    query = (
        "SELECT e.id FROM enrolments e JOIN sequences s ON s.id = e.sequence_id WHERE e.state = 'active'"
        " AND e.next_at <= :now AND s.state = 'live' ORDER BY e.next_at, e.id LIMIT 100"
    )
    with engine.connect() as connection:
        rows = connection.execute(
            text(f"{'EXPLAIN QUERY PLAN' if is_sqlite else 'EXPLAIN'} {query}"), {"now": stored(engine, NOW)}
        )
        return [str(row[-1]) for row in rows]


if __name__ == "__main__":
    main()
