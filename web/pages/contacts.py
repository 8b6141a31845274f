"""Wire: the contact list, and adding a person by hand."""

from flask import Blueprint, Response, request

from crm import people
from crm.brands import list_stages
from crm.contacts import create_contact
from crm.models import Contact
from crm.people import PeopleFilter
from crm.pipeline import ensure_relationship
from kit.errors import ConflictError, InvalidError
from kit.tx import Tx
from web import forms
from web.auth import require
from web.figures import slug
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
    """Return the query as single values, with `size_from` and `size_to` folded into `size`."""
    query = {name: values[0] for name, values in request.args.lists()}
    for name in ("size", "views", "er"):
        low, high = query.pop(f"{name}_from", ""), query.pop(f"{name}_to", "")
        if low or high:
            query[name] = forms.join_range(low, high)
    return {name: value for name, value in query.items() if value}


def read_filter(query: dict[str, str]) -> PeopleFilter:
    """Return what a query asks for; engagement is given in per cent."""
    low, high = forms.read_range(query.get("er", ""))
    return PeopleFilter(
        q=query.get("q", ""),
        topic=query.get("topic", ""),
        platforms=forms.read_list(query.get("platform", "")),
        size=forms.read_range(query.get("size", "")),
        views=forms.read_range(query.get("views", "")),
        er=(low / 100 if low is not None else None, high / 100 if high is not None else None),
        country=query.get("country", ""),
        language=query.get("language", ""),
        tag=query.get("tag", ""),
        stage=query.get("stage", ""),
        turn=query.get("turn", ""),
        reach="email" if "email" in forms.read_list(query.get("reach", "")) else "",
        sort=query.get("sort", "name"),
    )


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
