"""Wire: who is in a sequence and where they stand; people put in, taken out, held, and all of it taken back."""

from collections import Counter
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from crm.brands import list_stages
from crm.people import PeopleFilter
from crm.people_found import find_first, find_people_ids
from crm.saved_views import ViewShelf, read_shelf
from kit.errors import InvalidError, RapportError, say
from kit.tx import Tx
from sequences.bulk import deeds
from sequences.bulk.act import Order
from sequences.course import leaving
from sequences.course.enrolments import Verdict, enrol
from sequences.insight.report import audience
from sequences.models import Sequence
from sequences.versions.published import get_sequence_by_id, refuse_archived
from sequences.versions.revisions import step_finder
from web import forms, outgoing
from web.auth import require
from web.people_query import fold_lists, is_filtered, is_name, read_chosen, read_filter_text, read_query_text
from web.request import this_actor, this_house, this_tx, this_user
from web.respond import done, page
from web.shell import this_shell
from web.times import read_zone
from web.words import _, ngettext, said

blueprint = Blueprint("people_in", __name__)
PER_PAGE = 50
MOST_AT_ONCE = 200
SHOWN = 100
_WHOM = ("view", "address", "ids")
STATES = ("active", "held", "stopped", "finished")


@blueprint.get("/sequences/<int:sequence_id>/people")
def show(sequence_id: int) -> Response:
    """Show who is in it, with state, next date on both clocks, and why somebody stopped."""
    tx = this_tx()
    sequence = get_sequence_by_id(tx, sequence_id)
    state = forms.choose(request.args.get("state", ""), STATES, "")
    counts = audience(tx, sequence.id)
    total = counts[state] if state else counts["all"]
    last = max(1, -(-total // PER_PAGE))
    number = min(max(forms.read_int(request.args.get("page")) or 1, 1), last)
    return page(
        "sequences/people.html", part="sequences/_people_live.html", sequence=sequence, state=state, audience=counts,
        people=outgoing.list_enrolled(tx, sequence.id, state=state, limit=PER_PAGE, offset=(number - 1) * PER_PAGE),
        next_step_of=step_finder(tx), number=number, last=last, tab="people",
    )  # fmt: skip


@blueprint.get("/sequences/<int:sequence_id>/people/new")
def choose(sequence_id: int) -> Response:
    """Ask whom to put in, and say what would happen to each before anything does."""
    tx = this_tx()
    this_shell()  # its brands are the sequence's too: read once
    sequence = get_sequence_by_id(tx, sequence_id)
    refuse_archived(sequence)
    query, shelf = fold_lists(request.args.lists()), read_shelf(tx, this_user().id)
    fault, found, verdicts = "", 0, list[Verdict]()
    try:
        ids, found = _find_first(tx, sequence, query, shelf)
        verdicts = _enrol(tx, sequence, ids, override="", dry_run=True) if ids else []
    except RapportError as error:
        fault = said(error)
    return page(
        "sequences/people_new.html", sequence=sequence, query=query, stages=list_stages(tx), fault=fault,
        wanted={name: value for name, value in query.items() if is_name(name)}, asked=bool(query), **_sums(verdicts),
        status=422 if fault else 200, most=MOST_AT_ONCE, tab="people", found=found, views=shelf.views,
        view=shelf.find(query.get("view", "")),
    )  # fmt: skip


@blueprint.post("/sequences/<int:sequence_id>/people")
def add(sequence_id: int) -> Response:
    """Put people in; a refusal of one never touches the others."""
    require("send")
    tx, form = this_tx(), request.form
    sequence = get_sequence_by_id(tx, sequence_id)
    refuse_archived(sequence)
    query = {name: value for name, value in form.items() if (is_name(name) or name in _WHOM) and value}
    ids = _find(tx, sequence, query, read_shelf(tx, this_user().id))
    if len(ids) > MOST_AT_ONCE:
        return _add_later(tx, sequence, ids, form.get("override", ""))
    verdicts = _enrol(tx, sequence, ids, override=form.get("override", ""), dry_run=False)
    taken = sum(one.enrolled for one in verdicts)
    change = leaving.note_added(tx, sequence, count=taken, actor=this_actor())
    words = ngettext("%(num)s person is in it now.", "%(num)s people are in it now.", taken)
    if taken < len(verdicts):
        words += " " + ngettext("%(num)s was left out.", "%(num)s were left out.", len(verdicts) - taken)
    return done(f"/sequences/{sequence_id}/people", words, undo=f"/changes/{change.id}/undo" if change else "")


@blueprint.post("/sequences/<int:sequence_id>/people/<int:number>/removal")
def take_out(sequence_id: int, number: int) -> Response:
    """Take one person out."""
    require("edit")
    change = leaving.take_out(this_tx(), sequence_id, number, actor=this_actor())
    return done(
        f"/sequences/{sequence_id}/people", _("Taken out. Nothing more of this sequence reaches them."),
        undo=f"/changes/{change.id}/undo",
    )  # fmt: skip


@blueprint.post("/sequences/<int:sequence_id>/people/<int:number>/removal/undoing")
def put_back(sequence_id: int, number: int) -> Response:
    """Put somebody back where they were."""
    require("edit")
    leaving.put_back(this_tx(), sequence_id, number, actor=this_actor())
    return done(f"/sequences/{sequence_id}/people", _("Back where they were. No step comes twice."))


@blueprint.post("/sequences/<int:sequence_id>/people/<int:number>/hold")
def hold(sequence_id: int, number: int) -> Response:
    """Hold somebody till a day, or till somebody lifts it."""
    require("edit")
    day = forms.read_day(request.form.get("until"))
    until = datetime.combine(day, time(8), read_zone(this_user().zone)) if day else None
    leaving.hold(this_tx(), sequence_id, number, until=until, actor=this_actor())
    return done(
        f"/sequences/{sequence_id}/people", _("Held. Nothing leaves to them meanwhile."),
        undo=f"/sequences/{sequence_id}/people/{number}/hold/lift",
    )  # fmt: skip


@blueprint.post("/sequences/<int:sequence_id>/people/<int:number>/hold/lift")
def lift(sequence_id: int, number: int) -> Response:
    """Let somebody go on."""
    require("edit")
    leaving.lift_hold(this_tx(), sequence_id, number, actor=this_actor())
    return done(
        f"/sequences/{sequence_id}/people", _("Going on. Dates that had passed moved into the next open hours.")
    )


def _find(tx: Tx, sequence: Sequence, query: dict[str, str], shelf: ViewShelf) -> list[int]:
    """Return whom a form means."""
    meant = _read_whom(query, shelf)
    return find_people_ids(tx, meant, brand_id=sequence.brand_id) if isinstance(meant, PeopleFilter) else meant


def _find_first(tx: Tx, sequence: Sequence, query: dict[str, str], shelf: ViewShelf) -> tuple[list[int], int]:
    """Return the first whom a form means, and how many it means in all."""
    meant = _read_whom(query, shelf)
    if isinstance(meant, PeopleFilter):
        return find_first(tx, meant, MOST_AT_ONCE, brand_id=sequence.brand_id)
    return meant[:MOST_AT_ONCE], len(meant)


def _read_whom(query: dict[str, str], shelf: ViewShelf) -> PeopleFilter | list[int]:
    """Return what a form says: numbers, the address of a view, a saved view as it is now, or the fields of a filter.

    Nobody for nothing.
    """
    if query.get("ids"):
        return [number for word in forms.read_list(query["ids"]) if (number := forms.read_int(word))]
    saved = shelf.find(query["view"]) if query.get("view") else None
    address = query.get("address") or ("" if saved else query.get("view", ""))
    if address:
        return read_filter_text(address)
    if saved is not None:
        return read_chosen(read_query_text(saved.query), user_id=this_user().id)
    return read_chosen(query, user_id=this_user().id) if is_filtered(query) else []


def _add_later(tx: Tx, sequence: Sequence, ids: list[int], override: str) -> Response:
    """Hand many people to a job, which puts them in some hundred at a time."""
    order = Order(value=str(sequence.id), brand_id=sequence.brand_id, user_id=this_user().id, override=override)
    place = f"/sequences/{sequence.id}/people"
    job_id = deeds.do_later(tx, "enrol", ids, order, actor=this_actor(), place=place).id
    tx.after_commit(lambda: this_house().hints.work(job_id))
    return done(f"/jobs/{job_id}")


def _enrol(tx: Tx, sequence: Sequence, ids: list[int], *, override: str, dry_run: bool) -> list[Verdict]:
    if not ids:
        raise InvalidError(say("Nobody matches, so nobody was put in."))
    return enrol(tx, sequence, ids, actor=this_actor(), user_id=this_user().id, override=override, dry_run=dry_run)


def _sums(verdicts: list[Verdict]) -> dict[str, Any]:
    refused = [one for one in verdicts if not one.enrolled]
    return {
        "fits": [one for one in verdicts if one.enrolled],
        "refused": refused[:SHOWN],
        "rules": Counter(one.rule for one in refused).most_common(),
        "asked_for": len(verdicts),
        "again": urlencode({name: value for name, value in request.args.items() if value}),
    }
