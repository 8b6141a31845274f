"""Use cases: searches every table for the traces of a person who was erased, a stretch of rows at a time."""

from typing import Any

from sqlalchemy import JSON, String, Table, Text, cast, delete, false, func, literal, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from crm.jobs import add_counts, drop_file, move_on, write_log
from crm.models import Change, Job, JobFile
from crm.search_index import purge
from kit.db import wipe_freed
from kit.errors import say
from kit.tx import Tx
from sequences.privacy.columns import WITHOUT_ACCOUNTS, kind_of
from sequences.privacy.erasure import remove_again, searched
from sequences.privacy.old_deeds import Theirs, blank_deeds, empty
from sequences.privacy.traces import GONE, Traces

_STRETCH = 5_000
_WIPE_AT_MOST = 1 << 30
# Raw mails are only a copy of what is beside them; what cannot be read at all is not worth a person's trace.
_COPIES = frozenset({"message_bodies", "send_bodies"})
_WHOLE = frozenset({"quarantine"})


def take_erase_chunk(tx: Tx, job: Job) -> bool:
    """Empty what was done with them, then search the next rows; last, what was freed is overwritten on disk."""
    tables = searched()
    theirs = [Theirs.of_document(one) for one in job.cursor.get("theirs", ())]
    if theirs:
        reached = blank_deeds(tx, theirs, int(job.cursor["after"]))
        kept = job.cursor["theirs"] if reached else []
        move_on(job, job.done + (reached is None), after=reached or 0, theirs=kept)
        return False
    traces = Traces.of_document(job.cursor["traces"])
    # The first thing done was the changes; a search that an older program began looks at one table twice.
    if job.done <= len(tables):
        table = tables[max(job.done, 1) - 1]
        after = _search(tx, table, traces, int(job.cursor["after"]), job)
        move_on(job, job.done + (after is None), after=after or 0)
        return False
    _forget_files(tx, traces)
    for contact_id, reason in job.cursor["people"]:
        remove_again(tx, contact_id, reason=reason, actor=job.actor)
    write_log(tx, job, say("Backups made before today still hold this person. Delete them when you can."))
    job.cursor = {}
    purge(tx.session.connection())
    engine = tx.session.get_bind().engine
    tx.after_commit(lambda: wipe_freed(engine, at_most=_WIPE_AT_MOST))
    return True


def _search(tx: Tx, table: Table, traces: Traces, after: int, job: Job) -> int | None:
    """Search the rows after a number, or all where rows have no number; return how far, None at the end."""
    texts = [column for column in table.c if _is_text(column) and not column.primary_key]
    if table.name in WITHOUT_ACCOUNTS:
        traces = traces.without_accounts()
    number = _number(table)
    last = tx.session.scalar(select(func.max(number))) if number is not None else None
    if not texts or (number is not None and last is None):
        return None
    within = [number > after, number <= after + _STRETCH] if number is not None else []
    named = _names(texts, traces)
    if table is Job.__table__:
        # What this very job looks for goes when it ends.
        within = [*within, table.c.id != job.id]
    keys = list(table.primary_key.columns)
    rows = tx.session.execute(select(*keys, *texts).where(*within, named)).all()
    changed = sum(_clean(tx, table, keys, texts, tuple(row), traces) for row in rows)
    add_counts(job, searched=len(rows), cleaned=changed)
    _drop_whole(tx, table, within, traces)
    return after + _STRETCH if last is not None and after + _STRETCH < last else None


def _clean(tx: Tx, table: Table, keys: list[Any], texts: list[Any], row: tuple[Any, ...], traces: Traces) -> int:
    """Write a row anew without the traces; return whether it had any."""
    values: dict[str, Any] = {}
    for column, value in zip(texts, row[len(keys) :], strict=True):
        clean = _without(traces, column, value)
        if value is not None and clean != value:
            values[column.name] = clean
    if not values:
        return 0
    if table.name in _COPIES:
        values["raw"] = None
    where = [key == value for key, value in zip(keys, row, strict=False)]
    if table.name == "changes" and "data" in values:
        empty(tx.session.get_one(Change, row[0]))
    elif table.name == "suppressions" and "target" in values:
        # Whoever was erased is refused by the mark of their address.
        tx.session.execute(delete(table).where(*where))
    else:
        tx.session.execute(update(table).where(*where).values(values))
    return 1


def _without(traces: Traces, column: Any, value: Any) -> Any:
    """Return what a column holds without the traces, as far as it may be rewritten."""
    kind = kind_of(column.table.name, column.name)
    if value is None or kind == "others":
        return value
    if kind == "exact":
        return GONE if traces.is_exactly(value) else value
    if isinstance(column.type, JSON):
        return traces.scrub_document(value, excerpt=kind == "excerpt")
    return traces.scrub(value, excerpt=kind == "excerpt")


def _names(columns: list[Any], traces: Traces) -> ColumnElement[bool]:
    """Return the condition that a row may name the person: any text of it holds any of the needles."""
    like = [f"%{_escape(one)}%" for one in traces.needles()]
    return or_(false(), *(cast(column, Text).ilike(one, escape="\\") for column in columns for one in like))


def _drop_whole(tx: Tx, table: Table, within: list[Any], traces: Traces) -> None:
    """Remove what is kept as bytes only and names the person, and raw copies that do."""
    if table.name not in {*_COPIES, *_WHOLE} or not traces.emails:
        return
    raw, [key] = table.c.raw, table.primary_key.columns
    holds = or_(*(_has_bytes(tx, raw, email.encode()) for email in traces.emails))
    found = list(tx.session.scalars(select(key).where(*within, raw.is_not(None), holds)))
    if table.name in _WHOLE:
        tx.session.execute(delete(table).where(key.in_(found)))
    else:
        tx.session.execute(update(table).where(key.in_(found)).values(raw=None))


def _number(table: Table) -> Any:
    """Return the column that numbers a table's rows; None where several or words do."""
    keys = list(table.primary_key.columns)
    return keys[0] if len(keys) == 1 and keys[0].type.python_type is int else None


def _has_bytes(tx: Tx, column: Any, word: bytes) -> ColumnElement[bool]:
    if tx.session.get_bind().dialect.name == "sqlite":
        return func.instr(column, word) > 0
    return func.position(literal(word).op("IN")(column)) > 0


def _forget_files(tx: Tx, traces: Traces) -> None:
    """Remove the files of jobs that hold the person: uploads, what was left out, exports."""
    files = tx.session.execute(select(JobFile.job_id, JobFile.role).distinct()).all()
    for job_id, role in files:
        query = select(JobFile.content).where(JobFile.job_id == job_id, JobFile.role == role)
        if traces.is_in_file(b"".join(tx.session.scalars(query.order_by(JobFile.position)))):
            drop_file(tx, job_id, role)
            # A file that is only looked at yet: its preview holds rows of it.
            tx.session.execute(delete(Job).where(Job.id == job_id, Job.state == "draft"))


def _is_text(column: Any) -> bool:
    return isinstance(column.type, String | JSON)


def _escape(needle: str) -> str:
    return needle.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
