"""How long the server takes for each page with many people, how many questions it asks, and how much it sends.

    PYTHONPATH=. .venv/bin/python benchmarks/page_times.py [PEOPLE] [--postgres] [--only PART] [--keep FOLDER]
        [--looks N]

Time is from the request to the last byte of the answer, in one process without a network; the median and the 95th
percentile of 15 looks after one that warms up; each round looks at every page once. Beside it the processor time of
this process: on a machine that others use too, and on SQLite, compare that. The size is what a browser that comes for
the first time takes over the wire: the page, its style and its scripts, packed with gzip.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import event, text

from benchmarks.many_details import fill_details
from benchmarks.many_notes import fill_notes
from benchmarks.many_people import fill
from benchmarks.many_sends import fill_sends
from benchmarks.people_pages import PEOPLE_PAGES
from crm import users
from crm.bests import keep_bests
from crm.lane_sums import keep_lanes
from crm.today import keep_answers
from kit.clock import SystemClock
from kit.config import load_settings
from sequences.reports.keeping import keep_next
from tests.servers.postgres import start_postgres
from tests.web.cast import ADA, seed_cast
from tests.web.test_looking_changes_nothing import EXAMPLES
from tests.web.weight import Scales
from web.app import create_app
from web.garbage import settle_garbage
from web.wiring import House, make_engine_of, open_house

LOOKS = 15
BROWSER = {"Accept-Encoding": "gzip, deflate, br"}
# As every guide to PostgreSQL advises, a quarter of the memory, here of a machine of 4 GB; its default is 128 MB.
SERVER = {"shared_buffers": "1GB"}
NOT_PAGES = ("/live", "/healthz", "/demo", "/password", "/setup", "/u/", "/mailboxes/consent", "{")


def main() -> None:
    """Seed, look, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", nargs="?", type=int, default=10_000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--looks", type=int, default=LOOKS)
    parser.add_argument("--url", help="of a database that is filled already")
    given = parser.parse_args()
    with opened(given.keep, postgres=given.postgres, url=given.url) as house:
        if not given.url and (not given.keep or not (given.keep / "filled").exists()):
            began = time.perf_counter()
            seed_cast(house)
            write(house, given.people)
            print(f"{given.people:,} people written in {time.perf_counter() - began:.0f} s")
            if given.keep:
                (given.keep / "filled").touch()
        keep(house)
        measure(house, given.only, given.looks)


@contextmanager
def opened(keep: Path | None, *, postgres: bool, url: str | None) -> Iterator[House]:
    """Yield an empty house on SQLite or a private PostgreSQL."""
    folder = keep or Path(tempfile.mkdtemp(prefix="rapport-pages-"))
    folder.mkdir(parents=True, exist_ok=True)
    server = start_postgres(**SERVER) if postgres else None
    values = {"RAPPORT_HOME": str(folder), "RAPPORT_SECRET_KEY": "a key for measuring only"}
    if server or url:
        values["RAPPORT_DATABASE_URL"] = url or (server.url("postgres") if server else "")
    house = open_house(load_settings(values), clock=SystemClock(), upgrade=True)
    try:
        yield house
    finally:
        house.database.engine.dispose()
        if server:
            server.stop()
        if keep is None:
            shutil.rmtree(folder)


def write(house: House, people: int) -> None:
    """Write `people` and all that is around them beside the company of the tests."""
    now = house.database.clock.now()
    fill(house.database, people, now)
    for more in (fill_sends, fill_notes, fill_details):
        more(house.database, now)


def keep(house: House) -> None:
    """Do what the keeper does, and let PostgreSQL look at its tables as its own upkeep would."""
    keep_lanes(house.database)
    keep_answers(house.database)
    while keep_next(make_engine_of(house)):
        pass
    keep_bests(house.database)
    if house.database.engine.dialect.name == "postgresql":
        with house.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


@dataclass(slots=True)
class Measured:
    """What was seen of one address: milliseconds in all and of this process, questions, and kB on the wire."""

    times: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    questions: int = 0
    size: float = 0.0


def measure(house: House, only: str, looks: int) -> None:
    """Print one line for each page."""
    client, questions = sign_in(house), [0]
    settle_garbage()  # as every service does once it has loaded
    event.listen(
        house.database.engine, "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: questions.__setitem__(0, questions[0] + (statement[:5] != "BEGIN")),
    )  # fmt: skip
    scales = Scales(client)
    weights = {path: scales.weigh(path) for path in sorted(pages()) if only in path}
    found = {path: Measured(size=weight / 1e3) for path, weight in weights.items() if weight is not None}
    # Round after round, so that a minute in which the machine is slow does not fall on some pages alone.
    for _ in range(looks):
        for path, seen in found.items():
            questions[0], began, used = 0, time.perf_counter(), time.process_time()
            answer = client.get(path, headers=BROWSER)
            answer.get_data()
            seen.times.append((time.perf_counter() - began) * 1000)
            seen.cpu.append((time.process_time() - used) * 1000)
            seen.questions = questions[0]
    _tell(found, looks)


def _tell(found: Mapping[str, Measured], looks: int) -> None:
    print(f"{'page':60} {'median':>8} {'95 %':>8} {'cpu':>8} {'queries':>8} {'kB':>6}")
    slow = 0
    for path, seen in found.items():
        median, worst = statistics.median(seen.times), sorted(seen.times)[int(looks * 0.95)]
        slow += median >= 100
        cpu = statistics.median(seen.cpu)
        print(f"{path[:60]:60} {median:8.1f} {worst:8.1f} {cpu:8.1f} {seen.questions:8} {seen.size:6.1f}")
    print(f"{slow} of {len(found)} pages at or over 100 ms")


def pages() -> set[str]:
    """Return every address of a page, with its examples' filters."""
    found = {path for _, paths in EXAMPLES.values() for path in paths}
    return {path for path in found if not any(part in path for part in NOT_PAGES)} | set(PEOPLE_PAGES)


def sign_in(house: House) -> FlaskClient:
    """Return a browser that is signed in."""
    client = create_app(house).test_client()
    with house.database.transaction() as tx:
        token = users.open_session(tx, users.get_user_by_email(tx, ADA))
    client.set_cookie("rapport_session", token)
    return client


if __name__ == "__main__":
    main()
