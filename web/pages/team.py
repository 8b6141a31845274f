"""Wire: the people of the team; for admins."""

from flask import Blueprint, Response, request

from crm import team
from crm.leaves import list_leaves
from crm.models import User
from crm.models.user import ROLES
from kit.errors import ConflictError, InvalidError
from web.auth import require
from web.request import this_actor, this_house, this_tx
from web.respond import done, page
from web.words import _, said

blueprint = Blueprint("team", __name__)
PLACE = "/settings/team"


@blueprint.get("/settings/team")
def show() -> Response:
    """List everybody."""
    require("admin")
    return _show()


@blueprint.post("/settings/team")
def invite() -> Response:
    """Add a colleague; the link that sets the password is shown on this answer and never again."""
    require("admin")
    tx, given = this_tx(), request.form
    try:
        with tx.session.begin_nested():
            user, token = team.invite(
                tx, given.get("email", ""), role=given.get("role", ""), name=given.get("name", ""), actor=this_actor()
            )
    except (InvalidError, ConflictError) as error:
        return _show(fault=said(error), status=422)
    return _show(invited=user, token=token)


@blueprint.post("/settings/team/<int:user_id>/link")
def link(user_id: int) -> Response:
    """Make a new link that sets the password."""
    require("admin")
    user, token = team.new_link(this_tx(), user_id, actor=this_actor())
    return _show(invited=user, token=token)


@blueprint.post("/settings/team/<int:user_id>/role")
def change_role(user_id: int) -> Response:
    """Give somebody another role."""
    require("admin")
    user = team.change_role(this_tx(), user_id, request.form.get("role", ""), actor=this_actor())
    return done(PLACE, _("%(name)s has another role now.", name=user.name))


@blueprint.post("/settings/team/<int:user_id>/switch-off")
def switch_off(user_id: int) -> Response:
    """Close an account."""
    require("admin")
    user = team.switch_off(this_tx(), user_id, actor=this_actor())
    return done(PLACE, _("%(name)s cannot sign in any more. All work stays.", name=user.name))


@blueprint.post("/settings/team/<int:user_id>/switch-on")
def switch_on(user_id: int) -> Response:
    """Open an account again."""
    require("admin")
    user = team.switch_on(this_tx(), user_id, actor=this_actor())
    return done(PLACE, _("%(name)s can sign in again.", name=user.name))


def _show(*, invited: User | None = None, token: str = "", fault: str = "", status: int = 200) -> Response:
    tx = this_tx()
    tx.session.flush()
    url = f"{this_house().settings.public_url}/password/{token}" if token else ""
    given = {name: request.form.get(name, "") if fault else "" for name in ("email", "name", "role")}
    return page("settings/team.html", status=status, people=team.list_team(tx), leaves=list_leaves(tx),
                roles=ROLES, invited=invited, url=url,
                given=given, fault=fault)  # fmt: skip
