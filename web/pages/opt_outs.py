"""Wire: "no more messages": the page behind the link in every mail, and the one-click answer of RFC 8058."""

from flask import Blueprint, Response

from kit.errors import RefusedError, say
from sequences.reading.opt_outs import opt_out, read_token
from web.request import this_house, this_tx
from web.respond import page

_BROKEN = say("This link is not complete. Answer the mail with the word “stop” instead.")
blueprint = Blueprint("opt_outs", __name__)


@blueprint.get("/u/<path:token>")
def show(token: str) -> Response:
    """Ask once; looking at the page changes nothing, because mail scanners open every link."""
    email = read_token(this_house().seal, token)
    if email is None:
        raise RefusedError(_BROKEN, code="link_used")
    return page("setup/opt_out.html", token=token, email=email, is_done=False)


@blueprint.post("/u/<path:token>")
def create(token: str) -> Response:
    """Stop all mail to the address the link was made for, as often as it is asked: no cookie, no session, no question.

    A mail provider posts List-Unsubscribe=One-Click (RFC 8058 3.2), a person the button of the page.
    """
    email = opt_out(this_tx(), token=token, seal=this_house().seal)
    if email is None:
        raise RefusedError(_BROKEN, code="link_used")
    return page("setup/opt_out.html", token=token, email=email, is_done=True)
