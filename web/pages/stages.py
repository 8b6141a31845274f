"""Wire: the stages of the board."""

from flask import Blueprint, Response, request

from crm import stage_edits
from crm.brands import list_stages
from crm.rhythms import set_stage_rhythm
from sequences.versions.stage_uses import require_unused
from web import forms
from web.auth import require
from web.refused_forms import form_at
from web.request import this_actor, this_tx
from web.respond import done, page
from web.undo import undo_place
from web.words import _, ngettext

blueprint = Blueprint("stages", __name__)
PLACE = "/settings/stages"


@blueprint.get("/settings/stages")
def show() -> Response:
    """List the stages in the order of the board."""
    tx = this_tx()
    return page("settings/stages.html", stages=list_stages(tx), counts=stage_edits.count_people(tx))


@blueprint.post("/settings/stages")
def create() -> Response:
    """Add a stage."""
    require("rules")
    form_at(PLACE)
    stage = stage_edits.add_stage(this_tx(), request.form.get("name", ""), actor=this_actor())
    return done(PLACE, _("Added %(name)s.", name=stage.name))


@blueprint.post("/settings/stages/<int:stage_id>/name")
def rename(stage_id: int) -> Response:
    """Call a stage something else, unless a sequence names it."""
    require("rules")
    tx, name = this_tx(), request.form.get("name", "")
    form_at(PLACE)
    stage = stage_edits.get_stage(tx, stage_id)
    if name.strip() != stage.name:
        require_unused(tx, stage.name)
    stage_edits.rename_stage(tx, stage_id, name, actor=this_actor())
    return done(PLACE, _("Saved %(name)s.", name=stage.name))


@blueprint.post("/settings/stages/<int:stage_id>/position")
def shift(stage_id: int) -> Response:
    """Move a stage one place."""
    require("rules")
    by = -1 if request.form.get("by") == "-1" else 1
    stage = stage_edits.shift_stage(this_tx(), stage_id, by, actor=this_actor())
    return done(PLACE, _("Moved %(name)s.", name=stage.name))


@blueprint.post("/settings/stages/<int:stage_id>/rule")
def set_rule(stage_id: int) -> Response:
    """Say what moves people here by itself."""
    require("rules")
    stage = stage_edits.set_rule(this_tx(), stage_id, request.form.get("rule", ""), actor=this_actor())
    return done(PLACE, _("Saved %(name)s.", name=stage.name))


@blueprint.post("/settings/stages/<int:stage_id>/rhythm")
def set_rhythm(stage_id: int) -> Response:
    """Say how often to talk to everybody who stands here; nothing for no rhythm."""
    require("rules")
    tx, given = this_tx(), request.form.get("days", "").strip()
    stage = stage_edits.get_stage(tx, stage_id)
    form_at(PLACE)
    change = set_stage_rhythm(tx, stage, (forms.read_int(given) or 0) if given else None, actor=this_actor())
    return done(PLACE, _("Saved %(name)s.", name=stage.name), undo=undo_place(change))


@blueprint.post("/settings/stages/<int:stage_id>/removal")
def remove(stage_id: int) -> Response:
    """Remove a stage; its people go where the form says."""
    require("rules")
    tx, to_id = this_tx(), forms.read_int(request.form.get("to"))
    form_at(PLACE)
    require_unused(tx, stage_edits.get_stage(tx, stage_id).name)
    moved = stage_edits.remove_stage(tx, stage_id, to_id=to_id, actor=this_actor())
    return done(PLACE, ngettext("Removed. %(num)s person moved.", "Removed. %(num)s people moved.", moved))
