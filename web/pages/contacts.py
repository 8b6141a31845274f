"""Wire: the contact list, and adding a person by hand."""

from flask import Blueprint, Response, request

from crm import people
from crm.brands import list_stages
from crm.contacts import create_contact
from crm.models import Contact
from crm.pipeline import ensure_relationship
from kit.errors import ConflictError, InvalidError
from kit.tx import Tx
from web import forms
from web.auth import require
from web.figures import slug
from web.people_query import fold_ranges, read_filter
from web.request import this_actor, this_tx
from web.respond import done, page
from web.shell import this_brand_id

blueprint = Blueprint("contacts", __name__)
_FIELDS = ("name", "email", "topic", "country", "language", "city")


@blueprint.get("/contacts")
def index() -> Response:
    """Show who matches. Both ends of a range may also come as two fields, for a form without script."""
    tx, query = this_tx(), read_query()
    wanted = read_filter(query)
    found = people.list_people(tx, wanted, brand_id=this_brand_id(), page=forms.read_int(query.get("page")) or 1)
    return page(
        "contacts/page.html", found=found, wanted=wanted, query=query, stages=list_stages(tx), change=forms.change_query
    )


@blueprint.get("/contacts/new")
def new() -> Response:
    """Ask for a person."""
    return _form()


@blueprint.post("/contacts")
def create() -> Response:
    """Add a person by hand."""
    require("edit")
    tx = this_tx()
    try:
        with tx.session.begin_nested():
            contact = _add(tx)
    except (InvalidError, ConflictError) as error:
        return _form(fault=str(error), status=422)
    return done(f"/contacts/{contact.id}-{slug(contact.name)}", f"Added {contact.name}.")


def read_query() -> dict[str, str]:
    """Return the query as single values, its ranges folded."""
    return fold_ranges({name: values[0] for name, values in request.args.lists()})


def _add(tx: Tx) -> Contact:
    given = {field: request.form.get(field, "").strip() for field in _FIELDS}
    if not given["name"] or not given["email"]:
        raise InvalidError("A person needs a name and an email address.")
    contact = create_contact(
        tx,
        name=given["name"],
        emails=[given["email"]],
        actor=this_actor(),
        topic=given["topic"],
        city=given["city"],
        country=given["country"].upper()[:2] or None,
        language=given["language"][:12] or None,
        basis=request.form.get("basis", "").strip(),
    )
    brand_id = this_brand_id()
    if brand_id:
        ensure_relationship(tx, contact.id, brand_id)
    return contact


def _form(*, fault: str = "", status: int = 200) -> Response:
    given = {field: request.form.get(field, "") for field in (*_FIELDS, "basis")}
    return page("contacts/new.html", status=status, given=given, fault=fault)
