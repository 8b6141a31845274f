"""Wire: Today: what needs me now."""

from typing import Any

from flask import Blueprint, Response, redirect

from crm import inbox, people, tasks, today
from crm.exchange import list_exchanges
from kit.tx import Tx
from sequences.incidents import list_open_incidents
from web.day_chart import draw_day
from web.outgoing import list_planned_times
from web.request import is_partial, this_tx, this_user
from web.respond import page
from web.times import day_bounds, read_zone

blueprint = Blueprint("today", __name__)
_SHOWN = 8


@blueprint.get("/")
def home() -> Response:
    """Go to Today."""
    return Response(status=303, headers={"Location": redirect("/today").location})


@blueprint.get("/today")
def show() -> Response:
    """Show what needs a person now; the aside is left alone while the rest refreshes."""
    tx = this_tx()
    context = _needs(tx)
    if not is_partial():
        context |= _upkeep(tx)
    return page("today/page.html", part="today/_now.html", **context)


def _needs(tx: Tx) -> dict[str, Any]:
    zone = read_zone(this_user().zone)
    start, end = day_bounds(tx.now, zone)
    mine = inbox.list_threads(tx, turn="you", limit=_SHOWN)
    due = tasks.list_open_tasks(tx, until=tx.now.astimezone(zone).date())[:20]
    shown = [row.contact_id for row in mine] + [task.contact_id for task in due]
    return {
        "incidents": list_open_incidents(tx),
        "mine": mine,
        "handles": people.list_main_handles(tx, {contact_id for contact_id in shown if contact_id}),
        "day": draw_day(
            today.list_mail_between(tx, start, end), list_planned_times(tx, tx.now, end), now=tx.now, zone=zone
        ),
        "due": due,
    }


def _upkeep(tx: Tx) -> dict[str, Any]:
    quiet = today.list_quiet(tx)
    return {
        "week": today.measure_week(tx),
        "quiet": quiet,
        "strips": list_exchanges(tx, [row.contact.id for row in quiet], weeks=24),
        "heard": today.find_newest_feedback(tx),
    }
