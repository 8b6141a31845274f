"""Wire: the pipeline: the same filters and saved views as the contact list, as a board."""

from urllib.parse import urlencode

from flask import Blueprint, Response, request

from crm.board import read_board
from sequences.insight.next_steps import list_next_steps
from web import forms
from web.pages.contacts import describe_view, find_costliest
from web.people_view import read_people_view
from web.request import this_tx
from web.respond import page
from web.shell import this_brand_id

blueprint = Blueprint("pipeline", __name__)


@blueprint.get("/pipeline")
def index() -> Response:
    """Show the board; `lane` is the stage that shows more of its cards."""
    tx, view = this_tx(), read_people_view()
    opened = forms.read_int(request.args.get("lane"))
    board = read_board(tx, view.wanted, brand_id=this_brand_id(), opened=opened)
    shown = [card.contact.id for lane in board.lanes for card in lane.cards]
    about = describe_view(tx, view)
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
