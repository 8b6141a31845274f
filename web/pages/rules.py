"""Wire: what holds for the whole workspace: limits over 24 hours, and the rules of the team, also brand by brand."""

from flask import Blueprint, Response, request

from crm.brands import list_brands
from kit.errors import InvalidError, NotFoundError, say
from kit.tx import Tx
from sequences.sending.workspace_limits import read_workspace_limits, set_workspace_limit
from sequences.team.team_settings import describe_team_rules, read_team_book, set_team_rules
from web import forms
from web.auth import require
from web.request import this_tx
from web.respond import done, page
from web.words import _, said

blueprint = Blueprint("rules", __name__)
_LIMITS = ("workspace", "sending_domain", "recipient_domain")
_NUMBERS = ("recent_days", "cold_days", "budget", "budget_days")
_SWITCHES = ("owned", "active_elsewhere")


@blueprint.get("/settings/sending")
def sending() -> Response:
    """Show the limits of the workspace."""
    return _sending()


@blueprint.post("/settings/sending")
def save_sending() -> Response:
    """Change the limits of the workspace; an empty field takes a limit away."""
    require("rules")
    tx = this_tx()
    try:
        wanted = {name: forms.read_limit(request.form.get(name, ""), "none") for name in _LIMITS}
    except InvalidError as error:
        return _sending(fault=said(error), status=422)
    for name, number in wanted.items():
        set_workspace_limit(tx, name, number)
    return done("/settings/sending", _("Saved. It holds from the next mail on."))


@blueprint.get("/settings/team-rules")
def team() -> Response:
    """Show the rules of the team: of all brands, or of one that differs."""
    return _team(forms.read_int(request.args.get("brand")))


@blueprint.post("/settings/team-rules")
def save_team() -> Response:
    """Change the rules of the team; only what was changed becomes a brand's own."""
    require("rules")
    tx, brand_id = this_tx(), forms.read_int(request.form.get("brand"))
    try:
        changes = _read_changes(tx, brand_id)
        with tx.session.begin_nested():
            set_team_rules(tx, changes, brand_id=brand_id)
    except InvalidError as error:
        return _team(brand_id, fault=said(error), status=422)
    return done(f"/settings/team-rules{f'?brand={brand_id}' if brand_id else ''}", _("Saved. It holds from now on."))


def _sending(*, fault: str = "", status: int = 200) -> Response:
    limits = read_workspace_limits(this_tx())
    shown = {name: request.form.get(name, _text(getattr(limits, name))) for name in _LIMITS}
    return page("settings/sending.html", status=status, shown=shown, fault=fault)


def _team(brand_id: int | None, *, fault: str = "", status: int = 200) -> Response:
    tx = this_tx()
    book, brands = read_team_book(tx), list_brands(tx)
    brand = next((one for one in brands if one.id == brand_id), None)
    if brand_id is not None and brand is None:
        raise NotFoundError(say("There is no such brand."))
    rules = describe_team_rules(book.of(brand.id) if brand else book.workspace)
    given = request.form
    return page(
        "settings/team_rules.html",
        status=status,
        fault=fault,
        brands=brands,
        brand=brand,
        differs=sorted(book.brands),
        shown={name: given.get(name, _text(rules[name])) for name in _NUMBERS},
        switched={name: bool(given.get(name)) if fault else bool(rules[name]) for name in _SWITCHES},
    )


def _read_changes(tx: Tx, brand_id: int | None) -> dict[str, int | None]:
    """Return what the form says differently from what holds now."""
    book = read_team_book(tx)
    held = describe_team_rules(book.workspace if brand_id is None else book.of(brand_id))
    wanted: dict[str, int | None] = {name: forms.read_limit(request.form.get(name, ""), "off") for name in _NUMBERS}
    wanted |= {name: bool(request.form.get(name)) for name in _SWITCHES}
    return {name: value for name, value in wanted.items() if value != held[name]}


def _text(value: float | None) -> str:
    return "" if value is None else str(value)
