"""Use cases: does a job's chunks, one transaction each, under a lease; harmless when run 0, 1 or 3 times."""

import logging

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from crm.jobs import OPEN, list_open_jobs, write_log
from crm.models import Job
from kit.errors import RapportError, say
from kit.ids import is_gone
from kit.tx import Tx
from sequences.engine import Engine
from sequences.jobs.kinds import KINDS
from sequences.leases import hold_lease, renew_lease
from sequences.models import Heartbeat

log = logging.getLogger(__name__)

LEASE_S = 120.0
CHUNKS = 20  # in one go, then mail has its turn
_TRIES = 3


def run_job(engine: Engine, job_id: int, *, chunks: int = CHUNKS) -> bool:
    """Do some chunks of a job; return whether it goes on."""
    with hold_lease(engine.database, _lease(job_id), LEASE_S) as owner:
        if owner is None:
            return False
        goes_on = True
        for _ in range(chunks):
            goes_on = _one_chunk(engine, job_id, owner)
            if not goes_on:
                break
    return goes_on


def run_jobs(engine: Engine) -> int:
    """Do everything that waits to be done; return how many jobs were worked on."""
    with engine.database.reading() as tx:
        waiting = find_due(tx)
    for job_id in waiting:
        while run_job(engine, job_id):
            pass
    return len(waiting)


def find_due(tx: Tx) -> list[int]:
    """Return the jobs that have not ended and that nobody works on."""
    open_jobs = list_open_jobs(tx)
    if not open_jobs:
        return []
    names = [_lease(job_id) for job_id in open_jobs]
    held = {
        row.name
        for row in tx.session.scalars(select(Heartbeat).where(Heartbeat.name.in_(names), Heartbeat.until >= tx.now))
        if row.owner and not is_gone(row.owner)
    }
    return [job_id for job_id in open_jobs if _lease(job_id) not in held]


def _one_chunk(engine: Engine, job_id: int, owner: str) -> bool:
    """Do one chunk; return whether there is more to do."""
    try:
        with engine.database.transaction() as tx:
            if not renew_lease(tx, _lease(job_id), owner, LEASE_S):
                return False
            job = tx.session.get(Job, job_id, with_for_update=True)
            if job is None or job.state not in OPEN:
                return False
            return _step(tx, job, owner)
    except RapportError as error:
        return _fail(engine, job_id, owner, error.sentence)
    except Exception as error:
        log.exception("job_failed", extra={"job_id": job_id})
        return _try_again(engine, job_id, owner, is_race=isinstance(error, IntegrityError))


def _step(tx: Tx, job: Job, owner: str) -> bool:
    if job.state == "waiting":
        job.state, job.started_at = "running", tx.now
        write_log(tx, job, say("Begun."))
    step = KINDS.get(job.kind)
    if step is None:
        raise RapportError(say("This version of Rapport does not know this kind of work. Nothing was changed."))
    is_last = step(tx, job)
    job.faults = 0
    if is_last:
        write_log(tx, job, say("Finished."))
        _end(tx, job, "done", owner)
    return not is_last


def _try_again(engine: Engine, job_id: int, owner: str, *, is_race: bool) -> bool:
    """Count a fault at the same chunk; the third ends the job, and what was done before it stays."""
    with engine.database.transaction() as tx:
        job = tx.session.get_one(Job, job_id)
        job.faults += 1
        write_log(tx, job, say("A step was undone by a fault and is tried again."))
        # Somebody else was quicker with one of the rows: looking again finds it. Anything else waits for the sweep.
        if job.faults < _TRIES:
            return is_race
    return _fail(
        engine,
        job_id,
        owner,
        say("It stopped at the same place three times. What was done before it is kept; the reason is in the log."),
    )


def _fail(engine: Engine, job_id: int, owner: str, sentence: str) -> bool:
    with engine.database.transaction() as tx:
        job = tx.session.get_one(Job, job_id)
        if job.state in OPEN:
            job.result = {**job.result, "fault": str(sentence)}
            write_log(tx, job, sentence)
            _end(tx, job, "failed", owner)
    return False


def _end(tx: Tx, job: Job, state: str, owner: str) -> None:
    job.state, job.ended_at = state, tx.now
    tx.session.execute(delete(Heartbeat).where(Heartbeat.name == _lease(job.id), Heartbeat.owner == owner))


def _lease(job_id: int) -> str:
    return f"job:{job_id}"
