"""Wire: the public form for feedback: no account, no cookie; bounded in size and pace; found by no search engine."""

from typing import Any

from flask import Blueprint, Response, current_app, request

from crm.feedback import KINDS, MAX_QUOTE
from crm.feedback_links import Form, Said, hand_in, make_stamp, read_form
from kit.errors import InvalidError, NotFoundError, RefusedError, say
from web import forms
from web.request import this_house, this_tx
from web.respond import page
from web.tries import SignInTries
from web.words import _, said

blueprint = Blueprint("say", __name__)
MOST = 20


@blueprint.get("/say/<path:token>")
def show(token: str) -> Response:
    """Show the form."""
    return _show(_form(token), token)


@blueprint.post("/say/<path:token>")
def create(token: str) -> Response:
    """Keep what somebody wrote; it waits to be sorted by a colleague."""
    tx, form, pace = this_tx(), _form(token), _pace()
    key = f"{form.link.id} {request.remote_addr}"
    if not pace.may_try(key, tx.now):
        return _show(
            form, token, fault=_("That were many in a short time. Please wait a quarter of an hour."), status=429
        )
    pace.record(key, tx.now)
    if request.form.get("website"):  # people do not see this field; machines fill everything
        return _show(form, token, is_done=True)
    try:
        with tx.session.begin_nested():
            hand_in(tx, form, _said(), this_house().seal)
    except (InvalidError, RefusedError) as error:
        return _show(form, token, fault=said(error), status=422)
    return _show(form, token, is_done=True)


def _said() -> Said:
    given = request.form
    quote = given.get("quote", "").replace("\r\n", "\n").strip()
    if not quote:
        raise InvalidError(say("Write a few words first."))
    if len(quote) > MAX_QUOTE:
        raise InvalidError(say("That is too long: %(most)s characters fit. Your words are still here.", most=MAX_QUOTE))
    return Said(
        quote=quote,
        kind=forms.choose(given.get("kind", ""), KINDS, "idea"),
        stamp=given.get("stamp", ""),
        name=given.get("name", "")[:200],
        email=given.get("email", "")[:320],
        product_id=forms.read_int(given.get("product_id")),
        from_audience=given.get("who") == "audience",
    )


def _form(token: str) -> Form:
    form = read_form(this_tx(), token[:200], this_house().seal)
    if form is None:
        raise NotFoundError(say("This link is closed, or not complete. Ask whoever gave it to you for a new one."))
    return form


def _show(form: Form, token: str, *, fault: str = "", is_done: bool = False, status: int = 200) -> Response:
    shown: dict[str, Any] = {"form": form, "token": token, "fault": fault, "is_done": is_done, "most": MAX_QUOTE}
    stamp = make_stamp(this_tx(), form, this_house().seal)
    answer = page("feedback/say.html", status=status, stamp=stamp, given=request.form, **shown)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _pace() -> SignInTries:
    pace: SignInTries = current_app.extensions["said"]
    return pace
