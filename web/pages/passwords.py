"""Wire: setting a password by the one-time link that a colleague was given."""

from flask import Blueprint, Response, request

from crm import users
from crm.models import OneTimeLink, User
from kit.errors import InvalidError, RefusedError, say
from web.pages.sessions import arrive
from web.request import this_house, this_tx
from web.respond import page
from web.words import said

blueprint = Blueprint("passwords", __name__)


@blueprint.get("/password/<token>")
def show(token: str) -> Response:
    """Ask for a new password."""
    user = _owner(users.check_link(this_tx(), "password", token))
    return page("setup/password.html", token=token, user=user, fault="")


@blueprint.post("/password/<token>")
def create(token: str) -> Response:
    """Set the password and sign in."""
    tx = this_tx()
    user = _owner(users.check_link(tx, "password", token))
    try:
        users.set_password(user, request.form.get("password", "")[:1000], this_house().hasher)
    except InvalidError as error:
        return page("setup/password.html", status=422, token=token, user=user, fault=said(error))
    users.use_link(tx, "password", token)
    return arrive(users.open_session(tx, user), "/today")


def _owner(link: OneTimeLink) -> User:
    user = this_tx().session.get(User, link.user_id) if link.user_id else None
    if user is None or user.disabled_at:
        raise RefusedError(say("This account is closed. Ask an admin."), code="link_used")
    return user
