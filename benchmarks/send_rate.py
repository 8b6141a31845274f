"""How many personalised mails a second leave one process, every law in force, to a server in memory.

The figures include claim, re-check of every stop, composing, two commits a mail and the timeline.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from kit.clock import FixedClock
from kit.db import make_engine
from kit.tx import Database
from sequences.dispatch import drain_mailbox
from sequences.tick import sweep
from tests.stories.world import MIA, World, utc
from web.schema import upgrade_schema


def main() -> None:
    """Enrol, plan, then time the drain."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    folder = Path(tempfile.mkdtemp(prefix="rapport-bench-"))
    clock = FixedClock(utc(2026, 11, 23, 9))
    engine = make_engine(f"sqlite:///{folder / 'bench.sqlite3'}")
    upgrade_schema(engine)
    world = World(Database(engine, clock, Random(1)), clock, folder)
    world.load()
    began = time.perf_counter()
    world.enrol(world.people(count))
    print(f"enrolled {count} in {time.perf_counter() - began:.2f} s")
    began = time.perf_counter()
    sweep(world.engine)
    print(f"planned {count} in {time.perf_counter() - began:.2f} s")
    began, cpu = time.perf_counter(), time.process_time()
    sent = drain_mailbox(world.engine, 1).sent
    took, busy = time.perf_counter() - began, time.process_time() - cpu
    print(
        f"sent {sent} from {MIA} in {took:.2f} s: {sent / took:.0f} a second, {1000 * busy / sent:.2f} s CPU a thousand"
    )
    engine.dispose()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
