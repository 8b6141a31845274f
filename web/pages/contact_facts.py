"""Wire: what people record on a person: notes, tasks, do-not-contact, and taking a move back."""

from flask import Blueprint, Response, request

from crm import pipeline, suppressions, tasks, timeline
from crm.contacts import display_name, get_contact
from crm.models import User
from crm.rhythms import note_talk
from kit.errors import InvalidError, say
from sequences.bulk import deeds
from sequences.bulk.act import Order
from sequences.bulk.reasons import describe_reason
from sequences.reading.promising import propose_from_note
from web import forms
from web.auth import require
from web.request import this_actor, this_tx, this_user
from web.respond import done
from web.shell import this_brand_id
from web.undo import undo_place
from web.words import _, ngettext, translate

blueprint = Blueprint("contact_facts", __name__)
_MAX_NOTE = 20_000


@blueprint.post("/contacts/<int:contact_id>/notes")
def add_note(contact_id: int) -> Response:
    """Keep a note, or a direct message that was written elsewhere."""
    tx, text = this_tx(), request.form.get("text", "").strip()[:_MAX_NOTE]
    if not text:
        raise InvalidError(say("Write the note first."), field="text")
    contact = get_contact(tx, contact_id)
    kind = "dm" if request.form.get("kind") == "dm" else "note"
    data = {"channel": request.form.get("channel", "")[:30]} if kind == "dm" else {}
    brand_id, user = this_brand_id(), this_user()
    timeline.record_entry(tx, contact.id, kind, text, actor=this_actor(), brand_id=brand_id, data=data)
    if kind == "dm":
        note_talk(tx, contact.id, brand_id)
    found = propose_from_note(tx, contact.id, text, user_id=user.id, zone=user.zone, brand_id=brand_id)
    words = ngettext("Noted. %(num)s promise to confirm.", "Noted. %(num)s promises to confirm.", len(found))
    return done(f"/contacts/{contact_id}", words if found else _("Noted."))


@blueprint.post("/contacts/<int:contact_id>/tasks")
def add_task(contact_id: int) -> Response:
    """Add something to do, for oneself."""
    tx, title = this_tx(), request.form.get("title", "").strip()[:500]
    if not title:
        raise InvalidError(say("Say what is to be done."), field="title")
    user: User = this_user()
    tasks.create_task(
        tx,
        title,
        actor=this_actor(),
        contact_id=get_contact(tx, contact_id).id,
        brand_id=this_brand_id(),
        due_on=forms.read_day(request.form.get("due_on")),
        assignee_id=forms.read_int(request.form.get("assignee_id")) or user.id,
    )
    return done(f"/contacts/{contact_id}", _("Added to your tasks."))


@blueprint.post("/timeline/<int:entry_id>/undo")
def undo(entry_id: int) -> Response:
    """Take a stage move back."""
    require("edit")
    entry = pipeline.undo_move(this_tx(), entry_id, actor=this_actor())
    return done(f"/contacts/{entry.contact_id}", _("Taken back."))


@blueprint.post("/contacts/<int:contact_id>/suppression")
def suppress(contact_id: int) -> Response:
    """Never mail this person again, at any address."""
    require("edit")
    tx = this_tx()
    contact = get_contact(tx, contact_id)
    order = Order(value="", brand_id=this_brand_id(), user_id=this_user().id)
    change, applied = deeds.do_now(tx, "suppress", [contact.id], order, actor=this_actor())
    if change is None:
        return done(f"/contacts/{contact_id}", translate(describe_reason(applied.left[contact.id])))
    words = _("Nobody here will write to %(name)s any more.", name=display_name(contact))
    return done(f"/contacts/{contact_id}", words, undo=undo_place(change))


@blueprint.post("/contacts/<int:contact_id>/suppression/lift")
def lift(contact_id: int) -> Response:
    """Allow mail to one address again; who and why stay on record."""
    require("edit")
    why = request.form.get("why", "").strip()[:300]
    if not why:
        raise InvalidError(say("Say why this person may be written to again. It stays on record."), field="why")
    target, seen = request.form.get("target", ""), request.form.get("seen", "")
    suppressions.lift_suppression(this_tx(), target, why=why, actor=this_actor(), seen=seen)
    return done(f"/contacts/{contact_id}", _("May be written to again."))
