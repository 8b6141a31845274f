"""Wire: recent changes, and taking one back."""

from flask import Blueprint, Response, request

from crm.changes import Undone, get_change, list_changes, restore_words, undo_change
from crm.history import list_actor_names
from web import forms
from web.auth import local_path, require
from web.inbox_where import keep_filters
from web.request import this_actor, this_tx, this_user
from web.respond import done, page
from web.undo import REVERSERS, may_undo, power_to_undo
from web.words import _, ngettext, translate

blueprint = Blueprint("changes", __name__)
_PLACE = "/settings/data/changes"
_SHOWN = 50


@blueprint.get(_PLACE)
def index() -> Response:
    """Show what was done in the last 30 days."""
    tx, before = this_tx(), forms.read_int(request.args.get("before"))
    rows = list_changes(tx, before=before, limit=_SHOWN + 1)
    shown = [(row, translate(restore_words(row.summary, row.words))) for row in rows[:_SHOWN]]
    return page(
        "settings/changes.html",
        rows=shown,
        older=rows[_SHOWN - 1].id if len(rows) > _SHOWN else None,
        before=before,
        names=list_actor_names(tx),
        may_undo=may_undo,
    )


@blueprint.post("/changes/<int:change_id>/undo")
def undo(change_id: int) -> Response:
    """Take a change back, as far as nobody built on it since."""
    tx = this_tx()
    change = get_change(tx, change_id)
    require(power_to_undo(change, this_user().id))
    undone = undo_change(tx, change_id, actor=this_actor(), reversers=REVERSERS)
    came = local_path(request.form.get("place") or _PLACE)
    return done(keep_filters(change.data.get("place") or came, came), _say(undone))


def _say(undone: Undone) -> str:
    why = translate(undone.why)
    if not undone.left:
        return _("Taken back. %(why)s", why=why) if why else _("Taken back.")
    if not undone.undone:
        return _("Nothing was taken back. %(why)s", why=why)
    left = ngettext("%(num)s was changed since and stays.", "%(num)s were changed since and stay.", undone.left)
    return _("Taken back in part. %(left)s %(why)s", left=left, why=why).strip()
