"""Use cases: one pass over everything that may be due: sweep, plan, poll, drain. Harmless at any time, any number."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from crm.models import Mailbox
from sequences.course.planning import plan_due
from sequences.course.runs import release_held
from sequences.engine import Engine
from sequences.jobs.runner import run_jobs
from sequences.leases import beat
from sequences.models import Heartbeat
from sequences.reading.intake import poll_mailbox
from sequences.sending.dispatch import drain_mailbox
from sequences.sending.outbox import Counts, sweep_leases
from sequences.sending.settlement import record_unknown_sweep
from sequences.upkeep import keep_up

Report = Callable[[str], None]
LEFT_ALONE_FOR = timedelta(minutes=10)


def sweep(engine: Engine) -> Counts:
    """Take back dead claims, let held runs go on, plan what is due. Reads first: an idle sweep writes nothing."""
    counts = Counts()
    with engine.database.transaction() as tx:
        beat(tx, "beat")
        _, counts.unknown = sweep_leases(tx)
        if counts.unknown:
            record_unknown_sweep(tx)
    while True:
        with engine.database.transaction() as tx:
            released = release_held(tx)
            planned = plan_due(tx, engine.links)
        counts.planned += planned
        if not planned and not released:
            return counts


def tick(engine: Engine, *, report: Report | None = None) -> Counts:
    """Go on until nothing is due, pass after pass of sweep, poll and drain; then make ready what pages show."""
    total = Counts()
    while True:
        done = one_pass(engine, report=report)
        total.add(done)
        worked = run_jobs(engine)
        if not (worked or done.planned or done.sent or done.failed or done.received):
            break
    while keep_up(engine):
        pass
    return total


def one_pass(engine: Engine, *, report: Report | None = None) -> Counts:
    """Do one pass over every mailbox."""
    counts = sweep(engine)
    for mailbox_id, address in list_boxes(engine):
        if report:
            report(f"Reading {address}")
        if not _is_left_alone(engine, mailbox_id):
            counts.add(poll_mailbox(engine, mailbox_id).counts)
        counts.add(sweep(engine))
        if report:
            report(f"Sending from {address}")
        counts.add(drain_mailbox(engine, mailbox_id))
    return counts


def list_boxes(engine: Engine) -> list[tuple[int, str]]:
    """Return every connected mailbox; a paused one sends nothing, but answers and opt-outs are still read."""
    is_on = Mailbox.disconnected_at.is_(None)
    with engine.database.reading() as tx:
        rows = tx.session.execute(select(Mailbox.id, Mailbox.address).where(is_on).order_by(Mailbox.id))
        return [(row[0], row[1]) for row in rows]


def _is_left_alone(engine: Engine, mailbox_id: int) -> bool:
    """Return whether a paused mailbox could not be read a moment ago: a refused sign-in is not repeated (B7)."""
    with engine.database.reading() as tx:
        mailbox, last = tx.session.get_one(Mailbox, mailbox_id), tx.session.get(Heartbeat, f"poll:{mailbox_id}")
        is_broken = last is not None and bool(last.note) and last.at > tx.now - LEFT_ALONE_FOR
        return mailbox.paused_at is not None and is_broken
