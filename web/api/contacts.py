"""Wire: contacts over the API: in pages by id, one by one, and their timeline."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from sqlalchemy import select

from crm.models import Contact, ContactAddress, ContactTag, Handle, Relationship, Stage, TimelineEntry
from kit.errors import NotFoundError
from kit.tx import Tx
from web.api.door import attach_door, read_limit, read_number
from web.request import this_tx

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
attach_door(blueprint)


@blueprint.get("/contacts")
def index() -> Response:
    """Return contacts by id, `after` one; `next` leads on while there are more."""
    tx, limit = this_tx(), read_limit()
    query = select(Contact).where(Contact.id > (read_number("after") or 0), Contact.erased_at.is_(None))
    rows = list(tx.session.scalars(query.order_by(Contact.id).limit(limit + 1)))
    shown = rows[:limit]
    after = url_for("api.index", after=shown[-1].id, limit=limit) if len(rows) > limit else None
    return jsonify({"contacts": _describe(tx, shown), "next": after})


@blueprint.get("/contacts/<int:contact_id>")
def show(contact_id: int) -> Response:
    """Return one contact."""
    return jsonify(_describe(this_tx(), [_get(contact_id)])[0])


@blueprint.get("/contacts/<int:contact_id>/timeline")
def timeline(contact_id: int) -> Response:
    """Return what happened, newest first, `before` an entry."""
    tx, limit, before = this_tx(), read_limit(), read_number("before")
    _get(contact_id)
    query = select(TimelineEntry).where(TimelineEntry.contact_id == contact_id).order_by(TimelineEntry.id.desc())
    query = query if before is None else query.where(TimelineEntry.id < before)
    rows = list(tx.session.scalars(query.limit(limit + 1)))
    shown = rows[:limit]
    older = len(rows) > limit
    path = url_for("api.timeline", contact_id=contact_id, before=shown[-1].id, limit=limit) if older else None
    return jsonify({"entries": [_entry(row) for row in shown], "next": path})


@blueprint.get("/", defaults={"rest": ""})
@blueprint.get("/<path:rest>")
def nothing(rest: str) -> Response:
    """Refuse what is not there, as a problem."""
    del rest
    raise NotFoundError(f"There is nothing at {request.path}; see docs/api.md.")


def _get(contact_id: int) -> Contact:
    contact = this_tx().session.get(Contact, contact_id)
    if contact is None or contact.erased_at is not None:
        raise NotFoundError(f"There is no contact {contact_id}.")
    return contact


def _describe(tx: Tx, contacts: Sequence[Contact]) -> list[dict[str, Any]]:
    """Return contacts with what belongs to them: four queries, however many."""
    ids = [contact.id for contact in contacts]
    more: dict[int, dict[str, list[Any]]] = {
        number: {"addresses": [], "tags": [], "handles": [], "stages": []} for number in ids
    }
    for one in tx.session.scalars(select(ContactAddress).where(ContactAddress.contact_id.in_(ids))):
        retired = _at(one.retired_at) if one.retired_at else None
        known = {"email": one.email, "mailable": one.mailable, "retired_at": retired}
        more[one.contact_id]["addresses"].append(known)
    for tag in tx.session.scalars(select(ContactTag).where(ContactTag.contact_id.in_(ids)).order_by(ContactTag.tag)):
        more[tag.contact_id]["tags"].append(tag.tag)
    for handle in tx.session.scalars(select(Handle).where(Handle.contact_id.in_(ids)).order_by(Handle.id)):
        more[handle.contact_id]["handles"].append(_handle(handle))
    stages = select(Relationship, Stage.name).join(Stage, Stage.id == Relationship.stage_id)
    for row, name in tx.session.execute(stages.where(Relationship.contact_id.in_(ids)).order_by(Relationship.id)):
        more[row.contact_id]["stages"].append({"brand_id": row.brand_id, "stage": name, "since": _at(row.stage_since)})
    return [_contact(contact) | more[contact.id] for contact in contacts]


_PLAIN = ("id", "name", "first_name", "last_name", "pronouns", "country", "city", "language", "zone", "topic", "basis",
          "source", "owner_id", "fields")  # fmt: skip


def _contact(contact: Contact) -> dict[str, Any]:
    since = contact.basis_since.isoformat() if contact.basis_since else None
    more = {"basis_since": since, "basis_source": contact.basis_source, "created_at": _at(contact.created_at)}
    return {name: getattr(contact, name) for name in _PLAIN} | more


def _handle(handle: Handle) -> dict[str, Any]:
    names = ("platform", "username", "url", "followers", "avg_views", "engagement_rate", "median_views",
             "views_spread", "post_gap_days", "is_main")  # fmt: skip
    price = {"amount": str(handle.price_amount), "currency": handle.price_currency} if handle.price_amount else None
    retired = _at(handle.retired_at) if handle.retired_at else None
    return {name: getattr(handle, name) for name in names} | {"price": price, "retired_at": retired}


def _entry(row: TimelineEntry) -> dict[str, Any]:
    names = ("id", "kind", "actor", "summary", "brand_id", "message_id", "undoes_id", "data")
    return {name: getattr(row, name) for name in names} | {"at": _at(row.at)}


def _at(instant: Any) -> str:
    return str(instant.isoformat())
