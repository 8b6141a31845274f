"""Wire: deciding about what a mail proposes: yes, no, and taking either back."""

from flask import Blueprint, Response

from crm import proposals
from crm.accepting import accept
from crm.models import Proposal
from crm.proposal_words import describe
from crm.undoing import take_back
from web.auth import require
from web.request import this_actor, this_tx, this_user
from web.respond import done
from web.times import read_zone
from web.words import _

blueprint = Blueprint("proposals", __name__)
_WHERE = "/messages/<int:message_id>/proposals/<int:number>"


@blueprint.post(f"{_WHERE}/acceptance")
def create_acceptance(message_id: int, number: int) -> Response:
    """Apply what a mail proposes."""
    require("edit")
    row = accept(this_tx(), message_id, number, actor=this_actor(), zone=read_zone(this_user().zone))
    return _decided(row, _("Accepted"), "acceptance")


@blueprint.post(f"{_WHERE}/dismissal")
def create_dismissal(message_id: int, number: int) -> Response:
    """Say that it is not so, or not wanted."""
    require("edit")
    return _decided(proposals.dismiss(this_tx(), message_id, number, actor=this_actor()), _("Dismissed"), "dismissal")


@blueprint.post(f"{_WHERE}/acceptance/lift")
@blueprint.post(f"{_WHERE}/dismissal/lift")
def lift(message_id: int, number: int) -> Response:
    """Take a decision back, with what it did."""
    require("edit")
    row = take_back(this_tx(), message_id, number, actor=this_actor())
    return done(f"/contacts/{row.contact_id}", _("Taken back; it waits for a decision again."))


def _decided(row: Proposal, verb: str, noun: str) -> Response:
    undo = f"/messages/{row.message_id}/proposals/{row.number}/{noun}/lift"
    return done(
        f"/contacts/{row.contact_id}", _("%(verb)s: %(what)s.", verb=verb, what=describe(row.kind, row.data)), undo=undo
    )
