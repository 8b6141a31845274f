"""Wire: finding a person by a few letters, for the palette and as a page of its own."""

from flask import Blueprint, Response, request

from crm.people import search_people
from web.request import is_partial, this_tx
from web.respond import page

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
def show() -> Response:
    """Show who is found; the palette takes the list alone."""
    words = request.args.get("q", "").strip()[:200]
    found = search_people(this_tx(), words) if words else []
    return page("search/page.html", part="search/_found.html", found=found, words=words, options=is_partial())
