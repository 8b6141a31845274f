"""Wire: how often to talk to a person: the stage's rhythm, one's own, none, or put off this once."""

from datetime import timedelta

from flask import Blueprint, Response, request

from crm import rhythms
from kit.errors import InvalidError, RefusedError, say
from web import forms
from web.auth import require
from web.request import this_actor, this_tx, this_user
from web.respond import done
from web.shell import this_brand_id
from web.times import day, read_zone
from web.undo import undo_place
from web.words import _

blueprint = Blueprint("rhythms", __name__)
STAGE, WEEK = "stage", timedelta(days=7)


@blueprint.post("/contacts/<int:contact_id>/rhythm")
def choose(contact_id: int) -> Response:
    """Give a person a rhythm of their own, none, or the stage's."""
    require("edit")
    given = request.form.get("days", STAGE)
    days = None if given == STAGE else forms.read_int(given)
    if days is None and given != STAGE:
        raise InvalidError(say("There is no such rhythm."))
    change = rhythms.set_rhythm(this_tx(), contact_id, _brand(), days, actor=this_actor())
    return done(f"/contacts/{contact_id}", _("Saved."), undo=undo_place(change))


@blueprint.post("/contacts/<int:contact_id>/rhythm/rest")
def put_off(contact_id: int) -> Response:
    """Put the next talk off, this once; by a week, or until a day."""
    require("edit")
    tx = this_tx()
    today = tx.now.astimezone(read_zone(this_user().zone)).date()
    until = forms.read_day(request.form.get("until")) or today + WEEK
    change = rhythms.put_off(tx, contact_id, _brand(), until, today=today, actor=this_actor())
    return done(f"/contacts/{contact_id}", _("Put off until %(day)s.", day=day(until)), undo=undo_place(change))


def _brand() -> int:
    brand_id = this_brand_id()
    if brand_id is None:
        raise RefusedError(say("Add a brand first: people stand in a stage of a brand."))
    return brand_id
