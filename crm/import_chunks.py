"""Use cases: what one chunk of an import takes, whether a command or a job brings it: finding, and the import's row."""

from collections.abc import Mapping, Sequence

from sqlalchemy import update

from crm.csv_files import Candidate, Rejected
from crm.fields import known_fields
from crm.import_merge import VERDICTS, Outcome, place_row
from crm.import_own import settle_own
from crm.import_people import Directory
from crm.import_reading import find_people
from crm.models import Import
from kit.tx import Tx

Entries = tuple[int, int]
_MAX_FILENAME = 300


def open_import(tx: Tx, filename: str, brand_id: int | None, columns: Mapping[str, str], actor: str) -> int:
    """Begin an import: the row that everything it brings points at."""
    row = Import(
        filename=filename[:_MAX_FILENAME],
        brand_id=brand_id,
        mapping=dict(columns),
        counts=dict.fromkeys(VERDICTS, 0),
        undo={},
        actor=actor,
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row.id


def was_taken_back(tx: Tx, import_id: int | None) -> bool:
    """Return whether somebody took an import back while it runs; until this transaction ends nobody can."""
    row = tx.session.get(Import, import_id, with_for_update=True, populate_existing=True) if import_id else None
    return row is not None and row.undone_at is not None


def place_chunk(
    tx: Tx, directory: Directory, chunk: Sequence[Candidate | Rejected], brand_id: int | None, *, lock: bool = False
) -> list[Outcome]:
    """Return the verdict on each row, with whom it means; nothing is stored, and with `lock` nobody changes them."""
    if any(isinstance(row, Candidate) and row.own for row in chunk):
        chunk = [settle_own(row, known_fields(tx)) for row in chunk]
    find_people(tx, directory, [row for row in chunk if isinstance(row, Candidate)], brand_id, lock=lock)
    return [place_row(directory, row, relate=brand_id is not None) for row in chunk]


def widen(known: Entries | None, entries: Entries | None) -> Entries | None:
    """Return the range of timeline entries that holds both."""
    if entries is None or known is None:
        return entries or known
    return min(known[0], entries[0]), max(known[1], entries[1])


def note_import(tx: Tx, import_id: int, counts: Mapping[str, int], entries: Entries | None) -> None:
    """Bring the import's own row up to date, so that one cut short can be taken back too."""
    undo = {"entries": list(entries)} if entries else {}
    tx.session.execute(update(Import).where(Import.id == import_id).values(counts=dict(counts), undo=undo))
