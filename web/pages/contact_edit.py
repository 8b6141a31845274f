"""Wire: one person's facts, accounts and addresses, changed by hand on a page of their own."""

from collections.abc import Mapping

from flask import Blueprint, Response, request

from crm import addresses, field_values, handles, person_edits
from crm.contacts import get_contact, list_addresses
from crm.fields import list_values
from kit.errors import ConflictError
from sequences.course.old_addresses import leave_address
from web import forms
from web.account_form import read_account
from web.auth import require
from web.own_form import SEEN, read_own, show_typed
from web.refused_forms import form_at
from web.request import this_actor, this_tx
from web.respond import done, page
from web.undo import undo_place
from web.words import _, ngettext
from web.words import said as in_words

blueprint = Blueprint("contact_edit", __name__)


@blueprint.get("/contacts/<int:contact_id>/edit")
def show(contact_id: int) -> Response:
    """Show what is known of a person, to be changed."""
    require("edit")
    return _form(contact_id)


@blueprint.post("/contacts/<int:contact_id>/facts")
def save(contact_id: int) -> Response:
    """Keep changed facts; where somebody else was quicker, say so and keep what was typed."""
    require("edit")
    tx, given = this_tx(), {name: request.form.get(name, "") for name in person_edits.FACTS if name in request.form}
    form_at(f"/contacts/{contact_id}/edit")
    try:
        change = person_edits.edit_facts(tx, contact_id, given, seen=request.form.get("seen", ""), actor=this_actor())
    except ConflictError as conflict:
        return _form(contact_id, given, fault=in_words(conflict), status=409)
    undo = f"/changes/{change.id}/undo" if change else ""
    return done(f"/contacts/{contact_id}", _("Saved.") if change else _("Nothing was different."), undo=undo)


@blueprint.post("/contacts/<int:contact_id>/fields")
def save_fields(contact_id: int) -> Response:
    """Keep own fields; where one cannot be so, or somebody else was quicker, say so and keep what was typed."""
    require("edit")
    form_at(f"/contacts/{contact_id}/edit")
    typed, seen = read_own(request.form), read_own(request.form, SEEN)
    change = field_values.set_values(this_tx(), contact_id, typed, actor=this_actor(), seen=seen)
    return done(f"/contacts/{contact_id}", _("Saved.") if change else _("Nothing was different."),
                undo=undo_place(change))  # fmt: skip


@blueprint.post("/contacts/<int:contact_id>/handles")
def add_handle(contact_id: int) -> Response:
    """Add an account on a platform."""
    require("edit")
    form_at(f"/contacts/{contact_id}/edit")
    handle = handles.add_handle(this_tx(), contact_id, read_account(request.form), actor=this_actor())
    return done(f"/contacts/{contact_id}", _("Added %(name)s.", name=handle.username))


@blueprint.post("/handles/<int:handle_id>")
def save_handle(handle_id: int) -> Response:
    """Keep an account's figures as they are today."""
    require("edit")
    handle = handles.save_handle(this_tx(), handle_id, read_account(request.form), actor=this_actor())
    return done(f"/contacts/{handle.contact_id}", _("Kept, checked today."))


@blueprint.post("/contacts/<int:contact_id>/addresses")
def add_address(contact_id: int) -> Response:
    """Add an email address."""
    require("edit")
    form_at(f"/contacts/{contact_id}/edit")
    row = addresses.add_by_hand(this_tx(), contact_id, request.form.get("email", ""), actor=this_actor())
    return done(f"/contacts/{contact_id}", _("Added %(name)s.", name=row.email))


@blueprint.post("/addresses/<int:address_id>/mark")
def mark_address(address_id: int) -> Response:
    """Say whether an address takes mail, or make it the one that is written to."""
    require("edit")
    tx, mark = this_tx(), request.form.get("mailable", "")
    if mark == "first":
        change = addresses.prefer(tx, address_id, actor=this_actor())
        return done(f"/contacts/{change.data['contact']}", _("Mail goes there from now on."), undo=undo_place(change))
    row = addresses.mark_by_hand(tx, address_id, mark, actor=this_actor())
    return done(f"/contacts/{row.contact_id}", _("Saved."))


@blueprint.post("/addresses/<int:address_id>/retirement")
def retire_address(address_id: int) -> Response:
    """Write to an address no more; a new one may take its place."""
    require("edit")
    given = request.form
    change, ended = leave_address(
        this_tx(), address_id, why=given.get("why", ""), replacement=given.get("email", ""), actor=this_actor()
    )
    said = ngettext("Kept as history. %(num)s sequence to it ended.", "Kept as history. %(num)s sequences to it ended.",
                    ended) if ended else _("Kept as history.")  # fmt: skip
    return done(f"/contacts/{change.data['contact']}/edit#addresses", said, undo=undo_place(change))


@blueprint.post("/addresses/<int:address_id>/retirement/lift")
def restore_address(address_id: int) -> Response:
    """Use an address again."""
    require("edit")
    change = addresses.restore_address(this_tx(), address_id, actor=this_actor())
    return done(f"/contacts/{change.data['contact']}/edit#addresses", _("Used again."), undo=undo_place(change))


def _form(
    contact_id: int,
    given: Mapping[str, str] | None = None,
    *,
    fault: str = "",
    status: int = 200,
) -> Response:
    tx = this_tx()
    contact, values = get_contact(tx, contact_id), list_values(tx, contact_id)
    held = {one.field.key: one.value for one in values}
    now = {name: getattr(contact, name) or "" for name in person_edits.FACTS}
    return page(
        "contact/edit.html",
        status=status,
        contact=contact,
        given={**now, **(given or {})},
        theirs={name: now[name] for name, value in (given or {}).items() if value.strip() != now[name]},
        seen=person_edits.mark_of(contact),
        fault=fault,
        own=show_typed([one.field for one in values], held),
        own_seen=held,
        accounts=handles.list_accounts(tx, contact_id),
        addresses=list_addresses(tx, contact_id),
        platforms=forms.PLATFORMS,
    )
