"""Use cases: takes a file of feedback back: its notes go unless somebody worked with them since."""

from collections import defaultdict

from sqlalchemy import delete, func, select

from crm.changes import Undone
from crm.models import Change, Feedback, Job, Theme, ThemeMove, TimelineEntry
from crm.timeline import record_entry
from kit.errors import ConflictError, say
from kit.tx import Tx

_PART = 500


def reverse_import(tx: Tx, change: Change, actor: str) -> Undone:
    """Take back what nobody sorted, quoted or gave a person since; themes that began with the file and are empty go."""
    if tx.session.scalar(select(Job.id).where(Job.change_id == change.id, Job.state.in_(("waiting", "running")))):
        raise ConflictError(say("This import is still running. Take it back when it has ended."))
    quoted = set(tx.session.scalars(select(Theme.quote_id).where(Theme.quote_id.is_not(None))))
    notes = list(tx.session.scalars(select(Feedback).where(Feedback.batch_id == change.id)))
    gone = [note for note in notes if note.id not in quoted and _is_untouched(note)]
    for begin in range(0, len(gone), _PART):
        part = gone[begin : begin + _PART]
        _say_taken_back(tx, part, actor)
        tx.session.execute(
            delete(Feedback)
            .where(Feedback.id.in_([note.id for note in part]))
            .execution_options(synchronize_session=False)
        )
    tx.session.expire_all()
    _drop_empty(tx, change.data.get("themes", []))
    left = len(notes) - len(gone)
    why = say("Somebody worked with it since.") if left else ""
    return Undone(change=change, undone=len(gone), left=left, why=why)


def _is_untouched(note: Feedback) -> bool:
    """Return whether a note stands where its file put it; its key ends in the theme it came with."""
    came = (note.request_key or "").rpartition(":")[2]
    return came == str(note.theme_id or 0) and not (note.contact_id and (note.said_email or note.said_by))


def _say_taken_back(tx: Tx, notes: list[Feedback], actor: str) -> None:
    """Timelines keep what happened: what was said there is marked as taken back, not rubbed out."""
    people: dict[int, set[int]] = defaultdict(set)
    for note in notes:
        if note.contact_id:
            people[note.contact_id].add(note.id)
    if not people:
        return
    undone = select(TimelineEntry.undoes_id).where(
        TimelineEntry.contact_id.in_(people), TimelineEntry.undoes_id.is_not(None)
    )
    query = select(TimelineEntry).where(TimelineEntry.contact_id.in_(people), TimelineEntry.kind == "feedback")
    for entry in tx.session.scalars(query.where(TimelineEntry.id.not_in(undone))):
        if entry.data.get("feedback") in people[entry.contact_id]:
            words = say("The file with these words was taken back")
            record_entry(tx, entry.contact_id, "edited", words, actor=actor, undoes_id=entry.id)
    tx.session.flush()


def _drop_empty(tx: Tx, theme_ids: list[int]) -> None:
    has_notes = select(Feedback.theme_id).where(Feedback.theme_id.in_(theme_ids))
    has_past = select(ThemeMove.theme_id).where(ThemeMove.theme_id.in_(theme_ids), ThemeMove.kind != "begun")
    took_in = select(Theme.merged_into_id).where(Theme.merged_into_id.in_(theme_ids))
    busy = {number for query in (has_notes, has_past, took_in) for number in tx.session.scalars(query)}
    empty = [number for number in theme_ids if number not in busy]
    if empty and tx.session.scalar(select(func.count(Theme.id)).where(Theme.id.in_(empty))):
        tx.session.execute(delete(ThemeMove).where(ThemeMove.theme_id.in_(empty)))
        tx.session.execute(delete(Theme).where(Theme.id.in_(empty)))
