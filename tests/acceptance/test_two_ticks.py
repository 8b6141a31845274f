"""Two `rapport tick` at the same time on one database: they share the work and nobody gets a step twice."""

from collections import Counter
from threading import Event
from typing import Any

import pytest

from tests.acceptance.conftest import MIA, MakeProgram, Post
from tests.acceptance.nursery import Process
from tests.acceptance.program import Program
from tests.servers.postgres import PostgresServer

_PEOPLE = 20
_LOOKS = 1200  # a twentieth of a second apart


def test_two_ticks_on_sqlite(make_program: MakeProgram, post: Post) -> None:
    _run_two(make_program(), post)


@pytest.mark.server("postgresql")
def test_two_ticks_on_postgresql(make_program: MakeProgram, post: Post, postgres: PostgresServer) -> None:
    with postgres.fresh_database() as url:
        _run_two(make_program(RAPPORT_DATABASE_URL=url), post)


def _run_two(program: Program, post: Post) -> None:
    program.connect(MIA, smtp=post.smtp, imap=post.imap)
    program.launch([f"creator{number:02}@creator.test" for number in range(_PEOPLE)], MIA, wait="1 second")
    gate = post.recorder.arm("mail", 3)
    first = program.start("tick")
    # The first stands still with a mail in its hands until the second has come up and looked at everything.
    assert gate.reached.wait(30)
    second = program.do("tick")
    post.recorder.disarm()
    third = program.start("tick")
    assert [_wait(first), _wait(third)] == [0, 0], program.log.read_text()
    print(f"the second tick said: {second.strip()}")
    everything = {("pitch", "sent"): _PEOPLE, ("nudge", "sent"): _PEOPLE}
    sends: list[dict[str, Any]] = []
    for _ in range(10):
        sends = program.read("sends", "list")
        if Counter((send["step"], send["state"]) for send in sends) == everything:
            break
        program.do("tick")
    else:
        pytest.fail(f"Not everything was sent: {Counter((send['step'], send['state']) for send in sends)}")
    steps = {send["message_id"].strip("<>"): send["step"] for send in sends}
    taken = Counter((one.recipient, steps[one.message_id]) for one in post.recorder.taken)
    assert set(taken.values()) == {1}
    assert len(taken) == 2 * _PEOPLE


def _wait(process: Process) -> int | None:
    for _ in range(_LOOKS):
        if process.poll() is not None:
            return process.returncode
        Event().wait(0.05)
    process.kill()
    process.wait()
    return None
