"""Wire: data: what changed lately, imports and taking them back, and a backup for admins."""

from pathlib import Path
from tempfile import mkdtemp

from flask import Blueprint, Response, after_this_request, request, send_file
from sqlalchemy import select

from crm.changes import record_change
from crm.disclosures import record_disclosure
from crm.models import Import
from crm.stale_setting import read_stale_days, set_stale_days
from kit.errors import say
from sequences.sending.imports_back import undo_import
from web import forms
from web.auth import require
from web.request import drop_tx, this_actor, this_house, this_tx
from web.respond import done, page
from web.schema import backup_database
from web.undo import undo_place
from web.words import _, ngettext

blueprint = Blueprint("data", __name__)
_SHOWN = 20


@blueprint.get("/settings/data")
def show() -> Response:
    """Show the newest imports, and where everything else about data is."""
    imports = list(this_tx().session.scalars(select(Import).order_by(Import.id.desc()).limit(_SHOWN)))
    return page("settings/data.html", imports=imports, stale_days=read_stale_days(this_tx()))


@blueprint.post("/settings/data/stale")
def set_stale() -> Response:
    """Say after how many days figures of accounts are stale."""
    require("rules")
    days = forms.read_int(request.form.get("days"))
    change = set_stale_days(this_tx(), days, actor=this_actor())
    return done("/settings/data", _("Saved."), undo=undo_place(change))


@blueprint.post("/settings/data/imports/<int:import_id>/undo")
def take_back(import_id: int) -> Response:
    """Take an import back as far as nobody worked with its people since."""
    require("rules")
    result = undo_import(this_tx(), import_id, this_actor())
    kept = len(result.kept)
    said = ngettext("Taken back; %(num)s person stays, because somebody worked with them since.",
                    "Taken back; %(num)s people stay, because somebody worked with them since.", kept)  # fmt: skip
    if not kept:
        said = _("Taken back. Everything is as before.")
    if result.left:
        said = " ".join([said if kept else _("Taken back."), _("Addresses and accounts that are in use since stay.")])
    return done("/settings/data", said)


@blueprint.post("/settings/data/backup")
def back_up() -> Response:
    """Hand over a consistent copy of the database; it is made outside any transaction and then forgotten here."""
    require("admin")
    house, actor, now = this_house(), this_actor(), this_tx().now
    drop_tx()
    ending = "sqlite3" if house.database.engine.dialect.name == "sqlite" else "dump"
    file = Path(mkdtemp(prefix="backup-", dir=house.settings.home)) / f"rapport-{now:%Y%m%d-%H%M}.{ending}"
    after_this_request(lambda answer: _forget(answer, file))
    backup_database(house.database.engine, file)
    with house.database.transaction() as tx:
        record_disclosure(tx, "backup", actor=actor, count=0)
        record_change(tx, "backup", actor=actor, summary=say("Backup downloaded"), data={})
    return send_file(file, as_attachment=True, mimetype="application/octet-stream")


def _forget(answer: Response, file: Path) -> Response:
    # The answer holds the open file; its name may go.
    file.unlink(missing_ok=True)
    file.parent.rmdir()
    return answer
