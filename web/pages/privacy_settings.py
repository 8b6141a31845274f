"""Wire: privacy for the whole workspace: how long data is kept, who was given it, and everything out as files."""

from collections.abc import Iterator

from flask import Blueprint, Response, request

from crm.changes import record_change
from crm.disclosures import list_disclosures, record_disclosure
from crm.erased import count_erased
from crm.history import list_actor_names
from kit.errors import InvalidError, say
from sequences.privacy import retention
from sequences.whole.export import export_whole
from web import forms
from web.auth import require
from web.privacy_words import kind_words
from web.request import drop_tx, this_actor, this_house, this_tx
from web.respond import done, page
from web.schema import head_revision
from web.wiring import House
from web.words import _, said
from web.zip_stream import stream_zip

blueprint = Blueprint("privacy_settings", __name__)


@blueprint.get("/settings/privacy")
def show() -> Response:
    """Show how long data is kept, what would go now, and who was given data."""
    return _show()


@blueprint.post("/settings/privacy/retention")
def keep_rules() -> Response:
    """Say how long data is kept; an empty field keeps it."""
    require("rules")
    tx = this_tx()
    try:
        wanted = {name: _months(request.form.get(name, "")) for name in retention.FIELDS}
        rules = retention.save_rules(tx, wanted)
    except InvalidError as error:
        return _show(fault=said(error), status=422)
    words = say("Retention: texts %(texts)s, people %(people)s months", texts=rules.text_months or "-",
                people=rules.contact_months or "-")  # fmt: skip
    record_change(tx, "retention", actor=this_actor(), summary=words, data={})
    return done("/settings/privacy", _("Saved. It runs once a day.") if rules.are_on else _("Saved. Nothing goes."))


@blueprint.post("/settings/data/export")
def export() -> Response:
    """Hand over everything as plain files; it leaves while it is made, and lies nowhere here."""
    require("admin")
    house, actor, now = this_house(), this_actor(), this_tx().now
    drop_tx()
    with house.database.transaction() as tx:
        record_disclosure(tx, "workspace", actor=actor, count=0)
        record_change(tx, "whole_export", actor=actor, summary=say("Everything downloaded"), data={})
    answer = Response(_pack(house), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="rapport-{now:%Y%m%d-%H%M}.zip"'
    return answer


def _pack(house: House) -> Iterator[bytes]:
    """Yield everything as one moment saw it; the manifest comes last, so that half a file is never taken in."""
    with house.database.reading() as tx:
        yield from stream_zip(export_whole(tx, schema=head_revision()))


def _months(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    number = forms.read_int(text)
    if number is None:
        raise InvalidError(say("Months must be a whole number from 1 to %(most)s, or empty.",
                               most=retention.MOST_MONTHS))  # fmt: skip
    return number


def _show(*, fault: str = "", status: int = 200) -> Response:
    tx = this_tx()
    rules = retention.read_rules(tx)
    erased, mails = count_erased(tx)
    return page(
        "settings/privacy.html",
        status=status,
        fault=fault,
        rules=rules,
        shown={name: request.form.get(name, getattr(rules, name) or "") for name in retention.FIELDS},
        outlook=retention.look_ahead(tx, rules),
        most=retention.MOST_COUNTED,
        erased=erased,
        mails=mails,
        given=[(row, kind_words(row.kind)) for row in list_disclosures(tx)],
        names=list_actor_names(tx),
    )
