"""Wire: why a mail was sent, or why not yet: a page of its own, and a panel beside the mail."""

from flask import Blueprint, Response

from sequences.insight.explain import explain_send
from web.request import this_tx
from web.respond import page

blueprint = Blueprint("sends", __name__)


@blueprint.get("/sends/<int:send_id>/explanation")
def explain(send_id: int) -> Response:
    """Show the derivation of one mail, and every rule that holds it."""
    return page("sends/page.html", part="sends/_panel.html", found=explain_send(this_tx(), send_id))
