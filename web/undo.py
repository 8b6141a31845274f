"""Pure: how each kind of change is taken back, and which power that takes; reversers live beside their nouns."""

from crm import person_edits, person_moves, task_list, themes
from crm.changes import Reverser

REVERSERS: dict[str, Reverser] = {
    person_edits.EDIT: person_edits.reverse_edit,
    person_edits.OWNER: person_edits.reverse_owner,
    person_edits.TAG: person_edits.reverse_tag,
    person_moves.STAGE: person_moves.reverse_stage,
    task_list.DONE: task_list.reverse_done,
    task_list.PLAN: task_list.reverse_plan,
    themes.EDIT: themes.reverse_edit,
    themes.MERGE: themes.reverse_merge,
    themes.NOTE: themes.reverse_note,
}

# What takes another power than to edit.
POWERS: dict[str, str] = dict.fromkeys((themes.EDIT, themes.MERGE, themes.NOTE, task_list.DONE), "feedback")
