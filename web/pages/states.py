"""Wire: every part of the interface in every state, for whoever builds the next page; for admins."""

from flask import Blueprint, Response

from crm.exchange import Exchange
from web.auth import require
from web.respond import page

blueprint = Blueprint("states", __name__)
_NONE = ((0, 0),) * 12
_WEEKS = {
    "none": _NONE,
    "one": ((0, 1), (0, 1), (0, 0), (0, 1), (0, 0), (0, 0), (0, 1), *_NONE[:5]),
    "lively": ((0, 1), (1, 1), (1, 2), (2, 1), (1, 1), (0, 1), (1, 0), (2, 2), (1, 1), (1, 2), (2, 1), (1, 1)),
    "quiet": ((2, 2), (1, 1), (2, 1), (1, 1), *_NONE[:8]),
}


@blueprint.get("/states")
def show() -> Response:
    """Show all parts."""
    require("admin")
    return page("states/page.html", strips={name: Exchange(weeks=weeks) for name, weeks in _WEEKS.items()})
