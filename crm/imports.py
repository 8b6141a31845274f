"""Use cases: contacts from a file: a preview, a dry run, and the import itself in short transactions.

Every row gets one verdict, so the counts add up to the rows of the file. Taking an import back is crm.import_undo's.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from crm.brands import get_brand
from crm.csv_files import (
    Candidate,
    Conventions,
    RawRow,
    Rejected,
    Table,
    guess_mapping,
    learn_conventions,
    open_table,
    override,
    read_row,
    with_platform,
)
from crm.csv_files import Mapping as ColumnMapping
from crm.fields import known_fields
from crm.import_change import close_change, open_change
from crm.import_chunks import note_import, open_import, place_chunk, was_taken_back, widen
from crm.import_memory import spell_columns
from crm.import_merge import VERDICTS, Outcome
from crm.import_own import require_own, with_own
from crm.import_people import Directory
from crm.import_writes import Origin, write_chunk
from crm.models import Brand, ContactField
from kit.errors import ConflictError, InvalidError, say
from kit.tx import Database, Tx

CHUNK = 1_000

_SAMPLE = 2_000
_PREVIEW_ROWS = 10
_TRIES = 3
_PEOPLE = frozenset({"email", "handle", "url", "name", "first_name", "last_name"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a file would be read. `rows` are its first rows as they stand, `readings` what each comes to."""

    filename: str
    encoding: str
    delimiter: str
    has_header: bool
    mapping: ColumnMapping
    conventions: Conventions
    rows: tuple[RawRow, ...]
    readings: tuple[Candidate | Rejected, ...]


@dataclass(slots=True, kw_only=True)
class ImportResult:
    """What became of a file. `import_id` is None after a dry run; `counts` has every verdict.

    Each of `rows` is {"line", "verdict", "reason", "contact"}, in the file's order; contact is an id or None.
    """

    import_id: int | None
    counts: dict[str, int]
    mapping: dict[str, str]
    rows: list[dict[str, Any]] = field(default_factory=list)


def preview_import(
    path: Path, overrides: Mapping[str, str], platform: str | None = None, *, filename: str | None = None
) -> Plan:
    """Say how a file would be read; `overrides` set columns by hand, `filename` is the name it was sent under.

    Raises:
        InvalidError: the file is no table, or an override names no column or field.
    """
    table = open_table(path)
    mapping, conventions = understand(table, overrides, platform, filename or path.name)
    rows = tuple(islice(table.rows(), _PREVIEW_ROWS))
    return Plan(
        filename=filename or path.name,
        encoding=table.encoding,
        delimiter=table.delimiter,
        has_header=table.has_header,
        mapping=mapping,
        conventions=conventions,
        rows=rows,
        readings=tuple(read_row(row, mapping, conventions) for row in rows),
    )


def run_import(
    database: Database,
    path: Path,
    *,
    brand_name: str | None,
    overrides: Mapping[str, str],
    platform: str | None,
    dry_run: bool,
    actor: str,
    progress: Callable[[int], None] | None = None,
    keep_rows: int | None = None,
    filename: str | None = None,
    chunk_rows: int = CHUNK,
) -> ImportResult:
    """Bring a file's rows into the contacts, a chunk per transaction.

    A dry run gives the same verdicts and writes nothing. Blank facts are filled and newer figures become snapshots;
    what is known is never overwritten. An import that was cut short is finished by running it again. `keep_rows`
    limits the rows of the result; `progress` hears how many rows are done.

    Raises:
        InvalidError: as for a preview, or no column tells who a row is about, or several brands and none named.
        NotFoundError: there is no brand of that name.
    """
    name = filename or path.name
    table = open_table(path)
    with database.reading() as tx:
        brand_id, fields = _brand_id(tx, brand_name), known_fields(tx)
    mapping, conventions = understand(table, overrides, platform, name, fields)
    require_people(mapping)
    result = ImportResult(import_id=None, counts=dict.fromkeys(VERDICTS, 0), mapping=mapping.columns)
    change_id = 0
    if not dry_run:
        with database.transaction() as tx:
            result.import_id = open_import(tx, name, brand_id, spell_columns(mapping), actor)
            change_id = open_change(tx, result.import_id, name, actor=actor, place="/contacts?sort=-added").id
    origin = Origin(import_id=result.import_id or 0, filename=name, actor=actor, brand_id=brand_id)
    run = _Run(database, origin, dry_run=dry_run)
    for chunk in _chunks((read_row(row, mapping, conventions) for row in table.rows()), chunk_rows):
        outcomes = run.take(chunk, result.counts)
        room = len(outcomes) if keep_rows is None else max(0, keep_rows - len(result.rows))
        result.rows.extend(_shown(outcome) for outcome in outcomes[:room])
        if progress:
            progress(sum(result.counts.values()))
    if not dry_run:
        with database.transaction() as tx:
            close_change(tx, change_id, name, result.counts)
    return result


