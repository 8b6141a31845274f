"""Wire: finding people, mails, notes and feedback by words: for the palette, and as a page of its own."""

from flask import Blueprint, Response, request

from crm.people import list_main_handles
from crm.search import KINDS, search
from web import forms
from web.request import is_partial, this_tx
from web.respond import page

blueprint = Blueprint("search", __name__)
PER_PAGE = 30
_IN_PALETTE = 5


@blueprint.get("/search")
def show() -> Response:
    """Show what is found; the palette takes a few of each kind."""
    tx, words = this_tx(), request.args.get("q", "").strip()[:200]
    if is_partial():
        found = search(tx, words, each=_IN_PALETTE)
        mains = list_main_handles(tx, [hit.number for hit in found.hits if hit.kind == "people"])
        return page("search/page.html", part="search/_found.html", found=found, words=words, mains=mains)
    kind = forms.choose(request.args.get("kind", ""), tuple(KINDS), "")
    number = min(max(forms.read_int(request.args.get("page")) or 1, 1), 50)
    found = search(tx, words, kinds=[kind] if kind else [], limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    last = max(1, -(-found.total // PER_PAGE))
    return page("search/page.html", found=found, words=words, kind=kind, number=number, last=last)
