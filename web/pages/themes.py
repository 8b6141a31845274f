"""Wire: one theme of feedback: its notes and what became of it; moving, naming, owning, merging."""

from flask import Blueprint, Response, request

from crm import themes
from crm.brands import list_products
from crm.feedback import list_notes
from crm.history import list_actor_names
from crm.models import Change
from crm.person_edits import list_colleagues
from crm.theme_board import list_moves, list_theme_names, read_card
from kit.errors import InvalidError, NotFoundError, say
from web import forms
from web.request import this_actor, this_tx
from web.respond import done, page
from web.shell import this_brand_id
from web.theme_words import STATE_WORDS
from web.words import _

blueprint = Blueprint("themes", __name__)
_NOTES = 50


@blueprint.get("/feedback/themes/<int:theme_id>")
def show(theme_id: int) -> Response:
    """Show a theme with its notes and its past."""
    tx, number = this_tx(), max(1, forms.read_int(request.args.get("page")) or 1)
    card = read_card(tx, theme_id)
    if card is None:
        raise NotFoundError(say("There is no such theme."))
    into = card.theme.merged_into_id
    return page(
        "feedback/theme.html",
        card=card,
        into=themes.get_theme(tx, into) if into else None,
        notes=list_notes(tx, brand_id=None, theme_id=theme_id, limit=_NOTES + 1, offset=_NOTES * (number - 1)),
        number=number,
        moves=list_moves(tx, theme_id),
        names=list_actor_names(tx),
        others=[other for other in list_theme_names(tx, this_brand_id()) if other.id != theme_id],
        products=list_products(tx, this_brand_id()),
        colleagues=list_colleagues(tx),
        states=STATE_WORDS,
    )


@blueprint.post("/feedback/themes/<int:theme_id>/state")
def move(theme_id: int) -> Response:
    """Move a theme to another state."""
    state = request.form.get("state", "")
    change = themes.edit_theme(this_tx(), theme_id, actor=this_actor(), state=state)
    return _told(theme_id, change, _("Moved to %(state)s.", state=_(STATE_WORDS[state][0])))


@blueprint.post("/feedback/themes/<int:theme_id>/facts")
def save(theme_id: int) -> Response:
    """Keep a theme's name, plan, owner and product."""
    tx, given = this_tx(), request.form
    product_id = forms.read_int(given.get("product_id"))
    owner_id = forms.read_int(given.get("owner_id"))
    change = themes.edit_theme(
        tx,
        theme_id,
        actor=this_actor(),
        name=given.get("name", ""),
        plan=given.get("plan", "").strip()[:200],
        owner_id=next((user.id for user in list_colleagues(tx) if user.id == owner_id), None),
        product_id=next((row.id for row in list_products(tx) if row.id == product_id), None),
    )
    return _told(theme_id, change, _("Saved."))


@blueprint.post("/feedback/themes/<int:theme_id>/quote")
def speak(theme_id: int) -> Response:
    """Let one note speak for its theme."""
    note_id = forms.read_int(request.form.get("note_id"))
    change = themes.edit_theme(this_tx(), theme_id, actor=this_actor(), quote_id=note_id)
    return _told(theme_id, change, _("This one speaks for the theme now."))


@blueprint.post("/feedback/themes/<int:theme_id>/merging")
def merge(theme_id: int) -> Response:
    """Put everything with another theme."""
    into = forms.read_int(request.form.get("into"))
    if into is None:
        raise InvalidError(say("Choose the theme to merge into first."))
    change = themes.merge_themes(this_tx(), theme_id, into, actor=this_actor())
    return _told(into, change, _("Merged."))


def _told(theme_id: int, change: Change | None, words: str) -> Response:
    place = f"/feedback/themes/{theme_id}"
    return done(place, words, undo=f"/changes/{change.id}/undo") if change else done(place, _("It is so already."))
