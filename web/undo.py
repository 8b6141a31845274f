"""Wire: how each kind of change is taken back, and which power that takes; reversers live beside their nouns."""

from crm import import_undo, rest_undo, stage_undo
from crm.changes import Reverser
from crm.models import Change
from sequences.bulk.deeds import reverse_deed
from sequences.course import leaving
from sequences.jobs.bulk import BULK

REVERSERS: dict[str, Reverser] = {
    import_undo.KIND: import_undo.reverse_import,
    rest_undo.KIND: rest_undo.reverse_rest,
    stage_undo.KIND: stage_undo.reverse_moves,
    **dict.fromkeys(BULK, reverse_deed),
    leaving.ADDED: leaving.undo_added,
    leaving.REMOVED: leaving.undo_removal,
}

# What takes more than the power to edit.
POWERS: dict[str, str] = {}


def undo_place(change: Change | None) -> str:
    """Return where a change is taken back; empty where nothing was changed."""
    return f"/changes/{change.id}/undo" if change else ""
