"""Wire: how each kind of change is taken back, and which power that takes; reversers live beside their nouns."""

from crm import (
    addresses,
    basis,
    feedback_import,
    feedback_import_undo,
    feedback_person,
    field_values,
    figures,
    handle_edits,
    import_change,
    leaves,
    links,
    person_edits,
    posts,
    promises,
    rates,
    rest_undo,
    rhythms,
    stage_undo,
    stale_setting,
    task_list,
    theme_split,
    themes,
    twin_list,
    working_hours_setting,
)
from crm.changes import Reverser
from crm.models import Change
from sequences.bulk.deeds import reverse_deed
from sequences.course import leaving
from sequences.jobs.bulk import BULK
from sequences.merging import merge
from sequences.merging.unmerge import reverse_merge
from sequences.sending import imports_back
from sequences.team import absence
from sequences.telling import posting

REVERSERS: dict[str, Reverser] = {
    addresses.ORDER: addresses.reverse_order,
    addresses.RETIRED: addresses.reverse_retired,
    figures.READ: figures.reverse_reading,
    figures.REMOVED: figures.reverse_removal,
    handle_edits.MAIN: handle_edits.reverse_main,
    handle_edits.RETIRED: handle_edits.reverse_retired,
    basis.KIND: basis.reverse_basis,
    field_values.KIND: field_values.reverse_values,
    import_change.KIND: imports_back.reverse_import,
    links.LINK: links.reverse_link,
    links.UNLINK: links.reverse_link,
    person_edits.EDIT: person_edits.reverse_edit,
    person_edits.OWNER: person_edits.reverse_owner,
    person_edits.TAG: person_edits.reverse_tag,
    posts.ADDED: posts.reverse_posts,
    posts.REMOVED: posts.reverse_removal,
    rates.REMOVED: rates.reverse_removal,
    rates.SET: rates.reverse_rate,
    leaves.KIND: absence.reverse_leave,
    promises.KIND: promises.reverse_promise,
    rhythms.KIND: rhythms.reverse_rhythm,
    rhythms.STAGE: rhythms.reverse_stage_rhythm,
    rest_undo.KIND: rest_undo.reverse_rest,
    stage_undo.KIND: stage_undo.reverse_moves,
    stale_setting.KIND: stale_setting.reverse_stale_days,
    working_hours_setting.KIND: working_hours_setting.reverse_working_hours,
    **dict.fromkeys(BULK, reverse_deed),
    leaving.ADDED: leaving.undo_added,
    leaving.REMOVED: leaving.undo_removal,
    merge.KIND: reverse_merge,
    task_list.DONE: task_list.reverse_done,
    task_list.PLAN: task_list.reverse_plan,
    twin_list.APART: twin_list.reverse_apart,
    themes.EDIT: themes.reverse_edit,
    themes.MERGE: themes.reverse_merge,
    themes.NOTE: themes.reverse_note,
    theme_split.SPLIT: theme_split.reverse_split,
    feedback_person.PERSON: feedback_person.reverse_person,
    posting.TOLD: posting.take_back,
    feedback_import.KIND: feedback_import_undo.reverse_import,
}

# What takes another power than to edit.
POWERS: dict[str, str] = {
    **dict.fromkeys(
        (themes.EDIT, themes.MERGE, themes.NOTE, theme_split.SPLIT, feedback_person.PERSON, task_list.DONE), "feedback"
    ),
    posting.TOLD: "send",
    **dict.fromkeys((stale_setting.KIND, working_hours_setting.KIND, rhythms.STAGE), "rules"),
}


def undo_place(change: Change | None) -> str:
    """Return where a change is taken back; empty where nothing was changed."""
    return f"/changes/{change.id}/undo" if change else ""
