"""Wire: one person: the whole relationship on one line."""

from flask import Blueprint, Response, make_response, redirect, request

from crm import history, task_list
from crm.person import read_person
from crm.survivors import find_survivor
from crm.users import list_users
from kit.errors import NotFoundError
from web import forms, outgoing
from web.merge_words import say_evidence
from web.request import this_tx
from web.respond import page
from web.shell import this_brand_id

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
    person = read_person(tx, contact_id, story, brand_id=this_brand_id())
    sends = outgoing.list_contact_sends(tx, contact_id) if show in ("", "messages") and number == 1 else []
    everyone = list_users(tx)
    return page(
        "contact/page.html",
        person=person,
        slug=slug,
        show=show,
        number=number,
        story=story,
        names=history.name_actors(everyone),
        outgoing=[send for send in sends if send.state != "sent"],
        why={send.rfc_id: send.id for send in sends},
        why_twin=say_evidence(person.twin.evidence[0]) if person.twin and person.twin.evidence else "",
        due=task_list.list_contact_tasks(tx, contact_id),
        colleagues=[user for user in everyone if user.disabled_at is None],
    )
