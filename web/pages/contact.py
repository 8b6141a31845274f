"""Wire: one person: the whole relationship on one line."""

from flask import Blueprint, Response, request

from crm import history, tasks
from crm.person import read_person
from web import outgoing
from web.request import this_tx
from web.respond import page
from web.shell import this_brand_id

blueprint = Blueprint("contact", __name__)
_SHOWS = ("messages", "notes", "feedback")


@blueprint.get("/contacts/<int:contact_id>")
@blueprint.get("/contacts/<int:contact_id>-<slug>")
def show(contact_id: int, slug: str = "") -> Response:
    """Show a person; the slug is decoration."""
    tx, show = this_tx(), request.args.get("show", "")
    show = show if show in _SHOWS else ""
    story = history.read_history(tx, contact_id, show=show)
    person = read_person(tx, contact_id, story, brand_id=this_brand_id())
    sends = outgoing.list_contact_sends(tx, contact_id) if show in ("", "messages") else []
    return page(
        "contact/page.html",
        person=person,
        slug=slug,
        show=show,
        story=story,
        names=history.list_actor_names(tx),
        outgoing=[send for send in sends if send.state != "sent"],
        why={send.rfc_id: send.id for send in sends},
        due=tasks.list_open_tasks(tx, contact_id=contact_id),
    )
