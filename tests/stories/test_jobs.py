"""Long work: a chunk per transaction, resumed after a kill with nothing done twice; changes that are taken back."""

from datetime import timedelta

import pytest
from dramatiq.worker import Worker
from sqlalchemy import func, select

from crm.changes import Undone, get_change, record_change, undo_change
from crm.jobs import add_counts, add_to_file, get_job, leave_out, list_open_jobs, move_on, read_file, start_job
from crm.models import Change, Job, TimelineEntry
from crm.timeline import record_entry
from kit.errors import ConflictError, InvalidError, RefusedError, say
from kit.tx import Tx
from sequences.actors import declare_actors
from sequences.beat import beat_once
from sequences.broker import LocalBroker, make_broker
from sequences.hints import NoHints
from sequences.jobs.kinds import KINDS
from sequences.jobs.runner import find_due, run_job, run_jobs
from sequences.models import Heartbeat
from tests.stories.world import World


class Killed(BaseException):
    """What a kill looks like from inside."""


class Noting:
    """A kind of work that writes one note a chunk, and may be killed in its third."""

    def __init__(self) -> None:
        self.kill_at = 3
        self.fault: Exception | None = None

    def __call__(self, tx: Tx, job: Job) -> bool:
        number = job.done + 1
        record_entry(tx, job.data["contact"], "note", f"Note {number}", actor=job.actor)
        tx.session.flush()
        if self.fault:
            raise self.fault
        if number == self.kill_at:
            self.kill_at = 0
            raise Killed
        move_on(job, number, last=number)
        add_counts(job, done=1)
        return number == job.total


@pytest.fixture
def noting(monkeypatch: pytest.MonkeyPatch) -> Noting:
    step = Noting()
    monkeypatch.setitem(KINDS, "noting", step)
    return step


def start(world: World, total: int = 5) -> int:
    contact = world.people(1)[0]
    with world.database.transaction() as tx:
        return start_job(tx, "noting", actor="user:1", total=total, data={"contact": contact}).id


def read(world: World, job_id: int) -> Job:
    with world.database.reading() as tx:
        return get_job(tx, job_id)


def notes(world: World) -> list[str]:
    with world.database.reading() as tx:
        query = select(TimelineEntry.summary).where(TimelineEntry.kind == "note").order_by(TimelineEntry.id)
        return list(tx.session.scalars(query))


def test_work_that_is_killed_between_chunks_goes_on_where_it_stood(world: World, noting: Noting) -> None:
    job_id = start(world)
    with pytest.raises(Killed):
        run_job(world.engine, job_id)
    job = read(world, job_id)
    assert (job.state, job.done, job.cursor) == ("running", 2, {"last": 2})
    world.clock.advance(timedelta(minutes=3))
    assert run_jobs(world.engine) == 1
    job = read(world, job_id)
    assert (job.state, job.done, job.result["counts"]) == ("done", 5, {"done": 5})
    assert notes(world) == [f"Note {number}" for number in range(1, 6)]
    with world.database.reading() as tx:
        assert not tx.session.scalar(select(func.count()).where(Heartbeat.name.like("job:%")))
        assert find_due(tx) == []


def test_a_few_chunks_at_a_time_so_that_mail_has_its_turn(small: World, noting: Noting) -> None:
    noting.kill_at = 0
    job_id = start(small)
    assert run_job(small.engine, job_id, chunks=2) is True
    assert read(small, job_id).done == 2
    assert run_job(small.engine, job_id, chunks=9) is False
    assert run_job(small.engine, job_id) is False
    assert len(notes(small)) == 5


def test_a_beat_rings_for_work_nobody_holds(small: World, noting: Noting) -> None:
    rung: list[int] = []

    class Bell(NoHints):
        def work(self, job_id: int) -> None:
            rung.append(job_id)

    job_id = start(small)
    beat_once(small.engine, Bell())
    assert rung == [job_id]
    with small.database.transaction() as tx:
        tx.session.add(
            Heartbeat(name=f"job:{job_id}", at=tx.now, owner="another/1/1/job", until=tx.now + timedelta(seconds=60))
        )
    beat_once(small.engine, Bell())
    assert rung == [job_id], "somebody works on it"
    assert run_job(small.engine, job_id) is False
    small.clock.advance(timedelta(minutes=2))
    beat_once(small.engine, Bell())
    assert rung == [job_id, job_id], "whoever held it is gone"


def test_a_tick_does_what_waits(small: World, noting: Noting) -> None:
    noting.kill_at = 0
    job_id = start(small)
    small.tick()
    assert read(small, job_id).state == "done"


