"""Wire: what ties a person to us: the stage, tags, and whose person it is; each with a way back."""

from flask import Blueprint, Response, request

from crm import person_edits, pipeline
from crm.contacts import get_contact
from crm.models import Change
from crm.stage_undo import record_moves
from kit.errors import NotFoundError, say
from web import forms
from web.auth import require
from web.request import this_actor, this_tx
from web.respond import done
from web.shell import this_brand_id
from web.words import _

blueprint = Blueprint("contact_ties", __name__)
_MAX_WHY = 200


@blueprint.post("/contacts/<int:contact_id>/stage")
def move(contact_id: int) -> Response:
    """Move to another stage."""
    require("edit")
    tx, brand_id = this_tx(), this_brand_id()
    if brand_id is None:
        raise NotFoundError(say("Add a brand first; a stage belongs to a person and a brand."))
    stage, why = request.form.get("stage", ""), request.form.get("why", "").strip()[:_MAX_WHY]
    contact = get_contact(tx, contact_id)
    entry = pipeline.move_stage(tx, contact.id, brand_id, stage, actor=this_actor(), cause=why)
    change = record_moves(tx, [entry] if entry else [], actor=this_actor())
    return _told(contact_id, change, _("Moved to %(stage)s.", stage=stage))


@blueprint.post("/contacts/<int:contact_id>/tags")
def add_tag(contact_id: int) -> Response:
    """Add a tag."""
    require("edit")
    tag = request.form.get("tag", "")
    change = person_edits.add_tag(this_tx(), contact_id, tag, actor=this_actor())
    return _told(contact_id, change, _("Tagged."))


@blueprint.post("/contacts/<int:contact_id>/tags/removal")
def remove_tag(contact_id: int) -> Response:
    """Take a tag off."""
    require("edit")
    change = person_edits.remove_tag(this_tx(), contact_id, request.form.get("tag", ""), actor=this_actor())
    return _told(contact_id, change, _("Tag taken off."))


@blueprint.post("/contacts/<int:contact_id>/owner")
def give(contact_id: int) -> Response:
    """Say whose person this is."""
    require("edit")
    owner_id = forms.read_int(request.form.get("owner_id"))
    change = person_edits.give_to(this_tx(), contact_id, owner_id, actor=this_actor())
    return _told(contact_id, change, _("Owner changed."))


def _told(contact_id: int, change: Change | None, say_done: str) -> Response:
    if change is None:
        return done(f"/contacts/{contact_id}", _("It is so already."))
    return done(f"/contacts/{contact_id}", say_done, undo=f"/changes/{change.id}/undo")
