"""Wire: the forecast of a sequence: every mail it will send, before anything is enrolled. Looking changes nothing."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import func, select

from crm.brands import list_stages
from crm.models import Contact, SavedView
from crm.people import PeopleFilter
from crm.people_found import count_each, find_people_ids
from crm.saved_views import read_shelf
from crm.zones import is_zone, zone_of_country
from kit.errors import RapportError
from kit.tx import Tx
from sequences.course.runs import OPEN
from sequences.insight.departure import describe_shift
from sequences.insight.forecast import MOST_PEOPLE, Forecast, make_forecast
from sequences.insight.scene import is_log_long
from sequences.models import Enrolment, Sequence
from sequences.versions.published import get_sequence_by_id
from web import forms
from web.forecast_words import describe_clash, describe_outcome, describe_shifts, list_left_out
from web.load_chart import draw_loads
from web.people_query import fold_lists, is_name, read_filter, read_query_text
from web.request import this_house, this_tx, this_user
from web.respond import page
from web.times import read_zone
from web.wiring import make_engine_of
from web.words import said, translate

blueprint = Blueprint("forecast", __name__)
# Above this, and after many mails, working it out takes long enough that a person should have asked for it.
AT_ONCE = 300
SHOWN = 200
_DAYS, _MOST_DAYS = 60, 366


@blueprint.get("/sequences/<int:sequence_id>/forecast")
def show(sequence_id: int) -> Response:
    """Show what a sequence will send: to those in it, and to people who match a filter as if they were put in now."""
    tx = this_tx()
    sequence = get_sequence_by_id(tx, sequence_id)
    query = fold_lists(request.args.lists())
    days = min(max(forms.read_int(query.get("days")) or _DAYS, 1), _MOST_DAYS)
    shelf = read_shelf(tx, this_user().id)
    view = shelf.find(query.get("view", ""))
    wanted = _read_wanted(query, view)
    is_filter = query.get("who") == "filter"
    meant = read_filter(wanted, user_id=this_user().id) if is_filter else None
    matching = count_each(tx, [meant], brand_id=sequence.brand_id)[0] if meant else 0
    inside = _count_inside(tx, sequence)
    many = matching + inside
    waits = matching > MOST_PEOPLE or (query.get("go") != "1" and (many > AT_ONCE or is_log_long(tx)))
    found = {} if waits else _compute(tx, sequence, meant, days)
    return page(
        "forecast/page.html",
        sequence=sequence, days=days, query=query, wanted=wanted, is_filter=is_filter, stages=list_stages(tx),
        views=shelf.views, view=view,
        matching=matching, inside=inside, many=many, waits=waits, most=MOST_PEOPLE, shown=SHOWN,
        **{"forecast": None, "fault": "", **found},
    )  # fmt: skip


def _read_wanted(query: Mapping[str, str], view: SavedView | None) -> dict[str, str]:
    """Return the filters of a saved view, else those of the address."""
    asked = read_query_text(view.query) if view else query
    return {name: value for name, value in asked.items() if is_name(name)}


def _compute(tx: Tx, sequence: Sequence, meant: PeopleFilter | None, days: int) -> dict[str, Any]:
    people = find_people_ids(tx, meant, brand_id=sequence.brand_id) if meant else []
    engine = make_engine_of(this_house())
    try:
        forecast = make_forecast(engine, sequence.name, people, days=days, user_id=this_user().id)
    except RapportError as error:
        return {"fault": said(error)}
    return {
        "forecast": forecast,
        "outcome": describe_outcome(forecast, read_zone(this_user().zone)),
        "blocked": list_left_out(forecast),
        "clashes": [describe_clash(load) for load in forecast.clashes],
        "holidays": [translate(describe_shift(shift)) for shift in forecast.holidays],
        "charts": draw_loads(forecast.loads),
        "zones": _read_zones(tx, forecast),
        "say_shifts": describe_shifts,
    }


def _count_inside(tx: Tx, sequence: Sequence) -> int:
    query = select(func.count(Enrolment.id)).where(Enrolment.sequence_id == sequence.id, Enrolment.state.in_(OPEN))
    return tx.session.scalar(query) or 0


def _read_zones(tx: Tx, forecast: Forecast) -> dict[int, str]:
    """Return on which clock those who are shown live, as far as is known."""
    shown = {mail.contact_id for mail in forecast.mails[:SHOWN]}
    rows = tx.session.execute(select(Contact.id, Contact.zone, Contact.country).where(Contact.id.in_(shown)))
    found = {number: zone if is_zone(zone) else zone_of_country(country) for number, zone, country in rows}
    return {number: zone for number, zone in found.items() if zone}
