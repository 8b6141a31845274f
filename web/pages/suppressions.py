"""Wire: the do-not-contact list."""

from flask import Blueprint, Response, request

from crm.changes import record_change
from crm.suppression_list import PAGE, search_suppressions
from crm.suppressions import lift_suppression, suppress
from kit.errors import ConflictError, InvalidError, NotFoundError, say
from web import forms
from web.auth import require
from web.request import this_actor, this_tx
from web.respond import done, page
from web.words import _, said

blueprint = Blueprint("suppressions", __name__)
PLACE = "/settings/suppressions"


@blueprint.get("/settings/suppressions")
def show() -> Response:
    """List who is not contacted."""
    return _show()


@blueprint.post("/settings/suppressions")
def create() -> Response:
    """Forbid mail to an address or a domain."""
    require("edit")
    target = request.form.get("target", "")
    try:
        why = _why()
        row = suppress(this_tx(), target, reason="manual", source=why, actor=this_actor())
        _note("suppression_added", say("Do not contact: %(target)s", target=row.target), row.target, why)
    except InvalidError as error:
        return _show(fault=said(error), status=422)
    return done(PLACE, _("%(target)s gets no more mail.", target=row.target))


@blueprint.post("/settings/suppressions/lifting")
def lift() -> Response:
    """Allow mail again, with a reason."""
    require("edit")
    target = request.form.get("target", "")
    try:
        why = _why()
        row = lift_suppression(this_tx(), target, why=why, actor=this_actor(), seen=request.form.get("seen", ""))
        _note("suppression_lifted", say("May be contacted again: %(target)s", target=row.target), row.target, why)
    except (InvalidError, NotFoundError, ConflictError) as error:
        return _show(fault=said(error), status=422)
    return done(PLACE, _("%(target)s may be contacted again.", target=row.target))


def _why() -> str:
    why = request.form.get("why", "").strip()[:300]
    if not why:
        raise InvalidError(say("Say why; the reason stays on record."))
    return why


def _note(kind: str, words: str, target: str, why: str) -> None:
    record_change(this_tx(), kind, actor=this_actor(), summary=words, data={"target": target, "why": why})


def _show(*, fault: str = "", status: int = 200) -> Response:
    words, before = request.values.get("q", "")[:100], forms.read_int(request.args.get("before"))
    rows = search_suppressions(this_tx(), words, before=before, limit=PAGE + 1)
    given = {name: request.form.get(name, "") if fault else "" for name in ("target", "why")}
    return page("settings/suppressions.html", status=status, rows=rows[:PAGE], more=len(rows) > PAGE, words=words,
                given=given, before=before, fault=fault)  # fmt: skip
