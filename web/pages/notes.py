"""Wire: a note on a person's timeline in other words, or taken away."""

from flask import Blueprint, Response, request

from crm import notes
from crm.models import TimelineEntry
from kit.errors import RefusedError, say
from sequences.reading.promising import propose_from_note
from web.auth import may
from web.request import this_actor, this_tx, this_user
from web.respond import done
from web.undo import undo_place
from web.words import _

blueprint = Blueprint("notes", __name__)


def may_change_note(note: TimelineEntry) -> bool:
    """Return whether whoever is signed in may change a note: who wrote it, and who leads the team."""
    return note.kind in notes.KINDS and (note.actor == this_actor() or may("rules"))


@blueprint.post("/notes/<int:note_id>/text")
def edit(note_id: int) -> Response:
    """Say a note in other words; what it promises now is proposed like what a new one does."""
    tx, note, user = this_tx(), _get_own(note_id), this_user()
    change = notes.edit_note(
        tx, note_id, request.form.get("text", ""), seen=request.form.get("seen", ""), actor=this_actor()
    )
    if change is not None:
        propose_from_note(tx, note.contact_id, note.summary, user_id=user.id, zone=user.zone, brand_id=note.brand_id)
    return done(f"/contacts/{note.contact_id}", _("Saved."), undo=undo_place(change))


@blueprint.post("/notes/<int:note_id>/removal")
def remove(note_id: int) -> Response:
    """Take a note away."""
    contact_id = _get_own(note_id).contact_id
    change = notes.remove_note(this_tx(), note_id, actor=this_actor())
    return done(f"/contacts/{contact_id}", _("Removed."), undo=undo_place(change))


def _get_own(note_id: int) -> TimelineEntry:
    note = notes.get_note(this_tx(), note_id)
    if not may_change_note(note):
        raise RefusedError(
            say("Somebody else wrote this note. Ask them or an admin to change it; nothing was changed."),
            code="not_allowed",
        )
    return note
