"""Idle ticks leave the database as it is, except for signs of life. `RAPPORT_IDLE_TICKS` says how many."""

import os
from pathlib import Path

import pytest

from kit.config import load_settings
from sequences.tick import tick
from tests.acceptance.conftest import MIA, MakeProgram, Post
from tests.conftest import dump_sqlite
from web.wiring import make_engine_of, open_house

_TICKS = int(os.environ.get("RAPPORT_IDLE_TICKS", "100"))


@pytest.mark.simulation  # make sim runs it with a greater number
def test_idle_ticks_change_nothing(make_program: MakeProgram, post: Post) -> None:
    program = make_program()
    program.connect(MIA, smtp=post.smtp, imap=post.imap)
    program.launch(["creator01@creator.test", "creator02@creator.test"], MIA, wait="5 days")
    program.do("tick")
    house = open_house(load_settings(program.env()))
    engine = make_engine_of(house)
    tick(engine)  # the copies in Sent are seen once
    file = Path(house.settings.home / "rapport.sqlite3")
    before = dump_sqlite(file)
    assert before.count("INSERT INTO") > 10

    for _ in range(_TICKS):
        assert not tick(engine).did_something

    assert dump_sqlite(file) == before
    house.database.engine.dispose()
    assert len(post.recorder.taken) == 2
