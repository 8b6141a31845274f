"""Wire: keeping what a person said about a product."""

from flask import Blueprint, Response, request

from crm.brands import list_products
from crm.feedback import log_feedback
from web import forms
from web.request import this_actor, this_tx
from web.respond import done
from web.shell import this_brand_id

blueprint = Blueprint("feedback", __name__)
_MAX_QUOTE = 5_000


@blueprint.post("/feedback")
def create() -> Response:
    """Keep a quote with its source."""
    tx, given = this_tx(), request.form
    product_id = forms.read_int(given.get("product_id"))
    log_feedback(
        tx,
        given.get("quote", "")[:_MAX_QUOTE],
        kind=given.get("kind", ""),
        actor=this_actor(),
        contact_id=forms.read_int(given.get("contact_id")),
        brand_id=this_brand_id(),
        product_id=next((product.id for product in list_products(tx) if product.id == product_id), None),
        message_id=forms.read_int(given.get("message_id")),
        theme=given.get("theme", "")[:200],
        from_audience=bool(given.get("from_audience")),
    )
    return done("/today", "Kept as feedback.")
