"""Wire: own fields of contacts."""

from flask import Blueprint, Response, request

from crm import fields
from crm.models.field import FIELD_KINDS
from web.auth import require
from web.refused_forms import form_at
from web.request import this_actor, this_tx
from web.respond import done, page
from web.words import _

blueprint = Blueprint("fields", __name__)
PLACE = "/settings/fields"


@blueprint.get("/settings/fields")
def show() -> Response:
    """List the fields."""
    return page("settings/fields.html", fields=fields.list_fields(this_tx(), retired=True), kinds=FIELD_KINDS)


@blueprint.post("/settings/fields")
def create() -> Response:
    """Define a field."""
    require("rules")
    given = request.form
    form_at(PLACE)
    field = fields.create_field(
        this_tx(), given.get("label", ""), given.get("kind", ""), choices=_choices(), actor=this_actor()
    )
    return done(PLACE, _("Added %(name)s.", name=field.label))


@blueprint.post("/settings/fields/<int:field_id>")
def rename(field_id: int) -> Response:
    """Change a field's name or choices."""
    require("rules")
    form_at(PLACE)
    field = fields.rename_field(
        this_tx(), field_id, request.form.get("label", ""), choices=_choices(), actor=this_actor()
    )
    return done(PLACE, _("Saved %(name)s.", name=field.label))


@blueprint.post("/settings/fields/<int:field_id>/retirement")
def retire(field_id: int) -> Response:
    """Offer a field no more, or again."""
    require("rules")
    back = bool(request.form.get("back_again"))
    field = fields.retire_field(this_tx(), field_id, actor=this_actor(), back=back)
    if back:
        return done(PLACE, _("%(name)s is offered again.", name=field.label))
    return done(PLACE, _("%(name)s is offered no more. Values stay with the contacts.", name=field.label))


def _choices() -> list[str]:
    return request.form.get("choices", "")[:5000].splitlines()
