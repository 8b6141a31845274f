"""Wire: one's own account: name, zone, theme, letter keys."""

from flask import Blueprint, Response, request, session

from crm.models import User
from web import forms
from web.request import this_tx, this_user
from web.respond import done, page
from web.times import zone_names

blueprint = Blueprint("you", __name__)
THEMES = ("system", "light", "dark")


@blueprint.get("/settings/you")
def show() -> Response:
    """Show one's own account."""
    return page("settings/you.html", themes=THEMES)


@blueprint.post("/settings/you")
def save() -> Response:
    """Change one's own account."""
    user, given = _own(), request.form
    user.name = given.get("name", "").strip()[:200] or user.name
    user.zone = forms.choose(given.get("zone", ""), zone_names(), user.zone)
    user.theme = forms.choose(given.get("theme", ""), THEMES, user.theme)
    user.letter_keys = bool(given.get("letter_keys"))
    return done("/settings/you", "Saved.")


@blueprint.post("/settings/you/theme")
def switch_theme() -> Response:
    """Keep light or dark for this account."""
    user = _own()
    user.theme = forms.choose(request.form.get("theme", ""), THEMES, "dark" if user.theme == "light" else "light")
    return done("/today")


@blueprint.post("/settings/you/brand")
def choose_brand() -> Response:
    """Work for another brand in this browser; every list says which one it shows."""
    brand_id = forms.read_int(request.form.get("brand"))
    session["brand"] = brand_id
    return done("/today")


def _own() -> User:
    return this_tx().session.get_one(User, this_user().id)
