"""Wire: the leave calendar: one's own leave, and for admins everybody's."""

from datetime import date

from flask import Blueprint, Response, request

from crm import leaves
from crm.person_edits import list_colleagues
from kit.errors import ConflictError, InvalidError, say
from sequences.team import absence
from web import forms
from web.auth import may, require
from web.request import this_actor, this_tx, this_user
from web.respond import done, page
from web.undo import undo_place
from web.words import _, said

blueprint = Blueprint("leaves", __name__)
PLACE = "/settings/leave"


@blueprint.get("/settings/leave")
def show() -> Response:
    """Show who is away when, and the form."""
    return _show()


@blueprint.post("/settings/leave")
def create() -> Response:
    """Plan a leave; of somebody else for admins only."""
    tx, given = this_tx(), request.form
    user_id = forms.read_int(given.get("user_id")) or this_user().id
    if user_id != this_user().id:
        require("admin")
    try:
        plan = leaves.Plan(
            first=_need_day(given.get("first")), last=_need_day(given.get("last")), mode=given.get("mode", ""),
            deputy_id=forms.read_int(given.get("deputy_id")),
        )  # fmt: skip
        _leave, change = leaves.plan_leave(tx, user_id, plan, actor=this_actor())
    except (InvalidError, ConflictError) as error:
        return _show(fault=said(error), status=422)
    return done(PLACE, _("Planned. It begins and ends by itself."), undo=undo_place(change))


@blueprint.post("/settings/leave/<int:leave_id>/end")
def end(leave_id: int) -> Response:
    """Take a leave back, or say that somebody is back early."""
    tx = this_tx()
    if leaves.get_leave(tx, leave_id).user_id != this_user().id:
        require("admin")
    absence.end_leave(tx, leave_id, actor=this_actor())
    return done(PLACE, _("Ended. What waited goes on now."))


def _need_day(text: str | None) -> date:
    day = forms.read_day(text)
    if day is None:
        raise InvalidError(say("Choose the first and the last day."))
    return day


def _show(*, fault: str = "", status: int = 200) -> Response:
    tx = this_tx()
    names = ("user_id", "first", "last", "mode", "deputy_id")
    given = {name: request.form.get(name, "") if fault else "" for name in names}
    return page("settings/leave.html", status=status, rows=leaves.list_leaves(tx), colleagues=list_colleagues(tx),
                given=given, fault=fault, for_others=may("admin"))  # fmt: skip
