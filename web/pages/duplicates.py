"""Wire: people who may be known twice: the evidence, "two people", and looking through everybody."""

from flask import Blueprint, Response, request

from crm import twin_list
from crm.contacts import get_contact
from web import forms
from web.auth import require
from web.merge_words import say_evidence
from web.request import this_actor, this_tx
from web.respond import done, page
from web.words import _

blueprint = Blueprint("duplicates", __name__)
_PLACE = "/contacts/duplicates"


@blueprint.get(_PLACE)
def index() -> Response:
    """Show pairs that nobody decided about, the strongest first; of one person when asked."""
    tx, contact_id = this_tx(), forms.read_int(request.args.get("contact"))
    contact = get_contact(tx, contact_id) if contact_id else None
    found = twin_list.list_twins(tx, page=forms.read_int(request.args.get("page")) or 1, contact_id=contact_id)
    return page(
        "duplicates/page.html",
        found=found,
        rows=[(twins, [say_evidence(line) for line in twins.evidence]) for twins in found.rows],
        contact=contact,
        pages=max(1, -(-found.total // twin_list.PAGE)) if contact is None else 1,
        most=twin_list.MOST_COUNTED,
    )


@blueprint.post("/contacts/duplicates/search")
def look() -> Response:
    """Look through everybody, as long work."""
    require("edit")
    job = twin_list.start_look(this_tx(), actor=this_actor())
    return done(f"/jobs/{job.id}")


@blueprint.post("/contacts/pairs/<int:one>-<int:other>/parting")
def part(one: int, other: int) -> Response:
    """Remember that these are two people."""
    require("edit")
    change = twin_list.keep_apart(this_tx(), one, other, actor=this_actor())
    words = _("Two people. You will not be asked about them again.")
    return done(_PLACE, words, undo=f"/changes/{change.id}/undo")
