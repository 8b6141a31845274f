"""Wire: own fields of contacts."""

from flask import Blueprint, Response, request

from crm import fields
from crm.models.field import FIELD_KINDS
from kit.errors import ConflictError, InvalidError
from web.auth import require
from web.request import this_actor, this_tx
from web.respond import done, page
from web.words import _, said

blueprint = Blueprint("fields", __name__)
PLACE = "/settings/fields"


@blueprint.get("/settings/fields")
def show() -> Response:
    """List the fields."""
    return _show()


@blueprint.post("/settings/fields")
def create() -> Response:
    """Define a field."""
    require("rules")
    given = request.form
    try:
        field = fields.create_field(
            this_tx(), given.get("label", ""), given.get("kind", ""), choices=_choices(), actor=this_actor()
        )
    except (InvalidError, ConflictError) as error:
        return _show(fault=said(error), status=422)
    return done(PLACE, _("Added %(name)s.", name=field.label))


@blueprint.post("/settings/fields/<int:field_id>")
def rename(field_id: int) -> Response:
    """Change a field's name or choices."""
    require("rules")
    try:
        field = fields.rename_field(
            this_tx(), field_id, request.form.get("label", ""), choices=_choices(), actor=this_actor()
        )
    except (InvalidError, ConflictError) as error:
        return _show(fault=said(error), status=422)
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


def _show(*, fault: str = "", status: int = 200) -> Response:
    given = {name: request.form.get(name, "") if fault else "" for name in ("label", "kind", "choices")}
    found = fields.list_fields(this_tx(), retired=True)
    return page("settings/fields.html", status=status, fields=found, kinds=FIELD_KINDS, given=given, fault=fault)
