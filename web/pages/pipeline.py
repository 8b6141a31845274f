"""Wire: the pipeline: the same filters and saved views as the contact list, as a board."""

from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from crm.board import read_board
from sequences.insight.next_steps import list_next_steps
from web import forms
from web.pages.contacts import describe_view, find_costliest
from web.people_query import fold_lists
from web.people_view import fold_form, read_people_view
from web.request import this_tx
from web.respond import page
from web.segment_form import is_form
from web.shell import this_brand_id

blueprint = Blueprint("pipeline", __name__)


@blueprint.get("/pipeline")
def index() -> ResponseReturnValue:
    """Show the board; `lane` is the stage that shows more of its cards."""
    if is_form(request.args):
        return redirect("/pipeline?" + urlencode(fold_form(fold_lists(request.args.lists()))))
    tx, view = this_tx(), read_people_view()
    about = describe_view(tx, view)
    opened = forms.read_int(request.args.get("lane"))
    board = read_board(tx, view.wanted, brand_id=this_brand_id(), opened=opened)
    shown = [card.contact.id for lane in board.lanes for card in lane.cards]
    return page(
        "pipeline/page.html",
        board=board,
        stages=[lane.stage for lane in board.lanes],
        steps=list_next_steps(tx, shown),
        opened=opened,
        here="/pipeline?" + urlencode(view.query),
        costly=find_costliest(tx, view, about["chips"]) if not board.total and board.everyone else None,
        **about,
    )
