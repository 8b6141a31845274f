"""Use cases: reading sequences and the versions that were published of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import select

from kit.errors import ConflictError, NotFoundError, say
from kit.tx import Tx
from sequences.models import Sequence, SequenceVersion
from sequences.versions.sequence_file import SequenceFile, Step


def find_sequence(tx: Tx, name: str) -> Sequence | None:
    """Return the sequence of that name."""
    return tx.session.scalar(select(Sequence).where(Sequence.name == name))


def get_sequence(tx: Tx, name: str) -> Sequence:
    """Return the sequence of that name, or refuse."""
    sequence = find_sequence(tx, name)
    if sequence is None:
        raise NotFoundError(say("There is no sequence named %(name)s.", name=name))
    return sequence


def list_sequences(tx: Tx, *, archived: bool = False) -> list[Sequence]:
    """Return the sequences at hand, or those that are archived, newest first."""
    query = select(Sequence).where((Sequence.state == "archived") == archived)
    return list(tx.session.scalars(query.order_by(Sequence.id.desc())))


def refuse_archived(sequence: Sequence) -> None:
    """Refuse what would change a sequence that was put away, or let it send; it is read, and copied."""
    if sequence.state == "archived":
        raise ConflictError(say("%(name)s is archived. Bring it back first, then change it.", name=sequence.name))


def require_free_name(tx: Tx, name: str) -> None:
    """Refuse a name that a sequence has, at hand or archived."""
    other = find_sequence(tx, name)
    if other and other.state == "archived":
        raise ConflictError(
            say("An archived sequence is named %(name)s. Choose another name, or bring that one back.", name=name)
        )
    if other:
        raise ConflictError(say("There is a sequence named %(name)s already. Choose another name.", name=name))


def get_version(tx: Tx, sequence: Sequence, number: int | None = None) -> SequenceVersion:
    """Return one published version of a sequence, the newest for None, or refuse."""
    number = sequence.version if number is None else number
    query = select(SequenceVersion).where(SequenceVersion.sequence_id == sequence.id, SequenceVersion.number == number)
    version = tx.session.scalar(query)
    if version is None:
        raise NotFoundError(say("%(name)s has no version %(number)s.", name=sequence.name, number=number))
    return version


def get_sequence_by_id(tx: Tx, sequence_id: int) -> Sequence:
    """Return the sequence with that number, or refuse."""
    sequence = tx.session.get(Sequence, sequence_id)
    if sequence is None:
        raise NotFoundError(say("There is no such sequence."))
    return sequence


def document_of(version: SequenceVersion) -> SequenceFile:
    """Return the reading of a stored version."""
    return _read_document(_Stored(version.id, version.source, version.document))


@dataclass(frozen=True, slots=True)
class _Stored:
    """What tells a version from all others, also from one of another database; its reading follows from it."""

    id: int
    source: str
    document: Mapping[str, object] = field(compare=False)


@lru_cache(maxsize=256)
def _read_document(stored: _Stored) -> SequenceFile:
    # Every mail asks for its sequence several times; a version never changes, and neither does a frozen document.
    return SequenceFile.model_validate(stored.document)


def steps_of(version: SequenceVersion) -> tuple[Step, ...]:
    """Return the steps of a stored version by number, those in branches included."""
    return document_of(version).flow.steps
