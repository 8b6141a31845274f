"""Wire: one's own account: name, zone, language, theme, letter keys, password, and where one is signed in."""

from flask import Blueprint, Response, request, session

from crm import users
from crm.changes import record_change
from crm.leaves import list_leaves
from crm.models import User
from crm.whose import WHO
from kit.errors import InvalidError, say
from kit.ids import hash_token
from web import forms
from web.auth import local_path
from web.request import COOKIE, drop_tx, reopen_tx, this_actor, this_house, this_tx, this_user
from web.respond import done, page
from web.times import zone_names
from web.whose import address_with
from web.words import LANGUAGES, PSEUDO, _, ngettext, said

blueprint = Blueprint("you", __name__)
MOST_UNDO_S = 30
THEMES = ("system", "light", "dark")
PLACE = "/settings/you"


@blueprint.get("/settings/you")
def show() -> Response:
    """Show one's own account."""
    return _show()


@blueprint.post("/settings/you")
def save() -> Response:
    """Change one's own account."""
    user, given = _own(), request.form
    user.name = given.get("name", "").strip()[:200] or user.name
    user.zone = forms.choose(given.get("zone", ""), zone_names(), user.zone)
    user.theme = forms.choose(given.get("theme", ""), THEMES, user.theme)
    user.language = forms.choose(given.get("language", user.language), ("", *LANGUAGES, *PSEUDO), user.language)
    user.letter_keys = bool(given.get("letter_keys"))
    undo_s = forms.read_int(given.get("undo_s"))
    user.undo_s = min(undo_s, MOST_UNDO_S) if undo_s is not None else user.undo_s
    return done(PLACE, _("Saved."))


@blueprint.post("/settings/you/theme")
def switch_theme() -> Response:
    """Keep light or dark for this account."""
    user = _own()
    user.theme = forms.choose(request.form.get("theme", ""), THEMES, "dark" if user.theme == "light" else "light")
    return done("/today")


@blueprint.post("/settings/you/brand")
def choose_brand() -> Response:
    """Work for another brand in this browser; every list says which one it shows."""
    session["brand"] = forms.read_int(request.form.get("brand"))
    return done("/today")


@blueprint.post("/settings/you/whose")
def choose_whose() -> Response:
    """Look at one's own work or at everyone's, on this page and the next."""
    user = _own()
    user.whose = forms.choose(request.form.get("who", ""), WHO, user.whose)
    return done(address_with(local_path(request.form.get("back")), user.whose), back=False)


@blueprint.post("/settings/you/password")
def set_password() -> Response:
    """Change one's own password, which signs out everywhere else; the slow checks hold nobody's lock."""
    house, user, token = this_house(), this_user(), request.cookies.get(COOKIE, "")
    actor, old, new = this_actor(), request.form.get("old", "")[:1000], request.form.get("new", "")[:1000]
    drop_tx()
    try:
        fresh = _hash(user, old, new)
    except InvalidError as error:
        reopen_tx()
        return _show(fault=said(error), status=422)
    with house.database.transaction() as tx:
        tx.session.get_one(User, user.id).password_hash = fresh
        users.close_other_sessions(tx, user.id, token)
        words = say("Password of %(email)s changed", email=user.email)
        record_change(tx, "password", actor=actor, summary=words, data={"user_id": user.id})
    return done(PLACE, _("Your password is changed, and you are signed out everywhere else."))


@blueprint.post("/settings/you/sessions/end")
def end_others() -> Response:
    """Sign out everywhere but here."""
    ended = users.close_other_sessions(this_tx(), this_user().id, request.cookies.get(COOKIE, ""))
    return done(PLACE, ngettext("Signed out in %(num)s other place.", "Signed out in %(num)s other places.", ended))


def _hash(user: User, old: str, new: str) -> str:
    hasher = this_house().hasher
    if not users.is_password(user, old, hasher):
        raise InvalidError(say("That is not your present password. Nothing was changed."))
    probe = User(email=user.email)
    users.set_password(probe, new, hasher)
    return str(probe.password_hash)


def _own() -> User:
    return this_tx().session.get_one(User, this_user().id)


def _show(*, fault: str = "", status: int = 200) -> Response:
    sessions = users.list_sessions(this_tx(), this_user().id)
    here = hash_token(request.cookies.get(COOKIE, ""))
    return page("settings/you.html", status=status, sessions=sessions, here=here, fault=fault,
                rows=list_leaves(this_tx(), user_id=this_user().id), languages=tuple(LANGUAGES.items()))  # fmt: skip
