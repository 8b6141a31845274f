"""`kill -9` of the long-running processes while they send: one process of several threads, and four workers.

Half of the processes commit one mail at a time as `sending`, half of them twenty. `RAPPORT_KILLS` and
`RAPPORT_KILL_SENDS` say how many kills and mails for each database.
"""

import os
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from kit.clock import SystemClock
from kit.config import load_settings
from sequences.insight.listing import list_sends
from sequences.models import Send
from sequences.sending.unclear import resolve_unknown
from tests.acceptance.books import Sends, check_books, check_sums, id_of, is_over
from tests.acceptance.conftest import MIA, MakeProgram, Post
from tests.acceptance.fleet import BEAT, UP, WORKER, Fleet
from tests.acceptance.program import Program
from tests.acceptance.recorder import GATES
from tests.acceptance.redis_bell import run_redis
from tests.servers.postgres import PostgresServer
from web.wiring import House, open_house

pytestmark = pytest.mark.simulation  # make sim runs these with greater numbers

KILLS = int(os.environ.get("RAPPORT_KILLS", "10"))
SENDS = int(os.environ.get("RAPPORT_KILL_SENDS", "100"))
BOXES = (MIA, "leo@brand.test", "ada@brand.test", "tom@brand.test")
BY_THE_CLOCK, IDLE = "by the clock", "nothing in hand"
ONCE_PER_CONNECTION = ("greeting", "signed_in")
_KILLS_A_SERIES = 50
_MANY_UNKNOWN = 20
_PATIENCE_S = 4.0
_LOOKS = 600


@dataclass(slots=True)
class Tally:
    """What a database saw over all its series."""

    kills: int = 0
    mails: int = 0
    unknown: int = 0
    most_unknown: int = 0
    resolved: Counter[str] = field(default_factory=Counter)
    moments: Counter[str] = field(default_factory=Counter)
    hit: Counter[str] = field(default_factory=Counter)


@pytest.fixture
def four_boxes(post: Post) -> Post:
    for address in BOXES[1:]:
        post.world.add_account(address, "secret")
    return post


def test_kills_of_one_process_on_sqlite(make_program: MakeProgram, four_boxes: Post) -> None:
    tally, began = Tally(), SystemClock().now()
    for number, (kills, people) in enumerate(_series()):
        program = make_program(f"house{number}")
        _run_series(program, four_boxes, Random(number), kills, people, (UP,), tally)
    _tell("SQLite, one process", tally, began)


@pytest.mark.server("postgresql")
@pytest.mark.server("redis")
def test_kills_of_four_workers_on_postgresql(
    make_program: MakeProgram, four_boxes: Post, postgres: PostgresServer, tmp_path: Path
) -> None:
    tally, began = Tally(), SystemClock().now()
    for number, (kills, people) in enumerate(_series()):
        folder = tmp_path / f"redis{number}"
        folder.mkdir()
        with run_redis(folder) as bell, postgres.fresh_database() as url:
            program = make_program(f"house{number}", RAPPORT_DATABASE_URL=url, RAPPORT_BROKER_URL=bell)
            _run_series(program, four_boxes, Random(100 + number), kills, people, (BEAT, *[WORKER] * 4), tally)
    _tell("PostgreSQL, a beat and four workers", tally, began)


