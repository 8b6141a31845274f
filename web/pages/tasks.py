"""Wire: tasks: mine or everyone's, by when they are due; done, moved to another day, given to a colleague."""

from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from crm import task_edits, task_list, tasks
from crm.models import User
from crm.people import list_main_handles
from crm.person_edits import list_colleagues
from crm.promise_list import read_ledger
from crm.upkeep_desk import read_upkeep_desk
from crm.whose import MINE
from kit.errors import InvalidError, say
from sequences.course import planning
from web import forms
from web.auth import require
from web.request import this_actor, this_tx, this_user
from web.respond import done, page
from web.shell import this_brand_id
from web.times import read_zone
from web.undo import undo_place
from web.whose import this_who
from web.words import _

blueprint = Blueprint("tasks", __name__)
_MAX_TITLE = 500


@blueprint.get("/tasks")
def index() -> Response:
    """Show what is to be done, or what was."""
    tx, user = this_tx(), this_user()
    who = this_who()
    show = forms.choose(request.args.get("show", ""), ("open", "done", "promises"), "open")
    today, desk = tx.now.astimezone(read_zone(user.zone)).date(), read_upkeep_desk(tx, user.id)
    user_ids, user_id = (desk.user_ids, user.id) if who == MINE else (None, None)
    brand_id = forms.read_int(request.args.get("brand"))
    sections = task_list.list_sections(tx, today, user_ids=user_ids, brand_id=brand_id) if show == "open" else None
    steps = [*sections.overdue, *sections.today, *sections.later] if sections else []
    return page(
        "tasks/page.html",
        part="tasks/_lists.html",
        who=who,
        show=show,
        today=today,
        desk=desk,
        ledger=read_ledger(tx, user_ids=user_ids, brand_id=brand_id) if show == "promises" else None,
        sections=sections,
        finished=task_list.list_done(tx, user_id=user_id, brand_id=brand_id) if show == "done" else [],
        handles=list_main_handles(tx, {row.task.contact_id for row in steps if row.task.contact_id}),
        colleagues=list_colleagues(tx),
        brand_id=brand_id,
        place=partial(_address, who=who, show=show, brand=brand_id or ""),
    )


def _address(**query: object) -> str:
    return f"/tasks?{urlencode({name: value for name, value in query.items() if value})}"


@blueprint.post("/tasks")
def create() -> Response:
    """Add something to do that is about nobody in particular."""
    tx, title = this_tx(), request.form.get("title", "").strip()[:_MAX_TITLE]
    if not title:
        raise InvalidError(say("Say what is to be done."))
    user: User = this_user()
    tasks.create_task(
        tx,
        title,
        actor=this_actor(),
        brand_id=this_brand_id(),
        due_on=forms.read_day(request.form.get("due_on")),
        assignee_id=forms.read_int(request.form.get("assignee_id")) or user.id,
    )
    return done("/tasks", _("Added to your tasks."))


@blueprint.post("/tasks/<int:task_id>/done")
def finish(task_id: int) -> Response:
    """Mark a task as done."""
    tx = this_tx()
    task, change = task_list.finish_task(tx, task_id, actor=this_actor())
    planning.complete_step_task(tx, task)
    return done("/today", _("Done."), undo=f"/changes/{change.id}/undo" if change else "")


@blueprint.post("/tasks/<int:task_id>/plan")
def plan(task_id: int) -> Response:
    """Move a task to another day, or give it to a colleague."""
    require("edit")
    change = task_list.plan_task(
        this_tx(),
        task_id,
        due_on=forms.read_day(request.form.get("due_on")),
        assignee_id=forms.read_int(request.form.get("assignee_id")),
        actor=this_actor(),
    )
    return done("/tasks", _("Planned anew."), undo=f"/changes/{change.id}/undo" if change else "")


@blueprint.post("/tasks/<int:task_id>/title")
def rename(task_id: int) -> Response:
    """Say in other words what is to be done."""
    require("edit")
    change = task_edits.rename_task(this_tx(), task_id, request.form.get("title", ""), actor=this_actor())
    return done("/tasks", _("Saved."), undo=undo_place(change))


@blueprint.post("/tasks/<int:task_id>/removal")
def remove(task_id: int) -> Response:
    """Take a task away."""
    require("edit")
    change = task_edits.remove_task(this_tx(), task_id, actor=this_actor())
    return done("/tasks", _("Removed."), undo=undo_place(change))
