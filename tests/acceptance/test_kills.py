"""`kill -9` in the middle of sending, and a restart, again and again: nobody gets a step twice, nothing is lost."""

import threading
from collections import Counter
from random import Random

import pytest

from tests.acceptance.books import check_books, check_sent_folders, id_of, tick_to_the_end
from tests.acceptance.conftest import MIA, MakeProgram, Post
from tests.acceptance.program import Program
from tests.acceptance.recorder import GATES
from tests.servers.postgres import PostgresServer

BY_THE_CLOCK = "by the clock"
_AGAIN = 3
_RESOLVED = 2  # of each kind, by hand


def test_fifty_kills_on_sqlite(make_program: MakeProgram, post: Post) -> None:
    program = make_program()
    moments = _kill_and_restart(program, post, people=150, kills=50, seed=7)
    assert len(moments) >= 8
    _check_and_resolve(program, post, people=150, kills=50)


@pytest.mark.server("postgresql")
def test_ten_kills_on_postgresql(make_program: MakeProgram, post: Post, postgres: PostgresServer) -> None:
    with postgres.fresh_database() as url:
        program = make_program(RAPPORT_DATABASE_URL=url)
        moments = _kill_and_restart(program, post, people=25, kills=10, seed=11)
        assert len(moments) >= 5
        _check_and_resolve(program, post, people=25, kills=10)


def _kill_and_restart(program: Program, post: Post, *, people: int, kills: int, seed: int) -> Counter[str]:
    """Begin a sequence for `people` and kill `rapport tick` `kills` times; return which moments were hit."""
    program.connect(MIA, smtp=post.smtp, imap=post.imap)
    program.launch([f"creator{number:03}@creator.test" for number in range(people)], MIA, wait="1 second")
    rng = Random(seed)
    plan = [*GATES, BY_THE_CLOCK] * kills
    moments: Counter[str] = Counter()
    for number in range(kills):
        moments[_kill_once(program, post, plan[number], rng)] += 1
    print(f"{kills} kills hit: {dict(moments)}; {len(post.recorder.taken)} mails were taken meanwhile")
    assert moments.total() == kills
    return moments


def _kill_once(program: Program, post: Post, moment: str, rng: Random) -> str:
    """Start a tick and kill it at a moment; return where the dialogue stood."""
    # Follow-ups are due a second after their pitch: a tick that begins before that has nothing to say.
    for _ in range(_AGAIN):
        hit = _try_kill(program, post, moment, rng)
        if hit:
            return hit
        threading.Event().wait(1.1)
    pytest.fail(f"The tick ended before {moment}: {program.log.read_text()}")


def _try_kill(program: Program, post: Post, moment: str, rng: Random) -> str:
    """Do it once; empty when the tick had nothing to do."""
    recorder = post.recorder
    once_per_connection = moment in ("greeting", "signed_in")
    gate = None if moment == BY_THE_CLOCK else recorder.arm(moment, 1 if once_per_connection else rng.randint(1, 4))
    process = program.start("tick")
    try:
        if gate is None:
            threading.Event().wait(rng.uniform(0.05, 0.6))
        else:
            while not gate.reached.wait(0.05):
                if process.poll() is not None:
                    assert process.returncode == 0, program.log.read_text()
                    return ""
            # After the 250 the client needs a few milliseconds to commit: meet it before, in and after that.
            threading.Event().wait(rng.uniform(0, 0.012) if moment == "accepted" else rng.uniform(0, 0.05))
        hit = moment if gate else f"{BY_THE_CLOCK}: {recorder.stage}"
    finally:
        process.kill()
        process.wait()
        recorder.disarm()
    return hit


def _check_and_resolve(program: Program, post: Post, *, people: int, kills: int) -> None:
    sends = tick_to_the_end(program)
    unknown = [send for send in sends if send["state"] == "unknown"]
    print(f"after the last tick: {dict(Counter((send['step'], send['state']) for send in sends))}")
    check_books(post, sends, people)
    assert 0 < len(unknown) <= kills

    arrived = {taken.message_id for taken in post.recorder.taken}
    came = [send for send in unknown if id_of(send) in arrived][:_RESOLVED]
    lost = [send for send in unknown if id_of(send) not in arrived][:_RESOLVED]
    assert came
    assert lost
    verdicts = [*((send, "sent") for send in came), *((send, "again") for send in lost)]
    program.do_all(*(("sends", "resolve", str(send["id"]), "--as", verdict) for send, verdict in verdicts))
    sends = tick_to_the_end(program)
    settled = {send["email"] for send in (*came, *lost)}
    open_still = {send["email"] for send in unknown} - settled
    check_books(post, sends, people)
    assert {send["email"] for send in sends if send["state"] == "unknown"} == open_still
    for email in settled:
        assert sorted(taken.recipient for taken in post.recorder.taken if taken.recipient == email) == [email] * 2
    runs = program.read("enrolments", "list")
    assert len(runs) == people
    assert {run["email"] for run in runs if run["state"] != "finished"} == open_still
    check_sent_folders(post, [MIA], sum(send["state"] == "sent" for send in sends))
