"""Use cases: long work as a row: begun, moved on a chunk at a time, ended; and the files it reads and makes.

Who does the work is sequences.jobs' business. A chunk changes its job only through these functions.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select

from crm.changes import keep_words
from crm.models import Job, JobFile
from kit.errors import NotFoundError, RefusedError, say
from kit.tx import Tx

OPEN = ("waiting", "running")
FILES_KEPT_FOR = timedelta(days=30)
_PIECE = 1 << 20
_MAX_LOG = 100


def start_job(tx: Tx, kind: str, *, actor: str, total: int, data: Mapping[str, Any], title: str = "") -> Job:
    """Ask for long work; a worker begins within a second. `title` made by `say` is shown in every language.

    Files of work that ended 30 days ago are forgotten on the way: they hold people's data.
    """
    _forget_old_files(tx)
    job = Job(
        kind=kind,
        state="waiting",
        title=str(title),
        words=keep_words(title),
        total=total,
        done=0,
        data=dict(data),
        cursor={},
        left_out={},
        result={},
        log=[],
        faults=0,
        actor=actor,
        created_at=tx.now,
    )
    tx.session.add(job)
    tx.session.flush()
    return job


def get_own_job(tx: Tx, job_id: int, actor: str) -> Job:
    """Return a job to the one who asked for it; what it reads and makes is for nobody else."""
    job = get_job(tx, job_id)
    if job.actor != actor:
        raise RefusedError(say("Only whoever asked for this can see its files. Ask them, or do it yourself."))
    return job


def drop_drafts(tx: Tx, actor: str, *, older: timedelta = timedelta(days=1)) -> None:
    """Remove drafts of one person, and forgotten ones of anybody, with their files."""
    gone = or_(Job.actor == actor, Job.created_at < tx.now - older)
    ids = list(tx.session.scalars(select(Job.id).where(Job.state == "draft", gone)))
    if ids:
        tx.session.execute(delete(JobFile).where(JobFile.job_id.in_(ids)))
        tx.session.execute(delete(Job).where(Job.id.in_(ids)))


def get_job(tx: Tx, job_id: int) -> Job:
    """Return a job by its id."""
    job = tx.session.get(Job, job_id)
    if job is None:
        raise NotFoundError(say("There is no such job."))
    return job


def list_jobs(tx: Tx, *, limit: int = 50) -> list[Job]:
    """Return jobs that were begun, the newest first."""
    return list(tx.session.scalars(select(Job).where(Job.state != "draft").order_by(Job.id.desc()).limit(limit)))


def list_open_jobs(tx: Tx) -> list[int]:
    """Return the jobs that have not ended, the oldest first."""
    return list(tx.session.scalars(select(Job.id).where(Job.state.in_(OPEN)).order_by(Job.id)))


def list_running(tx: Tx, kind: str) -> list[Job]:
    """Return work of a kind that has not ended, the oldest first."""
    return list(tx.session.scalars(select(Job).where(Job.state.in_(OPEN), Job.kind == kind).order_by(Job.id)))


def move_on(job: Job, done: int, **cursor: Any) -> None:
    """Say how many things are done, and where the next chunk begins."""
    job.done = done
    job.cursor = {**job.cursor, **cursor}


def leave_out(job: Job, why: str, count: int = 1) -> None:
    """Count things that were left out for a reason, a sentence for people."""
    job.left_out = {**job.left_out, str(why): job.left_out.get(str(why), 0) + count}


def add_counts(job: Job, **counts: int) -> None:
    """Add to the counts of the result."""
    known = job.result.get("counts", {})
    job.result = {**job.result, "counts": {**known, **{n: known.get(n, 0) + c for n, c in counts.items()}}}


def write_log(tx: Tx, job: Job, sentence: str) -> None:
    """Add a line to a job's log; the first lines stay, of the later ones the newest."""
    lines = [*job.log, [tx.now.isoformat(), str(sentence)]]
    job.log = lines if len(lines) <= _MAX_LOG else [*lines[:1], *lines[-_MAX_LOG + 1 :]]


def time_left(job: Job, now: datetime) -> timedelta | None:
    """Return how long the rest will take at the speed so far; None before anything is done."""
    if job.started_at is None or not job.done or job.state not in OPEN:
        return None
    return (now - job.started_at) / job.done * max(0, job.total - job.done)


def add_to_file(tx: Tx, job: Job, role: str, content: bytes) -> None:
    """Append to a file of a job; what is there already is not rewritten."""
    last = select(func.coalesce(func.max(JobFile.position), -1)).where(JobFile.job_id == job.id, JobFile.role == role)
    position = tx.session.scalars(last).one()
    for start in range(0, len(content), _PIECE):
        position += 1
        piece = content[start : start + _PIECE]
        tx.session.add(JobFile(job_id=job.id, role=role, position=position, content=piece))
    tx.session.flush()


def read_file(tx: Tx, job_id: int, role: str) -> bytes:
    """Return a file of a job; empty when there is none."""
    pieces = select(JobFile.content).where(JobFile.job_id == job_id, JobFile.role == role)
    return b"".join(tx.session.scalars(pieces.order_by(JobFile.position)))


def list_files(tx: Tx, job_id: int) -> frozenset[str]:
    """Return the roles of a job's files."""
    return frozenset(tx.session.scalars(select(JobFile.role).where(JobFile.job_id == job_id).distinct()))


def drop_file(tx: Tx, job_id: int, role: str) -> None:
    """Remove a file that is not needed any more."""
    tx.session.execute(delete(JobFile).where(JobFile.job_id == job_id, JobFile.role == role))


def _forget_old_files(tx: Tx) -> None:
    old = select(Job.id).where(Job.ended_at < tx.now - FILES_KEPT_FOR)
    tx.session.execute(delete(JobFile).where(JobFile.job_id.in_(old)).execution_options(synchronize_session=False))
