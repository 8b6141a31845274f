"""A sequence is archived: who is in it leaves it or keeps it open, nothing is sent, and all of it comes back."""

from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from crm.changes import undo_change
from crm.mailboxes import get_mailbox
from crm.models import Change, TimelineEntry
from kit.errors import ConflictError
from sequences.course.archive import archive_sequence, bring_back
from sequences.course.leaving import put_back, take_out
from sequences.insight.report import audience
from sequences.models import Enrolment, Send
from sequences.sending.outbox import claim_sends
from sequences.tick import sweep
from sequences.versions.authoring import get_sequence, pause_sequence, resume_sequence, start_sequence
from sequences.versions.drafting import create_sequence
from sequences.versions.published import list_sequences
from tests.stories.world import MIA, World
from web.undo import REVERSERS

ADA = "user:1"
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def put_away(world: World, *, end_runs: bool = True) -> int:
    with world.database.transaction() as tx:
        return archive_sequence(tx, get_sequence(tx, "spring"), end_runs=end_runs, actor=ADA).id


def undo(world: World, change_id: int) -> tuple[int, int, str]:
    with world.database.transaction() as tx:
        done = undo_change(tx, change_id, actor=ADA, reversers=REVERSERS)
        return done.undone, done.left, done.why


def state_of(world: World) -> str:
    with world.database.reading() as tx:
        return get_sequence(tx, "spring").state


def waiting(world: World) -> list[tuple[object, ...]]:
    """Return where everybody stands: runs and mails, without what only says how it came to be so."""
    with world.database.reading() as tx:
        runs = tx.session.query(Enrolment).order_by(Enrolment.id)
        sends = tx.session.query(Send).order_by(Send.id)
        return [
            *((one.id, one.state, one.reason, one.next_at, one.ended_at) for one in runs),
            *((one.id, one.state, one.reason, one.due_at, one.settled_at) for one in sends),
        ]


def test_who_is_in_it_keeps_it_from_being_archived(small: World) -> None:
    small.load()
    small.enrol(small.people(2))
    before = waiting(small)
    with pytest.raises(ConflictError, match="People are still in spring: 2"):
        put_away(small, end_runs=False)
    assert (state_of(small), waiting(small)) == ("live", before)


def test_nothing_leaves_once_it_is_archived_and_nobody_gets_in(world: World) -> None:
    world.load()
    people = world.people(3)
    world.enrol(people[:2])
    sweep(world.engine)
    put_away(world)
    world.days(30)
    world.tick()
    assert world.server.outbox == []
    with pytest.raises(ConflictError, match="spring is archived"):
        world.enrol(people[2:])
    with world.database.transaction() as tx:
        assert [one.name for one in list_sequences(tx)] == []
        assert [one.name for one in list_sequences(tx, archived=True)] == ["spring"]
        assert audience(tx, world.sequence_id())["stopped"] == 2
        entries = tx.session.query(TimelineEntry).filter_by(kind="sequence_stopped").all()
        assert {one.summary for one in entries} == {"The sequence was archived. Stopped: spring"}
        assert len(entries) == 2
    for refused in (start_sequence, lambda tx, name: resume_sequence(tx, get_sequence(tx, name))):
        with pytest.raises(ConflictError, match="Bring it back first"), world.database.transaction() as tx:
            refused(tx, "spring")
    with pytest.raises(ConflictError, match="archived already"):
        put_away(world)


def test_a_mail_that_a_worker_holds_does_not_leave_either(world: World) -> None:
    world.load()
    world.enrol(world.people(1))
    sweep(world.engine)
    with world.database.transaction() as tx:
        assert claim_sends(tx, get_mailbox(tx, MIA), "worker", limit=1, lease_s=60)
    put_away(world)
    world.days(1)
    world.tick()
    assert world.server.outbox == []
    # Its worker died with it; whoever claims it next leaves it out, so that it waits for nobody.
    assert world.send().state == "cancelled"


def test_undone_at_once_everything_is_as_it_was(world: World) -> None:
    world.load()
    people = world.people(4)
    world.enrol(people[:2])
    world.tick()
    world.enrol(people[2:])
    before = waiting(world)
    change = put_away(world)
    assert waiting(world) != before
    assert undo(world, change) == (5, 0, "")
    assert (state_of(world), waiting(world)) == ("live", before)


