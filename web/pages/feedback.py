"""Wire: feedback: themes on a board, all notes, keeping what a person said about a product."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request

from crm.brands import list_products
from crm.feedback import KINDS, MAX_QUOTE, Origin, count_notes, list_notes, log_feedback
from crm.feedback_person import find_stated, name_person
from crm.models import Product
from crm.people import search_people
from crm.theme_board import list_lanes, list_theme_names
from crm.themes import STATES, assign_note, ensure_theme
from kit.errors import InvalidError, say
from sequences.telling.progress import count_told
from sequences.telling.told import count_all_told, list_told
from web import forms
from web.account_form import read_figure
from web.auth import require
from web.figures import slug
from web.refused_forms import form_at
from web.request import this_actor, this_tx
from web.respond import done, page
from web.shell import this_brand_id
from web.theme_words import STATE_WORDS
from web.words import _

blueprint = Blueprint("feedback", __name__)
_MOST = 2_000_000_000
_NEW_SHOWN = 30
_NOTES = 50


@blueprint.get("/feedback")
def index() -> Response:
    """Show themes by state with the notes that wait for one, or all notes."""
    tx, args = this_tx(), request.args
    products = list_products(tx, this_brand_id())
    product_id = _product_of(products, args.get("product", ""))
    state, tab = (
        forms.choose(args.get("state", ""), STATES, ""),
        forms.choose(args.get("tab", ""), ("notes", "told"), ""),
    )
    shown = {"": _board, "notes": _all_notes, "told": _all_told}[tab](product_id, state)
    return page(
        "feedback/page.html",
        products=products,
        product_id=product_id,
        state=state,
        tab=tab,
        note_count=count_notes(tx, brand_id=this_brand_id(), product_id=product_id),
        told_count=count_all_told(tx, brand_id=this_brand_id(), product_id=product_id),
        themes=list_theme_names(tx, this_brand_id()),
        kinds=KINDS,
        states=STATE_WORDS,
        **shown,
    )


def _product_of(products: Sequence[Product], word: str) -> int | None:
    """Return the product an address means: by its number, whatever follows it, or by its name."""
    number = forms.read_int(word.partition("-")[0])
    return next((row.id for row in products if row.id == number or slug(row.name) == word), None)


def _board(product_id: int | None, state: str) -> dict[str, Any]:
    tx, brand_id = this_tx(), this_brand_id()
    board = list_lanes(tx, brand_id=brand_id, product_id=product_id, state=state)
    fresh = list_notes(tx, brand_id=brand_id, product_id=product_id, is_new=True, limit=_NEW_SHOWN)
    return {
        "board": board,
        "told": count_told(tx, [card.theme.id for card in board["out"].cards]),
        "fresh": fresh,
        "more_fresh": len(fresh) == _NEW_SHOWN,
        "stated": find_stated(tx, [row.note for row in fresh]),
        "notes": [],
        "number": 1,
    }


def _all_notes(product_id: int | None, _state: str) -> dict[str, Any]:
    number, before = _page()
    notes = list_notes(this_tx(), brand_id=this_brand_id(), product_id=product_id, limit=_NOTES + 1, offset=before)
    stated = find_stated(this_tx(), [row.note for row in notes])
    return {"board": {}, "fresh": [], "notes": notes, "number": number, "told": {}, "stated": stated}


def _all_told(product_id: int | None, _state: str) -> dict[str, Any]:
    number, before = _page()
    rows = list_told(this_tx(), brand_id=this_brand_id(), product_id=product_id, limit=_NOTES + 1, offset=before)
    return {"told_rows": rows, "number": number}


def _page() -> tuple[int, int]:
    number = max(1, forms.read_int(request.args.get("page")) or 1)
    return number, _NOTES * (number - 1)


@blueprint.get("/feedback/new")
def new() -> Response:
    """Show the form of a note, for a person or their audience."""
    tx, who = this_tx(), request.args.get("who", "").strip()
    return page(
        "feedback/new.html",
        products=list_products(tx, this_brand_id()),
        themes=list_theme_names(tx, this_brand_id()),
        kinds=KINDS,
        who=who,
        found=search_people(tx, who) if who else [],
    )


@blueprint.post("/feedback")
def create() -> Response:
    """Keep a quote with its source."""
    form_at("/feedback/new")
    tx, given = this_tx(), request.form
    product_id = forms.read_int(given.get("product_id"))
    log_feedback(
        tx,
        given.get("quote", "")[:MAX_QUOTE],
        kind=given.get("kind", ""),
        actor=this_actor(),
        contact_id=forms.read_int(given.get("contact_id")),
        brand_id=this_brand_id(),
        product_id=next((product.id for product in list_products(tx) if product.id == product_id), None),
        message_id=forms.read_int(given.get("message_id")),
        theme=given.get("theme", "")[:200],
        from_audience=bool(given.get("from_audience")),
        origin=_origin(),
    )
    return done("/feedback", _("Kept as feedback."))


def _origin() -> Origin:
    """Return where it was said, and to how many, as the form has it."""
    given = request.form
    reach = read_figure(given, "reach")
    return Origin(
        source="mail" if given.get("message_id") else "hand",
        heard=given.get("heard", "")[:60],
        reach=None if reach is None else min(int(reach), _MOST),
    )


@blueprint.post("/feedback/<int:note_id>/person")
def name(note_id: int) -> Response:
    """Say whose words a note is."""
    require("feedback")
    contact_id = forms.read_int(request.form.get("contact_id"))
    if contact_id is None:
        raise InvalidError(say("Choose the person first."))
    change = name_person(this_tx(), note_id, contact_id, actor=this_actor())
    return done("/feedback", _("Their words now."), undo=f"/changes/{change.id}/undo")


@blueprint.post("/feedback/<int:note_id>/theme")
def assign(note_id: int) -> Response:
    """Put a note with a theme that is there, or begin one."""
    tx, brand_id = this_tx(), this_brand_id()
    named = request.form.get("theme", "").strip()
    theme = ensure_theme(tx, named, actor=this_actor(), brand_id=brand_id) if named else None
    change = assign_note(tx, note_id, theme, actor=this_actor())
    if change is None:
        return done("/feedback", _("It is so already."))
    words = _("Put with %(name)s.", name=theme.name) if theme else _("Taken out of its theme.")
    return done("/feedback", words, undo=f"/changes/{change.id}/undo")
