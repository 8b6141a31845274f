"""Wire: Today: what needs me now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, redirect

from crm import people, task_list, today
from crm.heard import read_heard
from crm.inbox_page import Wanted, read_page
from crm.upkeep_board import Board, read_board
from crm.upkeep_desk import read_upkeep_desk
from crm.waits import read_clocks
from crm.whose import MINE
from kit.tx import Tx
from sequences.incidents import list_open_incidents
from sequences.insight.first_weeks import read_upkeep
from web.day_chart import draw_day
from web.outgoing import list_planned
from web.request import is_partial, this_tx, this_user
from web.respond import page
from web.shell import this_brand_id
from web.times import day_bounds, read_zone
from web.today_order import order_sections
from web.whose import mine_of, this_who

blueprint = Blueprint("today", __name__)
_SHOWN = 8


@blueprint.get("/")
def home() -> Response:
    """Go to Today."""
    return Response(status=303, headers={"Location": redirect("/today").location})


@blueprint.get("/today")
def show() -> Response:
    """Show what needs a person now; of the aside only the mailboxes refresh with the rest."""
    tx = this_tx()
    start, end = day_bounds(tx.now, read_zone(this_user().zone))
    board = _board(tx)
    if is_partial():
        needs = _needs(tx, board, today.list_mail_between(tx, start, end))
        needs |= {"bad_looks": read_upkeep(tx).bad, "beside": True}
        return page("today/page.html", part="today/_live.html", **needs)
    quiet = [row.contact.id for row in board.quiet]
    lately = today.read_lately(tx, start, end, strips_of=quiet)
    context, upkeep = _needs(tx, board, lately.day), read_upkeep(tx)
    context |= {"bad_looks": upkeep.bad, "first_weeks": upkeep.first_weeks}
    context |= {"week": lately.week, "strips": lately.strips}
    return page("today/page.html", **context)


def _board(tx: Tx) -> Board:
    user = this_user()
    day = tx.now.astimezone(read_zone(user.zone)).date()
    return read_board(tx, read_upkeep_desk(tx, user.id), this_brand_id(), day, mine=this_who() == MINE)


def _needs(tx: Tx, board: Board, mails: Sequence[tuple[str, datetime]]) -> dict[str, Any]:
    user = this_user()
    zone, who = read_zone(user.zone), this_who()
    _, end = day_bounds(tx.now, zone)
    mine, desk = read_page(tx, Wanted(turn="you", mine_of=mine_of()), limit=_SHOWN).rows, read_upkeep_desk(tx, user.id)
    day = tx.now.astimezone(zone).date()
    due = task_list.list_due(tx, day, user_ids=desk.user_ids if who == MINE else None)
    planned = list_planned(tx, tx.now, end)
    shown = [row.contact_id for row in mine] + [row.task.contact_id for row in due]
    return {
        "who": who,
        "order": order_sections(user.role),
        "incidents": list_open_incidents(tx),
        "mine": mine,
        "clocks": read_clocks(mine, desk.hours, tx.now),
        "desk": desk,
        "board": board,
        "handles": people.list_main_handles(tx, {contact_id for contact_id in shown if contact_id}),
        "day": draw_day(mails, [at for _, at in planned], now=tx.now, zone=zone),
        "next_sends": dict(reversed(planned)),
        "due": due,
        "today": day,
        "heard": read_heard(tx),
        "beside": False,
    }
