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
    notes,
    person_edits,
    posts,
    promises,
    rates,
    rest_undo,
    rhythms,
    stage_undo,
    stale_setting,
    task_edits,
    task_list,
    theme_split,
    themes,
    twin_list,
    working_hours_setting,
)
from crm.changes import Reverser
from crm.models import Change
from sequences.bulk.deeds import KINDS, reverse_deed
from sequences.course import archive, leaving
from sequences.jobs.bulk import BULK
from sequences.merging import merge
from sequences.merging.unmerge import reverse_merge
from sequences.reading import recasting
from sequences.reviewing import undoing
from sequences.sending import imports_back
from sequences.team import absence
from sequences.telling import posting
from sequences.telling import words as tell_words
from sequences.versions import draft_undo
from web.auth import may
from web.request import this_user

# Acts on many people that let mail go out, or keep it.
_MAIL = frozenset({KINDS["enrol"], KINDS["suppress"]})
# By the power it takes: the same as on the page where such a thing is taken back by hand.
BY_POWER: dict[str, dict[str, Reverser]] = {
    "edit": {
        addresses.ORDER: addresses.reverse_order,
        addresses.RETIRED: addresses.reverse_retired,
        figures.READ: figures.reverse_reading,
        figures.REMOVED: figures.reverse_removal,
        handle_edits.MAIN: handle_edits.reverse_main,
        handle_edits.RETIRED: handle_edits.reverse_retired,
        basis.KIND: basis.reverse_basis,
        field_values.KIND: field_values.reverse_values,
        links.LINK: links.reverse_link,
        links.UNLINK: links.reverse_link,
        person_edits.EDIT: person_edits.reverse_edit,
        person_edits.OWNER: person_edits.reverse_owner,
        person_edits.TAG: person_edits.reverse_tag,
        posts.ADDED: posts.reverse_posts,
        posts.REMOVED: posts.reverse_removal,
        rates.REMOVED: rates.reverse_removal,
        rates.SET: rates.reverse_rate,
        promises.KIND: promises.reverse_promise,
        rhythms.KIND: rhythms.reverse_rhythm,
        rest_undo.KIND: rest_undo.reverse_rest,
        stage_undo.KIND: stage_undo.reverse_moves,
        leaving.REMOVED: leaving.undo_removal,
        merge.KIND: reverse_merge,
        task_list.PLAN: task_list.reverse_plan,
        task_edits.TITLE: task_edits.reverse_title,
        task_edits.REMOVED: task_edits.reverse_removal,
        recasting.KIND: recasting.reverse_recast,
        draft_undo.KIND: draft_undo.reverse_draft,
        twin_list.APART: twin_list.reverse_apart,
        feedback_import.KIND: feedback_import_undo.reverse_import,
        tell_words.KIND: tell_words.reverse_words,
        **dict.fromkeys(BULK.keys() - _MAIL, reverse_deed),
    },
    "feedback": {
        task_list.DONE: task_list.reverse_done,
        themes.EDIT: themes.reverse_edit,
        themes.MERGE: themes.reverse_merge,
        themes.NOTE: themes.reverse_note,
        theme_split.SPLIT: theme_split.reverse_split,
        feedback_person.PERSON: feedback_person.reverse_person,
    },
    "send": {
        **dict.fromkeys(_MAIL, reverse_deed),
        leaving.ADDED: leaving.undo_added,
        archive.ARCHIVE: archive.reverse_archive,
        archive.BACK: archive.reverse_back,
        posting.TOLD: posting.take_back,
    },
    "approve": {
        undoing.APPROVED: undoing.reverse_approvals,
        undoing.LEFT_OUT: undoing.reverse_left_out,
    },
    "rules": {
        import_change.KIND: imports_back.reverse_import,
        notes.TEXT: notes.reverse_text,
        notes.REMOVED: notes.reverse_removal,
        rhythms.STAGE: rhythms.reverse_stage_rhythm,
        stale_setting.KIND: stale_setting.reverse_stale_days,
        working_hours_setting.KIND: working_hours_setting.reverse_working_hours,
    },
    "admin": {
        leaves.KIND: absence.reverse_leave,
    },
}
REVERSERS: dict[str, Reverser] = {kind: reverse for ways in BY_POWER.values() for kind, reverse in ways.items()}
POWERS: dict[str, str] = {kind: power for power, ways in BY_POWER.items() for kind in ways}


def power_to_undo(change: Change, user_id: int) -> str:
    """Return the power it takes to take a change back: less for one's own leave, notes, and what one imported."""
    if change.kind == leaves.KIND and change.data.get("user_id") == user_id:
        return "feedback"
    if change.kind == import_change.KIND and change.actor == f"user:{user_id}":
        return "edit"
    if change.kind in (notes.TEXT, notes.REMOVED) and change.data.get("writer") == f"user:{user_id}":
        return "feedback"
    return POWERS.get(change.kind, "edit")


def may_undo(change: Change) -> bool:
    """Return whether whoever is signed in may take a change back."""
    return change.kind in REVERSERS and may(power_to_undo(change, this_user().id))


def undo_place(change: Change | None) -> str:
    """Return where a change is taken back; empty where nothing was changed, and for who may not."""
    return f"/changes/{change.id}/undo" if change and may_undo(change) else ""
