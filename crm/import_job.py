"""Use cases: an import as long work: the uploaded file is kept with the job, and each chunk goes on where one ended.

What a restart needs is in the job and its files; an open reader is kept in memory only so that the file is not read
from its beginning for every chunk.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from crm.csv_files import Candidate, RawRow, Rejected, Table, open_table, read_row
from crm.csv_writing import BOM, write_rows
from crm.fields import known_fields
from crm.import_change import close_change, open_change
from crm.import_chunks import note_import, open_import, place_chunk, was_taken_back, widen
from crm.import_memory import spell_columns
from crm.import_mending import mend_rows
from crm.import_merge import VERDICTS, Outcome
from crm.import_people import Directory
from crm.import_writes import Origin, write_chunk
from crm.imports import require_people, understand
from crm.jobs import add_counts, add_to_file, drop_file, leave_out, move_on, read_file
from crm.models import Import, Job
from crm.open_files import OpenFiles, open_copy
from crm.twin_list import count_twins
from kit.errors import say
from kit.tx import Tx

CHUNK = 500
UPLOAD, SEEN, LEFT_OUT = "upload", "seen", "left_out"


@dataclass(slots=True, kw_only=True)
class _Reader:
    """A file being read, at row `done`; its copy on disk goes when it does."""

    table: Table
    rows: Iterator[tuple[RawRow, Candidate | Rejected]]
    columns: dict[str, str]
    done: int
    copy: Any
    directory: Directory = field(default_factory=Directory)


_OPEN: OpenFiles[_Reader] = OpenFiles()


def take_import_chunk(tx: Tx, job: Job) -> bool:
    """Bring the next rows in; the last chunk makes the import a change that can be taken back."""
    reader = _OPEN.take(tx, job)
    if was_taken_back(tx, job.cursor.get("import_id")):
        _forget(tx, job)
        return True
    if reader is None:
        reader = _open(tx, job)
    chunk = list(islice(reader.rows, CHUNK))
    origin = _origin(tx, job, reader)
    tag = job.data.get("tag", "")
    outcomes = place_chunk(tx, reader.directory, [_tagged(row, tag) for _, row in chunk], origin.brand_id, lock=True)
    entries = write_chunk(tx, origin, outcomes)
    if told := sum(len(outcome.several) > 1 for outcome in outcomes):
        add_counts(job, pairs=told)
    _note(tx, job, origin, outcomes, entries)
    _keep_left_out(tx, job, reader.table, [raw for raw, _ in chunk], outcomes)
    named, stated = reader.directory.seen()
    add_to_file(tx, job, SEEN, json.dumps([list(named.items()), stated]).encode() + b"\n")
    reader.done += len(chunk)
    move_on(job, reader.done, import_id=origin.import_id)
    if len(chunk) < CHUNK:
        _finish(tx, job, origin)
        return True
    tx.after_commit(reader.directory.settle)
    _OPEN.keep(tx, job, reader)
    return False


def _open(tx: Tx, job: Job) -> _Reader:
    """Open the file at the row where the last chunk ended, remembering what the earlier ones said."""
    copy = open_copy(read_file(tx, job.id, UPLOAD))
    table = open_table(Path(copy.name))
    chosen = job.data.get("columns", {})
    mapping, conventions = understand(table, chosen, None, job.data["filename"], known_fields(tx))
    require_people(mapping)
    mended = mend_rows(table.rows(), job.data.get("corrections", {}), len(table.header))
    raws = islice(mended, job.done, None)
    reader = _Reader(
        table=table,
        rows=((raw, read_row(raw, mapping, conventions)) for raw in raws),
        columns=spell_columns(mapping),
        done=job.done,
        copy=copy,
    )
    for line in read_file(tx, job.id, SEEN).splitlines():
        named, stated = json.loads(line)
        reader.directory.recall(dict(named), stated)
    return reader


def _origin(tx: Tx, job: Job, reader: _Reader) -> Origin:
    data = job.data
    import_id = job.cursor.get("import_id") or _begin(tx, job, reader)
    return Origin(
        import_id=import_id,
        filename=data["filename"],
        actor=job.actor,
        brand_id=data.get("brand_id"),
        basis=data.get("basis", ""),
    )


def _begin(tx: Tx, job: Job, reader: _Reader) -> int:
    """Open the import and its change, so that one cut short can be taken back too."""
    name = job.data["filename"]
    import_id = open_import(tx, name, job.data.get("brand_id"), reader.columns, job.actor)
    job.change_id = open_change(tx, import_id, name, actor=job.actor, place=f"/jobs/{job.id}").id
    return import_id


def _tagged(row: Candidate | Rejected, tag: str) -> Candidate | Rejected:
    return replace(row, tags=(*row.tags, tag)) if tag and isinstance(row, Candidate) else row


def _note(tx: Tx, job: Job, origin: Origin, outcomes: list[Outcome], entries: tuple[int, int] | None) -> None:
    verdicts = [outcome.verdict for outcome in outcomes]
    add_counts(job, **{verdict: verdicts.count(verdict) for verdict in VERDICTS})
    row = tx.session.get_one(Import, origin.import_id, populate_existing=True)
    first, last = row.undo.get("entries", (None, None))
    known = None if first is None else (first, last)
    note_import(tx, origin.import_id, job.result["counts"], widen(known, entries))


def _keep_left_out(tx: Tx, job: Job, table: Table, raws: list[RawRow], outcomes: list[Outcome]) -> None:
    """Keep rejected rows with their reasons, so that they can be mended and brought again."""
    rows = [
        (outcome.line, outcome.reason, *raw.cells)
        for raw, outcome in zip(raws, outcomes, strict=True)
        if outcome.verdict == "rejected"
    ]
    for _, reason, *_cells in rows:
        leave_out(job, _kind_of(str(reason)))
    if rows:
        first = job.result.get("has_left_out") is None
        head = [("line", "why it was left out", *table.header)] if first else []
        add_to_file(tx, job, LEFT_OUT, (BOM if first else b"") + write_rows([*head, *rows]))
        job.result = {**job.result, "has_left_out": True}


def _kind_of(reason: str) -> str:
    """Return a reason without what is particular to one row, so that rows can be counted by it."""
    if " is no email address" in reason:
        return say("The email address is broken, and the row has no handle.")
    if "different contacts" in reason:
        return say("Its addresses and handles belong to different contacts; merge them first, or split the row.")
    return (
        reason
        if reason.startswith(("The row is", "The row has no", "This person", "A "))
        else say("The row does not fit the table.")
    )


def _finish(tx: Tx, job: Job, origin: Origin) -> None:
    """Make the import a change, and forget the file."""
    counts = job.result["counts"]
    kept = job.change_id
    if not counts["created"] + counts["updated"]:
        job.change_id = None  # before the change goes
        tx.session.flush()
    if kept is not None:
        close_change(tx, kept, origin.filename, counts)
    if pairs := count_twins(tx, import_id=origin.import_id):
        add_counts(job, pairs=pairs)
    job.result = {**job.result, "place": "/contacts?sort=-added"}
    _forget(tx, job)


def _forget(tx: Tx, job: Job) -> None:
    job.total = job.done
    job.data = {**job.data, "corrections": {}}
    for role in (UPLOAD, SEEN):
        drop_file(tx, job.id, role)
