"""Wire: the people chosen on the contact list, and one act on all of them: who can take part, then doing it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request
from sqlalchemy import select

from crm.brands import list_stages
from crm.csv_writing import BOM, write_rows
from crm.disclosures import record_disclosure
from crm.export_job import list_rows, name_columns
from crm.fields import offered_fields
from crm.models import Contact
from crm.people_found import find_first, find_people_ids
from crm.person_edits import list_colleagues
from kit.errors import InvalidError, RapportError, say
from kit.tx import Tx
from sequences.bulk import deeds
from sequences.bulk.act import Order, Verdict
from sequences.models import Sequence as SequenceRow
from web import forms
from web.auth import local_path, require
from web.bulk_words import list_left_out
from web.pages.exports import export_later
from web.people_query import is_filtered, read_chosen, read_query_text
from web.request import this_actor, this_tx, this_user
from web.respond import done, page, send_csv
from web.shell import this_brand_id
from web.undo import undo_place
from web.words import ngettext, said, translate

blueprint = Blueprint("selection", __name__)
EXPORT_AT_ONCE = 2_000
# So many are judged before anything is done; a job judges everybody when their turn comes.
JUDGED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Who was chosen: by number, or everybody who matches `query`; `count` of them, of whom `ids` may be the first."""

    ids: tuple[int, ...]
    count: int
    everybody: bool
    query: str


@blueprint.get("/contacts/selection")
def show() -> Response:
    """Say what one act would do to the people chosen, and who cannot take part; of very many, to the first."""
    tx, chosen = this_tx(), _read_selection(most=JUDGED)
    act, value = request.args.get("act", ""), request.args.get("value", "").strip()
    # Held before it is judged, so that the one that is chosen is not asked for again.
    sequences = _sequences(tx) if act == "enrol" else []
    verdict, fault = _judge(tx, chosen, act, value)
    return page(
        "selection/page.html",
        chosen=chosen,
        act=act if act in deeds.KINDS else "",
        value=value,
        verdict=verdict,
        fault=fault,
        left=list_left_out(verdict) if verdict else [],
        later=chosen.count > deeds.AT_ONCE,
        stages=list_stages(tx) if act == "stage" else [],
        colleagues=list_colleagues(tx) if act == "owner" else [],
        sequences=sequences,
        back=_back(chosen),
    )


@blueprint.post("/contacts/selection")
def create() -> Response:
    """Do it: at once for a few people, as a job for many."""
    act = request.form.get("act", "")
    require("send" if act == "enrol" else "edit")
    tx, chosen = this_tx(), _read_selection()
    if not chosen.ids:
        raise InvalidError(say("Nobody is chosen. Tick somebody in the list first."))
    order, place = _order(request.form.get("value", "").strip()), _back(chosen)
    if len(chosen.ids) > deeds.AT_ONCE:
        job = deeds.do_later(tx, act, chosen.ids, order, actor=this_actor(), place=place)
        return done(f"/jobs/{job.id}")
    change, applied = deeds.do_now(tx, act, chosen.ids, order, actor=this_actor())
    words = translate(deeds.describe_deed(tx, act, order.value, len(applied.traces))) + "."
    if applied.left:
        left = ngettext("%(num)s was left out.", "%(num)s were left out.", len(applied.left))
        words = f"{words} {left}"
    return done(place, words, undo=undo_place(change))


@blueprint.post("/contacts/export.csv")
def export() -> Response:
    """Hand over the people chosen as a table; of more than a table at once holds, as a job. It goes on record."""
    require("edit")
    tx, chosen = this_tx(), _read_selection()
    if not chosen.ids:
        raise InvalidError(say("Nobody is chosen. Tick somebody in the list first."))
    if len(chosen.ids) > EXPORT_AT_ONCE:
        return export_later(chosen.ids)
    keys = [field.key for field in offered_fields(tx)]
    rows = list_rows(tx, chosen.ids, this_brand_id(), keys)
    record_disclosure(tx, "people", actor=this_actor(), count=len(rows))
    return send_csv(BOM + write_rows([name_columns(tx, keys), *rows]), "contacts.csv")


def _judge(tx: Tx, chosen: Selection, act: str, value: str) -> tuple[Verdict | None, str]:
    if act not in deeds.KINDS or not chosen.ids or (act != "suppress" and not value):
        return None, ""
    try:
        return deeds.judge(tx, act, chosen.ids, _order(value)), ""
    except RapportError as error:
        return None, said(error)


def _read_selection(*, most: int | None = None) -> Selection:
    """Return who is meant: ticked boxes, numbers in a list, or all who match, of them the first `most`."""
    given = request.values
    query = given.get("query", "")
    if given.get("all") == "1":
        wanted = read_chosen(read_query_text(query), user_id=this_user().id)
        if most is None:
            ids = find_people_ids(this_tx(), wanted, brand_id=this_brand_id())
            count = len(ids)
        else:
            ids, count = find_first(this_tx(), wanted, most, brand_id=this_brand_id())
        return Selection(ids=tuple(ids), count=count, everybody=True, query=query)
    words = [word for text in given.getlist("id") for word in forms.read_list(text)]
    numbers = dict.fromkeys(number for word in words if (number := forms.read_int(word)))
    known = select(Contact.id).where(Contact.id.in_(numbers), Contact.erased_at.is_(None))
    found = set(this_tx().session.scalars(known))
    return Selection(ids=tuple(n for n in numbers if n in found), count=len(found), everybody=False, query=query)


def _order(value: str) -> Order:
    return Order(value=value, brand_id=this_brand_id(), user_id=this_user().id)


def _back(chosen: Selection) -> str:
    return local_path(f"/contacts?{chosen.query}" if is_filtered(read_query_text(chosen.query)) else "/contacts")


def _sequences(tx: Tx) -> Sequence[SequenceRow]:
    brand = this_brand_id()
    query = select(SequenceRow).where(SequenceRow.brand_id == brand, SequenceRow.state != "archived")
    return list(tx.session.scalars(query.order_by(SequenceRow.name)))
