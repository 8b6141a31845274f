"""Use cases: what was taken out of a sequence's draft, or the whole draft thrown away, put back as it was."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from crm.changes import Undone, is_its, record_change
from crm.models import Change
from kit.errors import say
from kit.tx import Tx
from sequences.draft_models import DraftFile, SequenceDraft
from sequences.models import Sequence
from sequences.versions.drafting import discard_draft
from sequences.versions.published import refuse_archived

KIND = "sequence_draft"


def keep_before(tx: Tx, sequence: Sequence, deed: Callable[[], object], *, summary: str, actor: str) -> Change | None:
    """Do something to a draft, and keep what it was before; None when it changed nothing."""
    before, files = _read(tx, sequence), _read_files(tx, sequence)
    deed()
    after = _read(tx, sequence)
    if after == before:
        return None
    # What is attached stays with a draft whatever its steps say; only throwing it away takes the files too.
    kept = files if after is None else {}
    data = {"sequence": sequence.id, "version": sequence.version, "before": before, "after": after, "files": kept}
    return record_change(tx, KIND, actor=actor, summary=summary, data=data | {"place": f"/sequences/{sequence.id}"})


def reverse_draft(tx: Tx, change: Change, actor: str) -> Undone:
    """Let a draft say again what it said; left alone once somebody went on writing, published, or archived it."""
    data = change.data
    sequence = tx.session.get(Sequence, data["sequence"], with_for_update=True, populate_existing=True)
    if (
        sequence is None
        or not is_its(change, sequence)
        or sequence.version != data["version"]
        or _read(tx, sequence) != data["after"]
    ):
        why = say("The draft was changed or published since.")
        return Undone(change=change, undone=0, left=1, why=why)
    refuse_archived(sequence)
    if data["before"] is None:
        discard_draft(tx, sequence)
        return Undone(change=change, undone=1)
    draft = tx.session.get(SequenceDraft, sequence.id) or SequenceDraft(sequence_id=sequence.id)
    draft.source, draft.base_number = data["before"]["source"], data["before"]["base"]
    draft.actor, draft.changed_at = actor, tx.now
    tx.session.add(draft)
    tx.session.flush()
    for name, content in data["files"].items():
        tx.session.merge(DraftFile(sequence_id=sequence.id, name=name, content=b64decode(content)))
    return Undone(change=change, undone=1)


def _read(tx: Tx, sequence: Sequence) -> dict[str, Any] | None:
    draft = tx.session.get(SequenceDraft, sequence.id)
    return {"source": draft.source, "base": draft.base_number} if draft else None


def _read_files(tx: Tx, sequence: Sequence) -> dict[str, str]:
    query = select(DraftFile.name, DraftFile.content).where(DraftFile.sequence_id == sequence.id)
    return {name: b64encode(content).decode("ascii") for name, content in tx.session.execute(query)}
