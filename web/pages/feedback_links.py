"""Wire: the addresses of public forms: made, copied, closed."""

from flask import Blueprint, Response, request

from crm.brands import list_products
from crm.feedback_links import close_link, list_links, open_link, token_of
from kit.errors import InvalidError, say
from web import forms
from web.auth import require
from web.request import this_actor, this_house, this_tx
from web.respond import done, page
from web.shell import this_brand_id
from web.words import _

blueprint = Blueprint("feedback_links", __name__)


@blueprint.get("/feedback/links")
def show() -> Response:
    """Show the links of this brand."""
    tx, house = this_tx(), this_house()
    rows = [
        (link, product, f"{house.settings.public_url}/say/{token_of(link, house.seal)}")
        for link, product in list_links(tx, this_brand_id())
    ]
    return page("feedback/links.html", rows=rows, products=list_products(tx, this_brand_id()))


@blueprint.post("/feedback/links")
def create() -> Response:
    """Make an address."""
    require("feedback")
    brand_id = this_brand_id()
    if brand_id is None:
        raise InvalidError(say("There is no brand yet. Add one in the settings first."))
    open_link(this_tx(), brand_id, forms.read_int(request.form.get("product_id")), actor=this_actor())
    return done("/feedback/links", _("The link is open. Copy it to where people are."))


@blueprint.post("/feedback/links/<int:link_id>/closing")
def close(link_id: int) -> Response:
    """Close an address for good."""
    require("feedback")
    close_link(this_tx(), link_id)
    return done("/feedback/links", _("Closed. What it brought stays."))