def _series() -> list[tuple[int, int]]:
    """Return kills and people of each series: two mails a person."""
    count = -(-KILLS // _KILLS_A_SERIES)
    return [(KILLS // count + (n < KILLS % count), -(-SENDS // (2 * count))) for n in range(count)]


def _run_series(
    program: Program,
    post: Post,
    rng: Random,
    kills: int,
    people: int,
    parts: tuple[tuple[tuple[str, ...], str], ...],
    tally: Tally,
) -> None:
    post.recorder.taken.clear()
    program.connect(*BOXES, smtp=post.smtp, imap=post.imap)
    everybody = [f"creator{number:03}@creator.test" for number in range(people)]
    program.launch(everybody, f"[{', '.join(BOXES)}]", wait="1 second")
    house = open_house(load_settings(program.env()))
    fleet = Fleet(program, post.recorder, rng)
    post.recorder.freeze()
    try:
        fleet.launch(parts)
        for number in range(kills):
            _kill_one(fleet, (*GATES, BY_THE_CLOCK)[(number + rng.randrange(3)) % (len(GATES) + 1)], tally)
            _hold_that_nobody_has_two(post)
            _resolve_many(house, post, tally)
        post.recorder.thaw()
        _wait_for_the_end(house)
        _resolve_by_hand(program, post, people, tally)
        _wait_for_the_end(house)
        fleet.wait_ready(len(parts))  # who was killed last may still be on the way up
        assert set(fleet.stop()) == {0}
    finally:
        fleet.end()
        post.recorder.thaw()
        house.database.engine.dispose()
    _check_the_end(program, post, people)
    tally.mails += len(post.recorder.taken)


def _kill_one(fleet: Fleet, moment: str, tally: Tally) -> None:
    """Let the fleet work until the moment has come, and kill whoever has it in hand."""
    recorder, rng = fleet.recorder, fleet.rng
    fleet.wait_ready(max(1, len(fleet.members) - 2))
    gate = None
    if moment != BY_THE_CLOCK:
        gate = recorder.arm(moment, 1 if moment in ONCE_PER_CONNECTION else rng.randint(1, 3))
    recorder.thaw()
    if gate is None:
        threading.Event().wait(rng.uniform(0, 2.0 if len(fleet.members) == 1 else 0.15))
        victim = rng.choice(fleet.members)
    elif gate.reached.wait(_PATIENCE_S):
        recorder.freeze()
        # After the 250 the client needs a few milliseconds to commit: meet it before, in and after that.
        threading.Event().wait(rng.uniform(0, 0.02))
        victim = fleet.holder(gate.peer)
    else:
        moment, victim = IDLE, rng.choice(fleet.members)
    tally.kills += 1
    tally.moments[moment] += 1
    tally.hit[f"{victim.command[0]} of {victim.together}"] += 1
    fleet.kill(victim)


def _hold_that_nobody_has_two(post: Post) -> None:
    deliveries = Counter(taken.message_id for taken in list(post.recorder.taken))
    assert [one for one, times in deliveries.items() if times > 1] == [], "the same mail twice"


def _resolve_many(house: House, post: Post, tally: Tally) -> None:
    """Decide as a person who asked the recipients, once many mails are unclear; the recorder stands still meanwhile."""
    with house.database.reading() as tx:
        unclear = [(row.id, row.rfc_id) for row in tx.session.scalars(select(Send).where(Send.state == "unknown"))]
    tally.most_unknown = max(tally.most_unknown, len(unclear))
    if len(unclear) < _MANY_UNKNOWN:
        return
    arrived = {taken.message_id for taken in post.recorder.taken}
    for send_id, rfc_id in unclear:
        verdict = "sent" if rfc_id.strip("<> ") in arrived else "again"
        with house.database.transaction() as tx:
            resolve_unknown(tx, send_id, verdict=verdict, actor="user:1")
        _count(tally, verdict)


def _count(tally: Tally, verdict: str) -> None:
    tally.unknown += 1
    tally.resolved[verdict] += 1


def _wait_for_the_end(house: House) -> None:
    """Wait until the fleet, undisturbed, has brought every mail to its end."""
    sends: Sends = []
    for _ in range(_LOOKS):
        with house.database.reading() as tx:
            sends = list_sends(tx)
            is_empty = tx.session.scalar(select(func.count()).select_from(Send)) == 0
        if not is_empty and is_over(sends):
            return
        threading.Event().wait(0.1)
    pytest.fail(f"The sequence does not come to its end: {Counter((send['step'], send['state']) for send in sends)}")


def _resolve_by_hand(program: Program, post: Post, people: int, tally: Tally) -> None:
    """Hold the books; then settle what is unclear as a person would, by what the recipients say."""
    sends, unclear, report = program.read_all(
        ("sends", "list"), ("sends", "list", "--state", "unknown"), ("sequences", "report", "spring")
    )
    check_books(post, sends, people)
    check_sums(report, people)
    assert [send["id"] for send in unclear] == [send["id"] for send in sends if send["state"] == "unknown"]
    arrived = {taken.message_id for taken in post.recorder.taken}
    verdicts = [(send, "sent" if id_of(send) in arrived else "again") for send in unclear]
    program.do_all(*(("sends", "resolve", str(send["id"]), "--as", verdict) for send, verdict in verdicts))
    for _, verdict in verdicts:
        _count(tally, verdict)


def _check_the_end(program: Program, post: Post, people: int) -> None:
    """Hold that nothing is unclear any more, and that everybody has everything exactly once."""
    sends, report, runs = program.read_all(("sends", "list"), ("sequences", "report", "spring"), ("enrolments", "list"))
    check_books(post, sends, people)
    check_sums(report, people)
    ends = Counter((send["step"], send["state"]) for send in sends)
    assert ends == {("pitch", "sent"): people, ("nudge", "sent"): people}
    assert Counter(taken.recipient for taken in post.recorder.taken) == {run["email"]: 2 for run in runs}
    assert [run["state"] for run in runs] == ["finished"] * people


def _tell(name: str, tally: Tally, began: datetime) -> None:
    took = (SystemClock().now() - began).total_seconds()
    print(
        f"{name}, {took:.0f} s: {tally.kills} kills, {tally.mails} mails, {tally.unknown} unknown "
        f"(at most {tally.most_unknown} at once; settled {dict(tally.resolved)}), no step twice. "
        f"Moments: {dict(tally.moments)}. Hit: {dict(tally.hit)}"
    )
    assert tally.kills == KILLS
    assert tally.mails >= SENDS
    assert tally.unknown > 0
    assert tally.moments[IDLE] <= KILLS // 2
