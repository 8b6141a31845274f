"""Wire: the contact list, and adding a person by hand."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import literal, select, union_all

from crm import people
from crm.basis import Basis, put_basis
from crm.bests import ask_bests_state, remember_bests_state
from crm.brands import list_stages
from crm.contacts import create_contact
from crm.field_values import set_values
from crm.fields import known_fields, offered_fields, remember_fields
from crm.handles import add_handle
from crm.models import Contact, ContactField
from crm.people_found import count_each
from crm.pipeline import ensure_relationship
from crm.places import read_place
from crm.rhythms import remember_rhythms
from crm.scoring import PARTS
from kit.errors import InvalidError, say
from kit.tx import Tx
from sequences.models import Sequence as SequenceRow
from web import forms
from web.account_form import read_channel
from web.auth import require
from web.figures import slug
from web.listing import keep
from web.own_form import read_own, show_typed
from web.people_query import PICKED, fold_lists, read_filter
from web.people_view import PeopleView, change_people, fold_form, read_people_view
from web.people_words import PART_WORDS, Chip, Names, list_chips
from web.picking import split_picked, turn_page
from web.refused_forms import form_at
from web.request import this_actor, this_tx, this_user
from web.respond import done, page
from web.segment_builder import make_builder
from web.segment_form import is_form
from web.shell import this_brand_id
from web.words import _

blueprint = Blueprint("contacts", __name__)
_FIELDS = ("name", "email", "topic", "country", "language", "city", "zone")


@blueprint.get("/contacts")
def index() -> ResponseReturnValue:
    """Show who matches. Both ends of a range may also come as two fields, for a form without script."""
    if request.args.get("as") == "board":
        return redirect("/pipeline?" + urlencode([pair for pair in request.args.items(multi=True) if pair[0] != "as"]))
    if place := turn_page(request):
        return redirect(place)
    if is_form(request.args):
        return redirect("/contacts?" + urlencode(fold_form(fold_lists(request.args.lists()))))
    tx, view = this_tx(), read_people_view()
    about = describe_view(tx, view)
    stages = list_stages(tx)
    remember_rhythms(tx, stages)
    found = people.list_people(
        tx, view.wanted, brand_id=this_brand_id(), page=forms.read_int(view.query.get("page")) or 1
    )
    costly = find_costliest(tx, view, about["chips"]) if not found.rows and found.everyone else None
    return page(
        "contacts/page.html",
        found=found,
        costly=costly,
        stages=stages,
        listed=keep(view.text),
        picked=split_picked(view.query.get(PICKED, ""), [row.contact.id for row in found.rows]),
        **about,
    )


def describe_view(tx: Tx, view: PeopleView) -> dict[str, Any]:
    """Return what the heads of list and board show."""
    sequences = _read_sequences(tx)
    named = {one.id: one.name for one in sequences}
    inside = view.query.get("sequence", "").removeprefix("not-")
    names = Names(shelf=view.shelf, sequences=named, fields=known_fields(tx))
    return {
        "view": view,
        "query": view.query,
        "wanted": view.wanted,
        "chips": list_chips(view.query, names),
        "sequences": {one.id: one.name for one in sequences if one.state != "archived" or str(one.id) == inside},
        "fields": offered_fields(tx),
        "builder": make_builder(view.query, names) if view.query.get("build") else None,
        "parts": PARTS,
        "part_words": PART_WORDS,
        "change": change_people,
    }


def _read_sequences(tx: Tx) -> list[SequenceRow]:
    """Return the sequences by name, and remember the own fields and what is kept of figures: all in one query."""
    which = union_all(select(literal(1).label("n")), select(literal(2))).subquery()
    state = ask_bests_state(tx.now).subquery()
    both = (
        select(SequenceRow, ContactField, state)
        .select_from(which)
        .outerjoin(state, which.c.n == 1)
        .outerjoin(SequenceRow, which.c.n == 1)
        .outerjoin(ContactField, which.c.n == 2)  # noqa: PLR2004 - the second kind of row
    )
    rows = tx.session.execute(both).all()
    remember_bests_state(tx, next((row[2:] for row in rows if row[2] is not None), None))
    found: list[tuple[SequenceRow | None, ContactField | None]] = [(row[0], row[1]) for row in rows]
    remember_fields(tx, [field for _, field in found if field is not None])
    sequences = [sequence for sequence, _ in found if sequence is not None]
    return sorted(sequences, key=lambda one: (one.name, one.id))


def find_costliest(tx: Tx, view: PeopleView, chips: Sequence[Chip]) -> Chip | None:
    """Return the filter without which most people would match; None when it takes more than one."""
    without = [read_filter(change_people(view.query, **chip.changes), user_id=this_user().id) for chip in chips]
    counts = count_each(tx, without, brand_id=this_brand_id())
    most = max(counts, default=0)
    return chips[counts.index(most)] if most else None


@blueprint.get("/contacts/new")
def new() -> Response:
    """Ask for a person."""
    own = show_typed(offered_fields(this_tx()), {})
    given = {name: request.args.get(name, "")[:320] for name in ("name", "email")}
    return page("contacts/new.html", own=own, platforms=forms.PLATFORMS, given=given)


@blueprint.post("/contacts")
def create() -> Response:
    """Add a person by hand."""
    require("edit")
    form_at("/contacts/new")
    contact = _add(this_tx())
    return done(f"/contacts/{contact.id}-{slug(contact.name)}", _("Added %(name)s.", name=contact.name))


def _add(tx: Tx) -> Contact:
    given = {field: request.form.get(field, "").strip() for field in _FIELDS}
    account = read_channel(request.form)
    if not given["name"]:
        raise InvalidError(say("A person needs a name. Nothing was changed."), field="name")
    if not given["email"] and account is None:
        raise InvalidError(say("Write an email address or an account: where to reach this person."), field="email")
    contact = create_contact(
        tx,
        name=given["name"],
        emails=[given["email"]] if given["email"] else [],
        actor=this_actor(),
        topic=given["topic"],
        city=given["city"],
        country=read_place("country", given["country"]),
        language=read_place("language", given["language"]),
        zone=read_place("zone", given["zone"]),
        basis=request.form.get("basis", "").strip(),
    )
    put_basis(contact, Basis(words=contact.basis, since=tx.now.date()))
    if account is not None:
        add_handle(tx, contact.id, account, actor=this_actor())
    set_values(tx, contact.id, read_own(request.form), actor=this_actor())
    brand_id = this_brand_id()
    if brand_id:
        ensure_relationship(tx, contact.id, brand_id)
    return contact
