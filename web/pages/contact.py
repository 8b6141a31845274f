"""Wire: one person: the whole relationship on one line."""

from flask import Blueprint, Response, make_response, redirect, request

from crm import history
from crm.agenda import read_agenda
from crm.fields import known_fields, list_values
from crm.notes import mark_note
from crm.person import read_person
from crm.person_frame import read_frame
from crm.rhythms import CHOICES
from crm.scoring import read_weights, write_weights
from crm.silence import is_quiet
from crm.survivors import find_survivor
from kit.errors import NotFoundError
from web import forms, outgoing
from web.listing import read_listing
from web.merge_words import say_evidence
from web.pages.notes import may_change_note
from web.people_query import fold_lists
from web.people_words import PART_WORDS
from web.request import this_tx, this_user
from web.respond import page
from web.shell import this_brand_id
from web.times import read_zone

blueprint = Blueprint("contact", __name__)
_PAGES = 50


@blueprint.get("/contacts/<int:contact_id>")
@blueprint.get("/contacts/<int:contact_id>-<slug>")
def show(contact_id: int, slug: str = "") -> Response:
    """Show a person; the slug is decoration. Who was merged away is shown as who they live on in."""
    try:
        return _show(contact_id, slug)
    except NotFoundError:
        survivor = find_survivor(this_tx(), contact_id)
        if survivor is None:
            raise
        return make_response(redirect(f"/contacts/{survivor}"))


def _show(contact_id: int, slug: str) -> Response:
    tx, show = this_tx(), forms.choose(request.args.get("show", ""), history.SHOWS, "")
    number = min(_PAGES, max(1, forms.read_int(request.args.get("page")) or 1))
    story = history.read_history(tx, contact_id, show=show, page=number)
    everyone, listing = read_frame(tx), read_listing(contact_id)
    query = {**(listing.query if listing else {}), **fold_lists(request.args.lists())}
    weights = read_weights(query.get("weights", ""))
    person = read_person(tx, contact_id, story, brand_id=this_brand_id(), weights=weights)
    sends = outgoing.list_contact_sends(tx, contact_id) if show in ("", "messages") and number == 1 else []
    agenda = read_agenda(tx, contact_id)
    own = list_values(tx, contact_id)
    offered = {one.field.key for one in own}
    return page(
        "contact/page.html",
        person=person,
        listing=listing,
        own=own,
        rest=[
            (known_fields(tx)[key].label if key in known_fields(tx) else key.replace("_", " ").capitalize(), value)
            for key, value in person.contact.fields.items()
            if key not in offered
        ],
        slug=slug,
        show=show,
        number=number,
        weights=weights,
        weights_text=write_weights(weights),
        part_words=PART_WORDS,
        story=story,
        may_change_note=may_change_note,
        mark_note=mark_note,
        names=history.name_actors(everyone),
        outgoing=[send for send in sends if send.state != "sent"],
        why={send.rfc_id: send.id for send in sends},
        why_twin=say_evidence(person.twin.evidence[0]) if person.twin and person.twin.evidence else "",
        due=agenda.tasks,
        agenda=agenda,
        today=tx.now.astimezone(read_zone(this_user().zone)).date(),
        choices=CHOICES,
        quiet=is_quiet([at for side, at in story.exchange if side == "in"], tx.now),
        colleagues=[user for user in everyone if user.disabled_at is None],
    )
