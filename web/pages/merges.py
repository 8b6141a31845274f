"""Wire: two contacts become one: choosing whom with, side by side, doing it, and what a merge did."""

from flask import Blueprint, Response, request

from crm.changes import get_change
from crm.contacts import get_contact
from crm.history import list_actor_names
from crm.models import ContactMerge
from crm.people import search_people
from crm.users import list_users
from kit.errors import NotFoundError, RapportError, say
from sequences.merging.merge import KIND, count_moved, count_stopped, merge_contacts
from sequences.merging.preview import preview_merge
from web import forms
from web.auth import require
from web.figures import slug
from web.merge_words import name_fact, say_counts
from web.request import this_actor, this_tx
from web.respond import done, page
from web.words import _, said

blueprint = Blueprint("merges", __name__)
_SIDES = ("survivor", "absorbed")


@blueprint.get("/contacts/<int:contact_id>/merge")
def ask(contact_id: int) -> Response:
    """Show two contacts side by side, or ask whom to merge with."""
    require("edit")
    other = forms.read_int(request.args.get("with"))
    if other is None:
        tx, words = this_tx(), request.args.get("q", "").strip()
        found = [(one, handle) for one, handle in search_people(tx, words) if one.id != contact_id] if words else []
        return page("merges/whom.html", contact=get_contact(tx, contact_id), words=words, found=found)
    return _side_by_side(contact_id, other)


@blueprint.post("/contacts/<int:contact_id>/merger")
def create(contact_id: int) -> Response:
    """Merge another contact into this one, with what was chosen."""
    require("edit")
    other = forms.read_int(request.form.get("with")) or 0
    choices = {name: value for name, value in request.form.items() if value in _SIDES}
    choices["address"] = request.form.get("address", "")
    try:
        with this_tx().session.begin_nested():
            merged = merge_contacts(this_tx(), contact_id, other, actor=this_actor(), choices=choices)
    except NotFoundError:
        raise
    except RapportError as error:
        return _side_by_side(contact_id, other, fault=said(error), status=409)
    names = merged.change.data["names"]
    words = _("%(other)s and %(name)s are one contact now.", other=names[1], name=names[0])
    place = f"/contacts/{contact_id}-{slug(merged.survivor.name)}"
    return done(place, words, undo=f"/changes/{merged.change.id}/undo")


@blueprint.get("/contacts/merges/<int:change_id>")
def show(change_id: int) -> Response:
    """Show what a merge did, and what became of it."""
    tx = this_tx()
    change = get_change(tx, change_id)
    if change.kind != KIND or "rows" not in change.data:
        raise NotFoundError(say("There is no such merge."))
    data = change.data
    return page(
        "merges/page.html",
        change=change,
        data=data,
        moved=say_counts(count_moved(data)),
        stopped=count_stopped(data),
        holds=tx.session.get(ContactMerge, data["absorbed"]) is not None and change.undone_at is None,
        stayed=say_counts(_some(data.get("since", {}).get("stayed", {}))),
        back=say_counts(_some(data.get("since", {}).get("back", {}))),
        actors=list_actor_names(tx),
    )


def _side_by_side(contact_id: int, other: int, *, fault: str = "", status: int = 200) -> Response:
    tx = this_tx()
    preview = preview_merge(tx, contact_id, other)
    return page(
        "merges/preview.html",
        status=status,
        preview=preview,
        to_choose=[(fact, name_fact(fact)) for fact in preview.to_choose],
        filled=[(fact, name_fact(fact)) for fact in preview.filled],
        owners={user.id: user.name or user.email for user in list_users(tx)},
        coming=say_counts(preview.counts),
        fault=fault or preview.refusal,
    )


def _some(counts: dict[str, int]) -> dict[str, int]:
    return {name: number for name, number in counts.items() if number}
