"""Wire: the accounts of a person in depth: readings, posts, rates and names with their history, kept by hand."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, request

from crm import figures, handle_edits, handles, posts, rates
from crm.account_book import read_accounts
from crm.account_figures import latest_day
from crm.contacts import get_contact
from crm.models import Change, Handle
from crm.post_lines import read_posts
from crm.rate_formats import FORMATS
from crm.scoring import DEFAULTS
from kit.errors import NotFoundError, say
from web import depth_forms, forms
from web.auth import require
from web.request import this_actor, this_tx, this_user
from web.respond import done, page
from web.times import read_zone
from web.undo import undo_place
from web.words import _

blueprint = Blueprint("channels", __name__)


@blueprint.get("/contacts/<int:contact_id>/channels")
def show(contact_id: int) -> Response:
    """Show all that is known of a person's accounts."""
    tx = this_tx()
    contact = get_contact(tx, contact_id)
    book = read_accounts(tx, contact_id, DEFAULTS)
    ids = [account.handle.id for account in book.accounts]
    known = _by_handle(posts.list_posts(tx, ids))
    return page(
        "channels/page.html",
        contact=contact,
        book=book,
        posts=known,
        rates=_by_handle(rates.list_rates(tx, ids)),
        names=_by_handle(handle_edits.list_names(tx, ids)),
        formats=FORMATS,
        counted={number: posts.count_engagement(rows) for number, rows in known.items()},
        today=_today(),
    )


@blueprint.post("/contacts/<int:contact_id>/figures")
def add_reading(contact_id: int) -> Response:
    """Keep a reading of an account."""
    require("edit")
    tx, handle = this_tx(), _handle(contact_id)
    change = figures.add_reading(tx, handle.id, depth_forms.read_reading(request.form, _today()), actor=this_actor())
    return _told(contact_id, change, _("Kept."))


@blueprint.post("/readings/<int:snapshot_id>/removal")
def remove_reading(snapshot_id: int) -> Response:
    """Forget a reading."""
    require("edit")
    change, contact_id = figures.remove_reading(this_tx(), snapshot_id, actor=this_actor())
    return _told(contact_id, change, _("Forgotten."))


@blueprint.post("/contacts/<int:contact_id>/posts")
def add_posts(contact_id: int) -> Response:
    """Keep posts, one a line."""
    require("edit")
    tx, handle = this_tx(), _handle(contact_id)
    found = read_posts(request.form.get("lines", ""), latest_day(tx.now))
    source = request.form.get("source", "").strip()[:200] or "by hand"
    change = posts.add_posts(tx, handle.id, found, source=source, actor=this_actor())
    return _told(contact_id, change, _("Kept. Views, spread and rhythm are counted anew."))


@blueprint.post("/handle-posts/<int:post_id>/removal")
def remove_post(post_id: int) -> Response:
    """Forget a post."""
    require("edit")
    change, contact_id = posts.remove_post(this_tx(), post_id, actor=this_actor())
    return _told(contact_id, change, _("Forgotten."))


@blueprint.post("/contacts/<int:contact_id>/rates")
def add_rate(contact_id: int) -> Response:
    """Keep a rate from the day it was said."""
    require("edit")
    tx, handle = this_tx(), _handle(contact_id)
    change = rates.set_rate(tx, handle, depth_forms.read_rate(request.form, _today()), actor=this_actor())
    return _told(contact_id, change, _("Kept. Older rates stay on record."))


@blueprint.post("/handle-rates/<int:rate_id>/removal")
def remove_rate(rate_id: int) -> Response:
    """Forget a rate."""
    require("edit")
    change, contact_id = rates.remove_rate(this_tx(), rate_id, actor=this_actor())
    return _told(contact_id, change, _("Forgotten."))


@blueprint.post("/handles/<int:handle_id>/main")
def make_main(handle_id: int) -> Response:
    """Let an account stand for its person."""
    require("edit")
    change = handle_edits.make_main(this_tx(), handle_id, actor=this_actor())
    return _told(change.data["contact"], change, _("Main account changed."))


@blueprint.post("/handles/<int:handle_id>/retirement")
def retire(handle_id: int) -> Response:
    """Keep an account as history."""
    require("edit")
    tx = this_tx()
    change = handle_edits.retire(tx, handle_id, why=request.form.get("why", ""), actor=this_actor())
    return _told(handles.get_handle(tx, handle_id).contact_id, change, _("Kept as history."))


@blueprint.post("/handles/<int:handle_id>/retirement/lift")
def restore(handle_id: int) -> Response:
    """Use an account again."""
    require("edit")
    tx = this_tx()
    change = handle_edits.restore(tx, handle_id, actor=this_actor())
    return _told(handles.get_handle(tx, handle_id).contact_id, change, _("Used again."))


def _today() -> date:
    return this_tx().now.astimezone(read_zone(this_user().zone)).date()


def _handle(contact_id: int) -> Handle:
    handle = handles.get_handle(this_tx(), forms.read_int(request.form.get("handle_id")) or 0)
    if handle.contact_id != contact_id:
        raise NotFoundError(say("There is no such account."))
    return handle


def _told(contact_id: int, change: Change, words: str) -> Response:
    return done(f"/contacts/{contact_id}/channels", words, undo=undo_place(change))


def _by_handle(rows: Sequence[Any]) -> dict[int, list[Any]]:
    """Return rows by the account they belong to."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.handle_id].append(row)
    return found
