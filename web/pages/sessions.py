"""Wire: signing in and out."""

from flask import Blueprint, Response, current_app, redirect, request

from crm import users
from crm.models import User
from web.auth import local_path, set_session
from web.request import COOKIE, find_user, this_house, this_tx
from web.respond import page
from web.tries import SignInTries
from web.words import _, lazy

blueprint = Blueprint("sessions", __name__)
_WRONG = lazy("That address and password do not belong together. Check both, or ask an admin for a new link.")
_SLOW_DOWN = lazy("Too many tries. Wait 15 minutes, then try again; nothing else is affected.")


@blueprint.get("/sign-in")
def new() -> Response:
    """Ask who it is."""
    if find_user():
        return Response(status=303, headers={"Location": local_path(request.args.get("next"))})
    return _form()


@blueprint.post("/sessions")
def create() -> Response:
    """Sign in: at most ten wrong tries a quarter of an hour for one address from one place."""
    tx, tries = this_tx(), _tries()
    email = request.form.get("email", "")
    key = f"{email.strip().lower()[:320]} {request.remote_addr}"
    if not tries.may_try(key, tx.now):
        return _form(fault=_(_SLOW_DOWN), status=422)
    user = users.check_password(tx, email, request.form.get("password", "")[:1000], this_house().hasher)
    if user is None:
        tries.record(key, tx.now)
        return _form(fault=_(_WRONG), status=422)
    tries.forget(key)
    return enter(user, local_path(request.form.get("next")))


@blueprint.post("/sessions/end")
def end() -> Response:
    """Sign out."""
    users.close_session(this_tx(), request.cookies.get(COOKIE, ""))
    answer = Response(status=303, headers={"Location": "/sign-in"})
    answer.delete_cookie(COOKIE, httponly=True, samesite="Lax")
    return answer


def enter(user: User, place: str) -> Response:
    """Open a session in a transaction of its own and go on; the password was checked outside any writer's lock."""
    with this_house().database.transaction() as tx:
        token = users.open_session(tx, user)
    return arrive(token, place)


def arrive(token: str, place: str) -> Response:
    """Hand over a session that was opened, and go on."""
    answer = Response(status=303, headers={"Location": redirect(place).location})
    return set_session(answer, token, max_age_s=users.SESSION_FOR.total_seconds())


def _form(*, fault: str = "", status: int = 200) -> Response:
    email = request.form.get("email", "")
    onward = request.values.get("next", "")
    return page("setup/sign_in.html", status=status, fault=fault, email=email, onward=onward)


def _tries() -> SignInTries:
    tries: SignInTries = current_app.extensions["tries"]
    return tries