def test_a_refusal_ends_it_with_its_sentence(small: World, noting: Noting) -> None:
    noting.fault = InvalidError(say("The file is empty."))
    job_id = start(small)
    run_jobs(small.engine)
    job = read(small, job_id)
    assert (job.state, job.result["fault"], notes(small)) == ("failed", "The file is empty.", [])


def test_a_fault_at_the_same_place_ends_it_at_the_third_try(small: World, noting: Noting) -> None:
    noting.fault = ZeroDivisionError()
    job_id = start(small)
    for tries in (1, 2):
        run_jobs(small.engine)
        assert (read(small, job_id).state, read(small, job_id).faults) == ("waiting", tries)
    run_jobs(small.engine)
    assert read(small, job_id).state == "failed"
    assert notes(small) == []


def test_work_of_an_unknown_kind_says_so(small: World) -> None:
    with small.database.transaction() as tx:
        job_id = start_job(tx, "future", actor="user:1", total=1, data={}).id
    run_jobs(small.engine)
    assert "does not know" in read(small, job_id).result["fault"]


def test_files_grow_by_pieces(world: World) -> None:
    with world.database.transaction() as tx:
        job = start_job(tx, "noting", actor="user:1", total=1, data={})
        add_to_file(tx, job, "result", b"a" * (1 << 20) + b"b")
        add_to_file(tx, job, "result", b"c\0")
        leave_out(job, "Broken.", 2)
        leave_out(job, "Broken.")
    with world.database.reading() as tx:
        assert read_file(tx, job.id, "result")[-4:] == b"abc\0"
        assert read_file(tx, job.id, "other") == b""
    assert read(world, job.id).left_out == {"Broken.": 3}


def test_files_are_forgotten_after_thirty_days(small: World, noting: Noting) -> None:
    noting.kill_at = 0
    job_id = start(small)
    with small.database.transaction() as tx:
        add_to_file(tx, get_job(tx, job_id), "result", b"name")
    run_jobs(small.engine)
    for days, kept in ((29, b"name"), (2, b"")):
        small.clock.advance(timedelta(days=days))
        with small.database.transaction() as tx:
            start_job(tx, "noting", actor="user:1", total=1, data={})
            assert read_file(tx, job_id, "result") == kept


def reverse(tx: Tx, change: Change, actor: str) -> Undone:
    left = change.data["left"]
    return Undone(change=change, undone=change.count - left, left=left, why="Moved since.")


def record(world: World, left: int = 0) -> int:
    with world.database.transaction() as tx:
        return record_change(
            tx, "moves", actor="user:1", summary=say("Moved %(n)s.", n=3), count=3, data={"left": left}
        ).id


def undo(world: World, change_id: int) -> Undone:
    with world.database.transaction() as tx:
        return undo_change(tx, change_id, actor="user:2", reversers={"moves": reverse})


def test_a_change_is_taken_back_once(world: World) -> None:
    change_id = record(world)
    assert undo(world, change_id).undone == 3
    with world.database.reading() as tx:
        change = get_change(tx, change_id)
        assert (change.undone_at, change.undone_by, change.summary) == (world.clock.now(), "user:2", "Moved 3.")
    with pytest.raises(ConflictError, match="already"):
        undo(world, change_id)


def test_where_everything_was_changed_since_the_change_stays(small: World) -> None:
    change_id = record(small, left=3)
    assert undo(small, change_id).undone == 0
    with small.database.reading() as tx:
        assert get_change(tx, change_id).undone_at is None


def test_after_thirty_days_a_change_stays(small: World) -> None:
    change_id = record(small)
    small.clock.advance(timedelta(days=30, seconds=1))
    with pytest.raises(RefusedError, match="30 days"):
        undo(small, change_id)


def test_the_bell_rings_until_a_long_job_is_done(small: World, noting: Noting) -> None:
    noting.kill_at = 0
    job_id = start(small, total=45)
    broker = make_broker(None)
    hints = declare_actors(broker, small.engine)
    worker = Worker(broker, worker_threads=2, worker_timeout=20)
    worker.start()
    try:
        hints.work(job_id)
        while find_open(small):
            assert isinstance(broker, LocalBroker)
            broker.join("jobs", timeout=20_000)
            worker.join()
    finally:
        worker.stop()
        broker.close()
    assert (read(small, job_id).state, len(notes(small))) == ("done", 45)


def find_open(world: World) -> list[int]:
    with world.database.reading() as tx:
        return list_open_jobs(tx)