def test_undone_later_dates_move_on_and_nobody_gets_a_step_twice(world: World) -> None:
    world.load()
    world.enrol(world.people(2))
    world.tick()
    first = len(world.server.outbox)
    assert first == 2
    change = put_away(world)
    with world.database.reading() as tx:
        kept = tx.session.get_one(Change, change).data["runs"]
    world.days(10)
    undo(world, change)
    with world.database.reading() as tx:
        for run, mark in zip(tx.session.query(Enrolment).order_by(Enrolment.id), kept, strict=True):
            assert run.next_at is not None
            assert run.next_at.isoformat() > mark["next_at"]
            assert run.next_at > tx.now
    world.tick()
    assert len(world.server.outbox) == first
    world.days(10)
    world.tick()
    assert len(world.server.outbox) == first + 2
    assert [len(world.mails_to(f"creator{number}@people.example")) for number in (0, 1)] == [2, 2]


def test_brought_back_it_waits_and_who_left_stays_out(world: World) -> None:
    world.load()
    people = world.people(2)
    world.enrol(people[:1])
    change = put_away(world)
    with world.database.transaction() as tx:
        back = bring_back(tx, get_sequence(tx, "spring"), actor=ADA).id
    assert state_of(world) == "paused"
    world.tick()
    assert world.server.outbox == []
    assert undo(world, change)[:2] == (0, 1)
    # Taken back, it is archived as before, and the first undo knows it again.
    assert undo(world, back) == (1, 0, "")
    assert undo(world, change)[:2] == (2, 0)
    assert state_of(world) == "live"


def test_a_draft_comes_back_as_a_draft_and_its_name_stays_taken(world: World) -> None:
    world.load(start=False)
    put_away(world, end_runs=False)
    with pytest.raises(ConflictError, match="An archived sequence is named spring"), world.database.transaction() as tx:
        create_sequence(tx, "spring", start="blank", actor=ADA)
    with world.database.transaction() as tx:
        bring_back(tx, get_sequence(tx, "spring"), actor=ADA)
    assert state_of(world) == "draft"


def test_a_paused_one_is_paused_since_the_same_instant(world: World) -> None:
    world.load()
    world.enrol(world.people(1))
    with world.database.transaction() as tx:
        pause_sequence(tx, get_sequence(tx, "spring"))
        since = tx.now
    world.clock.advance(timedelta(days=3))
    before = waiting(world)
    change = put_away(world)
    world.clock.advance(timedelta(days=3))
    undo(world, change)
    with world.database.reading() as tx:
        assert (get_sequence(tx, "spring").state, get_sequence(tx, "spring").paused_at) == ("paused", since)
    assert waiting(world) == before


def test_nobody_comes_back_into_it_another_way(small: World) -> None:
    small.load()
    small.enrol(small.people(1))
    run = small.runs()[0].id
    with small.database.transaction() as tx:
        taken = take_out(tx, small.sequence_id(), run, actor=ADA).id
    put_away(small, end_runs=False)
    with pytest.raises(ConflictError, match="spring is archived"), small.database.transaction() as tx:
        put_back(tx, small.sequence_id(), run, actor=ADA)
    assert undo(small, taken)[:2] == (0, 1)
    assert small.runs()[0].state == "stopped"


def test_an_older_program_and_a_newer_one_lose_nothing_of_a_sequence(world: World) -> None:
    world.load()
    world.enrol(world.people(2))
    world.tick()
    put_away(world)
    before = waiting(world)
    with world.database.engine.begin() as connection:
        migrate(connection, "0025")
    with world.database.engine.begin() as connection:
        found = connection.execute(text("SELECT state, paused_at IS NULL FROM sequences")).all()
        assert [tuple(row) for row in found] == [("paused", False)]
        for table in ("sequence_versions", "enrolments", "sends"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")), table
    with pytest.raises(IntegrityError), world.database.engine.begin() as connection:
        connection.execute(text("UPDATE sequences SET state = 'archived'"))
    with world.database.engine.begin() as connection:
        migrate(connection, "head")
    assert waiting(world) == before
    with world.database.transaction() as tx:
        archive_sequence(tx, get_sequence(tx, "spring"), actor=ADA)
    if world.database.engine.dialect.name == "sqlite":
        with world.database.engine.connect() as connection:
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"


def migrate(connection: Connection, target: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    (command.upgrade if target == "head" else command.downgrade)(config, target)
