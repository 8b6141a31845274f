"""Wire: how this installation is, for admins: version, database, signs of life, faults with their mend, settings."""

from importlib.metadata import version

from flask import Blueprint, Response
from sqlalchemy import select

from crm.models import Quarantined
from sequences.models import Heartbeat
from web.auth import require
from web.findings import find_faults
from web.request import this_house, this_tx
from web.respond import page
from web.schema import found_revision

blueprint = Blueprint("system", __name__)
_SHOWN = 20


@blueprint.get("/settings/system")
def show() -> Response:
    """Show how it is."""
    require("admin")
    tx, house = this_tx(), this_house()
    aside = select(Quarantined.id, Quarantined.folder, Quarantined.error, Quarantined.at)
    return page(
        "settings/system.html",
        version=version("rapport"),
        schema=found_revision(tx.session.connection()),
        database=house.database.engine.dialect.name,
        beat=tx.session.get(Heartbeat, "beat"),
        faults=find_faults(tx),
        aside=tx.session.execute(aside.order_by(Quarantined.id.desc()).limit(_SHOWN)).all(),
        listed=house.settings.listed,
    )
