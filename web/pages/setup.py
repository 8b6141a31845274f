"""Wire: the first account and the first brand, by the one-time link that the command line prints."""

from flask import Blueprint, Response, request

from crm import brands, users
from kit.errors import ConflictError, InvalidError, RefusedError, say
from kit.tx import Tx
from sequences.first_run.progress import read_progress
from web import forms
from web.pages.sessions import arrive
from web.request import find_user, this_house, this_tx
from web.respond import page
from web.times import zone_names
from web.words import said

blueprint = Blueprint("setup", __name__)
_FIELDS = ("name", "email", "zone", "brand", "postal_address")


@blueprint.get("/setup")
def explain() -> Response:
    """Go on with the first run; a stranger is refused: set-up begins with a link."""
    if find_user():
        return Response(status=303, headers={"Location": f"/setup/steps/{read_progress(this_tx()).next_step}"})
    raise RefusedError(
        say("Open the set-up link that Rapport printed when it started. It works once."), code="link_used"
    )


@blueprint.get("/setup/<token>")
def show(token: str) -> Response:
    """Ask for the first account and brand."""
    _check(this_tx(), token)
    return _form(token)


@blueprint.post("/setup/<token>")
def create(token: str) -> Response:
    """Make the first account and brand, and sign in."""
    tx = this_tx()
    _check(tx, token)
    try:
        with tx.session.begin_nested():
            session = _make(tx, token)
    except (InvalidError, ConflictError) as error:
        return _form(token, fault=said(error), status=422)
    return arrive(session, "/setup/steps/mailbox")


def _check(tx: Tx, token: str) -> None:
    users.check_link(tx, "setup", token)
    if users.count_users(tx):
        raise RefusedError(say("This Rapport is set up already. Sign in instead."), code="link_used")


def _make(tx: Tx, token: str) -> str:
    given = {field: request.form.get(field, "").strip() for field in _FIELDS}
    if not given["name"]:
        raise InvalidError(say("Please fill in your name."))
    if not given["brand"]:
        raise InvalidError(say("Please fill in the brand."))
    user = users.add_user(tx, given["email"], role="admin", name=given["name"])
    user.zone = forms.choose(given["zone"], zone_names(), "UTC")
    users.set_password(user, request.form.get("password", "")[:1000], this_house().hasher)
    if brands.find_brand(tx, given["brand"]) is None:
        brands.create_brand(tx, given["brand"], postal_address=given["postal_address"])
    users.use_link(tx, "setup", token)
    return users.open_session(tx, user)


def _form(token: str, *, fault: str = "", status: int = 200) -> Response:
    given = {field: request.form.get(field, "") for field in _FIELDS}
    return page("setup/first.html", status=status, token=token, given=given, fault=fault)
