"""Wire: tokens with which other programs read; for admins."""

from flask import Blueprint, Response, request

from crm.tokens import SCOPES, create_token, list_tokens, revoke_token
from kit.errors import InvalidError
from web.api.door import list_uses
from web.auth import require
from web.request import this_actor, this_house, this_tx
from web.respond import done, page
from web.words import _, said

blueprint = Blueprint("tokens", __name__)


@blueprint.get("/settings/tokens")
def show() -> Response:
    """List the tokens."""
    require("admin")
    return _show()


@blueprint.post("/settings/tokens")
def create() -> Response:
    """Make a token; its secret is shown on this answer and never again."""
    require("admin")
    try:
        row, secret = create_token(this_tx(), request.form.get("name", ""), scopes=_scopes(), actor=this_actor())
    except InvalidError as error:
        return _show(fault=said(error), status=422)
    return _show(name=row.name, secret=secret)


@blueprint.post("/settings/tokens/<int:token_id>/revocation")
def revoke(token_id: int) -> Response:
    """Take a token back."""
    require("admin")
    row = revoke_token(this_tx(), token_id, actor=this_actor())
    return done("/settings/tokens", _("%(name)s opens nothing any more.", name=row.name))


def _scopes() -> tuple[str, ...]:
    """Return what the token is to do; without a word about it, it reads."""
    chosen = request.form.getlist("scope") or ["read"]
    return tuple(scope for scope in SCOPES if scope in chosen)


def _show(*, name: str = "", secret: str = "", fault: str = "", status: int = 200) -> Response:
    rows = list_tokens(this_tx())
    return page("settings/tokens.html", status=status, rows=rows, uses=list_uses(this_tx(), rows), name=name,
                secret=secret, fault=fault, base=this_house().settings.public_url)  # fmt: skip
