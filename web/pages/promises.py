"""Wire: the promise ledger: written down, confirmed, moved, kept, broken; each with a way back."""

from flask import Blueprint, Response, request

from crm import promises
from crm.promises import get_promise
from web import forms
from web.auth import require
from web.request import this_actor, this_tx, this_user
from web.respond import done
from web.shell import this_brand_id
from web.undo import undo_place
from web.words import _

blueprint = Blueprint("promises", __name__)
PLACE = "/tasks?show=promises"


@blueprint.post("/contacts/<int:contact_id>/promises")
def create(contact_id: int) -> Response:
    """Write down what was promised elsewhere."""
    require("edit")
    given = request.form
    _row, change = promises.make_promise(
        this_tx(),
        contact_id,
        given.get("what", ""),
        forms.read_day(given.get("due_on")),
        user_id=forms.read_int(given.get("user_id")) or this_user().id,
        brand_id=this_brand_id(),
        actor=this_actor(),
    )
    return done(
        f"/contacts/{contact_id}", _("Written down. It comes up on Today when it is due."), undo=undo_place(change)
    )


@blueprint.post("/promises/<int:promise_id>/confirmation")
def confirm(promise_id: int) -> Response:
    """Say yes: this was promised."""
    require("edit")
    change = promises.confirm_promise(this_tx(), promise_id, actor=this_actor())
    return done(PLACE, _("Kept as a promise. It comes up on Today when it is due."), undo=undo_place(change))


@blueprint.post("/promises/<int:promise_id>/dismissal")
def dismiss(promise_id: int) -> Response:
    """Say no: this was no promise."""
    require("edit")
    change = promises.dismiss_promise(this_tx(), promise_id, actor=this_actor())
    return done(PLACE, _("Not a promise."), undo=undo_place(change))


@blueprint.post("/promises/<int:promise_id>/keeping")
def keep(promise_id: int) -> Response:
    """Say that it was done."""
    require("edit")
    change = promises.keep_promise(this_tx(), promise_id, actor=this_actor())
    return done(PLACE, _("Promise kept."), undo=undo_place(change))


@blueprint.post("/promises/<int:promise_id>/breach")
def give_up(promise_id: int) -> Response:
    """Say that it was not done and will not be."""
    require("edit")
    change = promises.break_promise(this_tx(), promise_id, actor=this_actor())
    return done(PLACE, _("Promise broken. It stands on the timeline."), undo=undo_place(change))


@blueprint.post("/promises/<int:promise_id>/day")
def move(promise_id: int) -> Response:
    """Promise another day."""
    require("edit")
    tx, due_on = this_tx(), forms.read_day(request.form.get("due_on"))
    change = promises.move_promise(tx, promise_id, due_on, actor=this_actor())
    return done(f"/contacts/{get_promise(tx, promise_id).contact_id}", _("Moved."), undo=undo_place(change))
