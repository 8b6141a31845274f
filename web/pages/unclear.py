"""Wire: mails that may or may not have left: a person looks in the Sent folder and chooses."""

from flask import Blueprint, Response, request

from sequences.sending.unclear import resolve_unknown
from sequences.sending.unclear_list import list_unclear
from web.auth import require
from web.request import this_actor, this_tx
from web.respond import done, page
from web.words import _

blueprint = Blueprint("unclear", __name__)


@blueprint.get("/sends/unclear")
def index() -> Response:
    """Show every mail whose end nobody knows."""
    return page("sends/unclear.html", rows=list_unclear(this_tx()))


@blueprint.post("/sends/<int:send_id>/outcome")
def settle(send_id: int) -> Response:
    """Take a mail as sent, or send it again, because a person looked."""
    require("send")
    verdict = request.form.get("verdict", "")
    resolve_unknown(this_tx(), send_id, verdict=verdict, actor=this_actor())
    words = _("Kept as sent.") if verdict == "sent" else _("It goes out once more, with the same id.")
    return done("/sends/unclear", words)
