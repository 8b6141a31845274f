"""Use cases: which sequences name a stage, so that renaming or removing it cannot let one run on past its stop."""

from collections.abc import Iterator

from sqlalchemy import or_, select

from kit.errors import RefusedError, say
from kit.tx import Tx
from sequences.models import Enrolment, Sequence, SequenceVersion
from sequences.versions.conditions import When
from sequences.versions.published import document_of
from sequences.versions.sequence_file import SequenceFile


def find_stage_uses(tx: Tx, name: str) -> list[str]:
    """Return the sequences whose text in force, or that of anybody still in them, names a stage."""
    runs = select(Enrolment.version_id).where(Enrolment.state.in_(("active", "held")))
    query = (
        select(SequenceVersion, Sequence.name)
        .join(Sequence, Sequence.id == SequenceVersion.sequence_id)
        .where(or_(SequenceVersion.number == Sequence.version, SequenceVersion.id.in_(runs)))
        .order_by(Sequence.name)
    )
    rows = tx.session.execute(query)
    wanted = name.casefold()
    return list(dict.fromkeys(title for version, title in rows if wanted in _stages_of(document_of(version))))


def require_unused(tx: Tx, name: str) -> None:
    """Refuse to touch a stage that a sequence names."""
    uses = find_stage_uses(tx, name)
    if uses:
        raise RefusedError(
            say(
                "%(name)s is named in: %(sequences)s. Publish them without it first; nothing was changed.",
                name=name,
                sequences=", ".join(uses),
            ),
            code="stage_in_use",
        )


def _stages_of(document: SequenceFile) -> set[str]:
    return {name.casefold() for name in _named(document)}


def _named(document: SequenceFile) -> Iterator[str]:
    yield from (word.removeprefix("stage:") for word in document.stop_on if word.startswith("stage:"))
    for step in document.flow.steps:
        if step.stage:
            yield step.stage
        yield from _asked(step.when)


def _asked(when: When | None) -> Iterator[str]:
    if when is not None:
        yield from when.stage or ()
        yield from _asked(when.negated)
