"""Wire: the settings of one sequence: hours, stops, limits and mailboxes, as fields that edit the draft's file."""

from flask import Blueprint, Response, request

from crm.brands import list_stages
from crm.mailboxes import list_mailboxes
from kit.errors import ConflictError, InvalidError
from sequences.course.windows import DAY_NAMES
from sequences.team.team_settings import read_team_book
from sequences.versions import drafting, naming
from sequences.versions.published import get_sequence_by_id
from sequences.versions.settings_form import STOPS, apply_settings, read_settings
from web.auth import require
from web.request import this_actor, this_tx
from web.respond import done, page
from web.words import _, said

blueprint = Blueprint("sequence_settings", __name__)
_LISTS = ("days", "stops", "stages", "mailboxes")


@blueprint.get("/sequences/<int:sequence_id>/settings")
def show(sequence_id: int) -> Response:
    """Show when, how much and from whom a sequence sends."""
    return _show(sequence_id)


@blueprint.post("/sequences/<int:sequence_id>/settings")
def keep(sequence_id: int) -> Response:
    """Keep the settings in the draft."""
    require("edit")
    tx, form = this_tx(), request.form
    lists = {name: form.getlist(name) for name in _LISTS}
    try:
        drafting.change_draft(
            tx, get_sequence_by_id(tx, sequence_id), lambda whole: apply_settings(whole, form, lists),
            actor=this_actor(),
        )  # fmt: skip
    except InvalidError as error:
        return _show(sequence_id, fault=said(error), status=422)
    return done(f"/sequences/{sequence_id}/settings", _("Kept in the draft. It holds once the draft is published."))


@blueprint.post("/sequences/<int:sequence_id>/name")
def rename(sequence_id: int) -> Response:
    """Give the sequence another name."""
    require("edit")
    tx = this_tx()
    try:
        naming.rename(tx, get_sequence_by_id(tx, sequence_id), request.form.get("name", ""), actor=this_actor())
    except (InvalidError, ConflictError) as error:
        return _show(sequence_id, fault=said(error), status=422, given=False)
    return done(f"/sequences/{sequence_id}/settings", _("Renamed."))


@blueprint.post("/sequences/<int:sequence_id>/copies")
def duplicate(sequence_id: int) -> Response:
    """Begin another sequence as a copy of this one."""
    require("edit")
    tx = this_tx()
    copy = naming.duplicate(tx, get_sequence_by_id(tx, sequence_id), actor=this_actor())
    words = _("This is the copy, a draft: nothing leaves before you launch it.")
    return done(f"/sequences/{copy.id}/settings", words)


def _show(sequence_id: int, *, fault: str = "", status: int = 200, given: bool = True) -> Response:
    tx = this_tx()
    sequence = get_sequence_by_id(tx, sequence_id)
    writing = drafting.read_writing(tx, sequence)
    settings = read_settings(writing.tree)
    if fault and given:
        settings |= {name: request.form.getlist(name) for name in _LISTS}
        settings |= {name: request.form.get(name, "") for name in ("from", "to", "new_per_day", "per_day")}
    return page(
        "sequences/settings.html", status=status, sequence=sequence, writing=writing, settings=settings, fault=fault,
        boxes=list_mailboxes(tx), stages=list_stages(tx), rules=read_team_book(tx).of(sequence.brand_id),
        day_names=DAY_NAMES, stops=STOPS, tab="settings", faults=drafting.check_draft(tx, writing),
    )  # fmt: skip