class _Run:
    """One pass over a file, a chunk at a time."""

    def __init__(self, database: Database, origin: Origin, *, dry_run: bool) -> None:
        self._database = database
        self._origin = origin
        self._dry_run = dry_run
        self._directory = Directory()
        self._entries: tuple[int, int] | None = None

    def take(self, chunk: list[Candidate | Rejected], counts: dict[str, int]) -> list[Outcome]:
        """Decide on a chunk's rows, store them, and add their verdicts to `counts`."""
        if self._dry_run:
            # The directory keeps everybody the file named: it stands in for what a real run would have stored.
            with self._database.reading() as tx:
                outcomes = self._place(tx, chunk)
        else:
            outcomes = self._store(chunk, counts)
        for outcome in outcomes:
            counts[outcome.verdict] += 1
        return outcomes

    def _store(self, chunk: list[Candidate | Rejected], counts: dict[str, int]) -> list[Outcome]:
        """Store a chunk; when somebody added one of its people meanwhile, look again."""
        for left in reversed(range(_TRIES)):
            try:
                with self._database.transaction() as tx:
                    if was_taken_back(tx, self._origin.import_id):
                        raise ConflictError(say("This import was taken back already."), code="undone")
                    outcomes = self._place(tx, chunk)
                    entries = widen(self._entries, write_chunk(tx, self._origin, outcomes))
                    self._note(tx, outcomes, counts, entries)
            except IntegrityError:
                self._directory.drop()
                if not left:
                    raise
            else:
                self._entries = entries
                self._directory.settle()
                return outcomes
        raise AssertionError("a chunk is stored or raises")

    def _place(self, tx: Tx, chunk: list[Candidate | Rejected]) -> list[Outcome]:
        return place_chunk(tx, self._directory, chunk, self._origin.brand_id, lock=not self._dry_run)

    def _note(self, tx: Tx, outcomes: list[Outcome], counts: dict[str, int], entries: tuple[int, int] | None) -> None:
        verdicts = [outcome.verdict for outcome in outcomes]
        totals: dict[str, int] = {verdict: counts[verdict] + verdicts.count(verdict) for verdict in VERDICTS}
        note_import(tx, self._origin.import_id, totals, entries)


def understand(
    table: Table,
    overrides: Mapping[str, str],
    platform: str | None,
    filename: str,
    fields: Mapping[str, ContactField] | None = None,
) -> tuple[ColumnMapping, Conventions]:
    """Return what the columns hold and how their values are written; `fields` are the own fields there are."""
    sample = table.sample(_SAMPLE)
    guessed = guess_mapping(table.header, sample, filename)
    mapping = override(guessed if fields is None else with_own(guessed, fields), dict(overrides))
    if fields is not None:
        require_own(mapping, fields)
    if platform:
        mapping = with_platform(mapping, platform)
    return mapping, learn_conventions(mapping, sample)


def require_people(mapping: ColumnMapping) -> None:
    """Refuse a mapping in which no column tells who a row is about."""
    if not _PEOPLE.intersection(mapping.columns.values()):
        raise InvalidError(
            say(
                "No column tells who a row is about. Say which one does, such as: --map COLUMN=email, =handle or =name."
            ),
            code="no_people",
        )


def _brand_id(tx: Tx, name: str | None) -> int | None:
    """Return the brand named, or the only one; None in a workspace without brands."""
    if name is None and tx.session.scalar(select(Brand.id).limit(1)) is None:
        return None
    return get_brand(tx, name).id


def _chunks(rows: Iterator[Candidate | Rejected], size: int) -> Iterator[list[Candidate | Rejected]]:
    while chunk := list(islice(rows, size)):
        yield chunk


def _shown(outcome: Outcome) -> dict[str, Any]:
    contact = outcome.person.id if outcome.person else None
    return {"line": outcome.line, "verdict": outcome.verdict, "reason": outcome.reason, "contact": contact}
