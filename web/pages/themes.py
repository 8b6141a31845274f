"""Wire: one theme of feedback: its notes and what became of it; moving, naming, owning, merging."""

from flask import Blueprint, Response, request

from crm import themes
from crm.brands import list_products
from crm.feedback import list_notes
from crm.history import name_actors
from crm.models import Change
from crm.person_edits import list_colleagues
from crm.theme_board import list_moves, list_theme_names, read_card
from crm.theme_split import split_theme
from crm.theme_trend import read_trend
from crm.users import list_users
from kit.errors import InvalidError, NotFoundError, say
from sequences.telling.progress import count_told
from web import forms
from web.request import this_actor, this_tx, this_user
from web.respond import done, page
from web.shell import this_brand_id
from web.theme_words import STATE_WORDS
from web.times import read_zone
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
    into, everyone = card.theme.merged_into_id, list_users(tx)
    notes = list_notes(tx, brand_id=None, theme_id=theme_id, limit=_NOTES + 1, offset=_NOTES * (number - 1))
    return page(
        "feedback/theme.html",
        card=card,
        into=themes.get_theme(tx, into) if into else None,
        notes=notes,
        number=number,
        moves=list_moves(tx, theme_id),
        names=name_actors(everyone),
        others=[other for other in list_theme_names(tx, this_brand_id()) if other.id != theme_id],
        products=list_products(tx, this_brand_id()),
        colleagues=[user for user in everyone if user.disabled_at is None],
        states=STATE_WORDS,
        trend=read_trend(tx, theme_id),
        told=count_told(tx, [theme_id]).get(theme_id, 0),
        stated={},
    )


@blueprint.post("/feedback/themes/<int:theme_id>/state")
def move(theme_id: int) -> Response:
    """Move a theme to another state."""
    state = request.form.get("state", "")
    today = this_tx().now.astimezone(read_zone(this_user().zone)).date()
    change = themes.edit_theme(this_tx(), theme_id, actor=this_actor(), state=state, today=today)
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


@blueprint.post("/feedback/themes/<int:theme_id>/out")
def come_out(theme_id: int) -> Response:
    """Keep what was done and since when, as those who asked will read it; the theme is out then."""
    given = request.form
    today = this_tx().now.astimezone(read_zone(this_user().zone)).date()
    change = themes.edit_theme(
        this_tx(),
        theme_id,
        actor=this_actor(),
        state="out",
        did=given.get("did", ""),
        out_on=(forms.read_day(given.get("out_on")) or today).isoformat(),
    )
    return _told(theme_id, change, _("Kept. Now those who asked can be told."))


@blueprint.post("/feedback/themes/<int:theme_id>/splitting")
def split(theme_id: int) -> Response:
    """Put chosen notes with a theme of their own."""
    chosen = [number for text in request.form.getlist("note") if (number := forms.read_int(text)) is not None]
    change = split_theme(this_tx(), theme_id, chosen, request.form.get("name", ""), actor=this_actor())
    return _told(change.data["into"], change, _("Split off."))


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
