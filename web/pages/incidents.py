"""Wire: incidents: saying that somebody has looked. They are shown on Today."""

from flask import Blueprint, Response

from sequences.incidents import close_incident
from web.auth import require
from web.request import this_actor, this_tx
from web.respond import done
from web.words import _

blueprint = Blueprint("incidents", __name__)


@blueprint.post("/incidents/<int:incident_id>/closing")
def close(incident_id: int) -> Response:
    """Close an incident."""
    require("send")
    close_incident(this_tx(), incident_id, actor=this_actor())
    return done("/today", _("Closed. It comes back if it happens again."))
