"""Wire: who acts for whom: agents, managers and assistants, tied and untied on a person's page."""

from flask import Blueprint, Response, request

from crm import links
from web.auth import require
from web.request import this_actor, this_tx
from web.respond import done
from web.undo import undo_place
from web.words import _

blueprint = Blueprint("agents", __name__)


@blueprint.post("/contacts/<int:contact_id>/links")
def link(contact_id: int) -> Response:
    """Tie somebody to a person, by address; who is not known yet is added."""
    require("edit")
    given = request.form
    change = links.link_by_address(
        this_tx(),
        contact_id,
        given.get("email", ""),
        given.get("role", ""),
        name=given.get("name", "")[:300],
        speaks=bool(given.get("speaks")),
        acts=given.get("direction") != "for",
        actor=this_actor(),
    )
    return done(f"/contacts/{contact_id}#around", _("Kept on both pages."), undo=undo_place(change))


@blueprint.post("/links/<int:link_id>/removal")
def unlink(link_id: int) -> Response:
    """Untie two people."""
    require("edit")
    change = links.unlink(this_tx(), link_id, actor=this_actor())
    place = f"/contacts/{change.data['contact']}#around"
    return done(place, _("Untied. What they wrote stays."), undo=undo_place(change))
