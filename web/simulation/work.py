"""Wire: our processes at work in a world: what they do, how they die, and who comes after them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from sqlalchemy import update

from kit.tx import Tx
from sequences.beat import beat_once
from sequences.engine import Engine
from sequences.jobs.runner import run_job
from sequences.models import Heartbeat, Send
from sequences.reading.intake import poll_mailbox
from sequences.sending.dispatch import drain_mailbox
from sequences.tick import one_pass, sweep
from sequences.upkeep import keep_up
from web.simulation.broken import BrokenRuleError, ProcessDiedError
from web.simulation.ledger import read_instant
from web.simulation.process import Process
from web.simulation.world import World

_LEASED = ("claimed", "sending")
_NEARLY = (timedelta(), timedelta(microseconds=1), timedelta(seconds=1), timedelta(minutes=4))
_DUE = (
    "SELECT min(at) FROM (SELECT min(due_at) AS at FROM sends WHERE state = 'scheduled' AND due_at > ?1 "
    "UNION ALL SELECT min(next_at) FROM enrolments WHERE state = 'active' AND next_at > ?1 "
    "UNION ALL SELECT min(hold_until) FROM enrolments WHERE state = 'held' AND hold_until > ?1)"
)


@dataclass(slots=True)
class _Bell:
    """Rings in the same process, at once."""

    engine: Engine

    def drain(self, mailbox_id: int) -> None:
        drain_mailbox(self.engine, mailbox_id)

    def poll(self, mailbox_id: int) -> None:
        poll_mailbox(self.engine, mailbox_id)

    def work(self, job_id: int) -> None:
        run_job(self.engine, job_id)


def work(world: World, kind: str, rng: Random) -> None:
    """Let one of our processes do a piece of work; it may die in it, and another takes its place."""
    if kind == "due":
        _jump_to_due(world, rng)
    _let_live(world, rng.randrange(len(world.workers)), kind, rng)
    world.fire_armed()


def work_between(world: World, rng: Random) -> None:
    """Let a second process work, perhaps while the first is in the middle of something."""
    number = next(n for n, (process, _) in enumerate(world.workers) if process not in world.running)
    _let_live(world, number, rng.choice(("drain", "poll", "sweep", "pass")), rng)


def run_as(world: World, process: Process, piece: Callable[[], object]) -> None:
    """Do a piece of work as one process; a fault in it is a broken rule."""
    with world.as_process(process):
        try:
            piece()
        except BrokenRuleError:
            raise
        except Exception as fault:
            raise BrokenRuleError("no fault", f"{process.name} met {type(fault).__name__}: {fault}") from fault
    process.dies_in = None


def _let_live(world: World, number: int, kind: str, rng: Random) -> None:
    """Let a process do a piece of work, and bury it if it dies in it."""
    process, engine = world.workers[number]
    world.note(world.clock.now(), f"{kind} by {process.name}")
    try:
        run_as(world, process, _piece(kind, engine, _some_boxes(world, rng)))
    except ProcessDiedError:
        world.workers[number] = world.new_worker()
        world.counts["process died"] += 1
        _bury(world, process, is_seen=bool(rng.getrandbits(1)))


def next_due(world: World) -> str | None:
    """Return when something is due next, as the database writes it."""
    now = world.clock.now().replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    found: str | None = world.auditor.ledger.one(_DUE, now)[0]
    return found


def _piece(kind: str, engine: Engine, boxes: list[int]) -> Callable[[], object]:
    doing: dict[str, Callable[[], object]] = {
        "pass": lambda: one_pass(engine),
        "due": lambda: _drain_all(engine, boxes),
        "drain": lambda: drain_mailbox(engine, boxes[0]),
        "sweep": lambda: _sweep_and_keep(engine),
        "poll": lambda: poll_mailbox(engine, boxes[0]),
        "beat": lambda: beat_once(engine, _Bell(engine)),
    }
    return doing[kind]


def _sweep_and_keep(engine: Engine) -> None:
    sweep(engine)
    keep_up(engine)


def _drain_all(engine: Engine, boxes: list[int]) -> None:
    """Plan and send without having read: then the fence alone stands before a follow-up."""
    sweep(engine)
    for box in boxes:
        drain_mailbox(engine, box)


def _some_boxes(world: World, rng: Random) -> list[int]:
    boxes = sorted(world.box_ids.values())
    return rng.sample(boxes, len(boxes))


def _jump_to_due(world: World, rng: Random) -> None:
    """Jump to the next instant at which something is due, or just after it, if it is near."""
    at = read_instant(next_due(world))
    if at and at - world.clock.now() < timedelta(days=2):
        world.clock.jump(at + rng.choice(_NEARLY))


def _bury(world: World, process: Process, *, is_seen: bool) -> None:
    """Leave what a dead process held; when it `is_seen` to be gone, its leases name a process that is no more."""
    world.note(world.clock.now(), f"{process.name} died")
    if not is_seen:
        return
    with world.people.transaction() as tx:
        _rename_owners(tx)


def _rename_owners(tx: Tx) -> None:
    owners = {row.owner for row in tx.session.query(Heartbeat).where(Heartbeat.owner.is_not(None))}
    owners |= {row.lease_owner for row in tx.session.query(Send).where(Send.state.in_(_LEASED))}
    for owner in owners:
        place, pid, _started, role = str(owner).split("/")
        gone = f"{place}/{pid}/0/{role}"
        tx.session.execute(update(Heartbeat).where(Heartbeat.owner == owner).values(owner=gone))
        tx.session.execute(update(Send).where(Send.lease_owner == owner).values(lease_owner=gone))
