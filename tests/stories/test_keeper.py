"""The keeper: what fails holds nothing else up and is told; many keepers do each piece once; a tick leaves nothing."""

from datetime import timedelta
from random import Random
from threading import Event

import pytest
from sqlalchemy import func, select, text

from crm.changes import KEPT_FOR
from crm.contacts import get_contact
from crm.models import Change, KeptFigures
from crm.person_edits import edit_facts, mark_of
from kit.db import make_engine
from kit.tx import Database, Tx
from sequences.reports.keeping import keep_next
from sequences.upkeep import keep_once, keep_up
from tests.stories.at_once import two_at_once
from tests.stories.test_kept_reports import busy
from tests.stories.world import World
from web.findings import find_faults

__all__ = ["busy"]
# Each sign stands for six letters in the index: 90,000 of them are more than PostgreSQL takes for one mail.
HEAVY = " ".join("\u3316" * 90 + str(number) for number in range(970))


def _waiting(world: World) -> int:
    with world.database.reading() as tx:
        return int(tx.session.scalar(text("SELECT count(*) FROM search_waiting")) or 0)


def test_no_mail_is_too_much_for_the_index(world: World) -> None:
    for number, words in enumerate((HEAVY, "plain words")):
        world.deliver(
            f"From: dorte@people.example\nTo: mia@pastel.test\nSubject: {number}\nMessage-ID: <{number}@x.example>\n"
            f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{words}\n"
        )
    assert world.poll().received == 2
    assert _waiting(world) == 2
    keep_up(world.engine)
    assert _waiting(world) == 0


def test_a_chore_that_fails_keeps_no_other_from_being_done(world: World) -> None:
    (person,) = world.people(1)
    with world.database.transaction() as tx:
        edit_facts(tx, person, {"city": "Galway"}, seen=mark_of(get_contact(tx, person)), actor="user:1")
        # Not what any keeper writes: reports cannot be counted from here on.
        tx.session.add(KeptFigures(name="reports", at=tx.now + KEPT_FOR, document={}))
    world.clock.advance(KEPT_FOR + timedelta(seconds=1))
    with pytest.raises(KeyError):
        keep_up(world.engine)
    with world.database.reading() as tx:
        assert tx.session.scalars(select(Change.emptied)).all() == [True]


def test_who_looks_for_faults_is_told_of_a_keeper_that_fails_until_it_does_not(small: World) -> None:
    with small.database.transaction() as tx:
        tx.session.add(KeptFigures(name="reports", at=tx.now, document={}))
    with pytest.raises(KeyError):
        keep_once(small.engine, Event())
    with small.database.reading() as tx:
        (fault,) = find_faults(tx)
        assert "not kept up to date: 'subjects'" in fault["what"]
    with small.database.transaction() as tx:
        tx.session.delete(tx.session.get_one(KeptFigures, "reports"))
    keep_once(small.engine, Event())
    with small.database.reading() as tx:
        assert find_faults(tx) == []


def test_a_keeper_told_to_stop_begins_nothing_more(small: World) -> None:
    small.deliver("From: dorte@people.example\nTo: mia@pastel.test\nMessage-ID: <h@x.example>\n\nHello\n")
    small.poll()
    stop = Event()
    stop.set()
    assert not keep_up(small.engine, stop=stop)
    assert _waiting(small) == 1
    keep_up(small.engine, stop=Event())
    assert _waiting(small) == 0


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.server("postgresql"))], indirect=True
)
@pytest.mark.parametrize("done", ["reports", "report:outreach"])
def test_two_keepers_at_once_write_once(busy: World, done: str) -> None:
    if done != "reports":
        keep_next(busy.engine, many=0)

    def be_quicker(tx: Tx) -> None:
        tx.session.add(KeptFigures(name=done, at=tx.now, document={"subjects": [], "by": "the other"}))

    raised = two_at_once(busy.database, be_quicker, lambda _tx: keep_next(busy.engine, many=0))
    assert raised == [None, None]
    with busy.database.reading() as tx:
        assert tx.session.get_one(KeptFigures, done).document["by"] == "the other"


def test_a_tick_counts_every_report_that_is_due(busy: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sequences.reports.keeping.MANY", 0)
    busy.tick()
    with busy.database.reading() as tx:
        kept = select(func.count()).select_from(KeptFigures).where(KeptFigures.name.like("report:%"))
        assert tx.session.scalar(kept) == 3


def test_with_nothing_to_do_nobody_who_writes_is_waited_for(world: World) -> None:
    """On SQLite one writer at a time holds the file: a keeper that asked to write each second would be in line."""
    url = world.database.engine.url.render_as_string(hide_password=False)
    other = make_engine(url)
    try:
        with Database(other, world.clock, Random(2)).transaction() as tx:
            tx.session.execute(text("SELECT 1"))
            assert not keep_up(world.engine)
    finally:
        other.dispose()
