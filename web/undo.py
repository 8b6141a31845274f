"""Wire: how each kind of change is taken back, and which power that takes; reversers live beside their nouns."""

from crm import field_values, import_undo, person_edits, rest_undo, stage_undo, task_list, themes
from crm.changes import Reverser
from crm.models import Change
from sequences.bulk.deeds import reverse_deed
from sequences.course import leaving
from sequences.jobs.bulk import BULK

REVERSERS: dict[str, Reverser] = {
    field_values.KIND: field_values.reverse_values,
    import_undo.KIND: import_undo.reverse_import,
    person_edits.EDIT: person_edits.reverse_edit,
    person_edits.OWNER: person_edits.reverse_owner,
    person_edits.TAG: person_edits.reverse_tag,
    rest_undo.KIND: rest_undo.reverse_rest,
    stage_undo.KIND: stage_undo.reverse_moves,
    **dict.fromkeys(BULK, reverse_deed),
    leaving.ADDED: leaving.undo_added,
    leaving.REMOVED: leaving.undo_removal,
    task_list.DONE: task_list.reverse_done,
    task_list.PLAN: task_list.reverse_plan,
    themes.EDIT: themes.reverse_edit,
    themes.MERGE: themes.reverse_merge,
    themes.NOTE: themes.reverse_note,
}

# What takes another power than to edit.
POWERS: dict[str, str] = dict.fromkeys((themes.EDIT, themes.MERGE, themes.NOTE, task_list.DONE), "feedback")


def undo_place(change: Change | None) -> str:
    """Return where a change is taken back; empty where nothing was changed."""
    return f"/changes/{change.id}/undo" if change else ""
