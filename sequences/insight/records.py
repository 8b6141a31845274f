"""Use cases: everything that is known about one contact, across all floors, as one document."""

from typing import Any

from sqlalchemy import select

from crm.contacts import get_contact_by_email, list_addresses, list_handles, list_tags
from crm.models import Brand, Contact, HandleSnapshot, Relationship, Stage
from crm.timeline import list_entries
from kit.tx import Tx
from sequences.insight.listing import list_enrolments
from sequences.whole.person import read_rows

_FACTS = (
    "name",
    "first_name",
    "last_name",
    "pronouns",
    "country",
    "city",
    "language",
    "zone",
    "topic",
    "basis",
    "basis_since",
    "basis_source",
    "source",
    "personal_line",
    "ships_to",
)
_METRICS = ("followers", "avg_views", "avg_likes", "avg_comments", "engagement_rate")


def contact_record(tx: Tx, email: str) -> dict[str, Any]:
    """Return the whole record of the contact with this address."""
    return record_of(tx, get_contact_by_email(tx, email))


def record_of(tx: Tx, contact: Contact) -> dict[str, Any]:
    """Return everything that is stored about a contact; mails as files are in sequences/whole/person.py."""
    addresses = list_addresses(tx, contact.id)
    return {
        "id": contact.id,
        **{name: getattr(contact, name) for name in _FACTS},
        "fields": contact.fields,
        "tags": list_tags(tx, contact.id),
        "addresses": [{"email": one.email, "mailable": one.mailable, "source": one.source} for one in addresses],
        "handles": _handles(tx, contact.id),
        "relationships": _relationships(tx, contact.id),
        "enrolments": list_enrolments(tx, contact_id=contact.id),
        "timeline": [
            {"at": one.at, "kind": one.kind, "actor": one.actor, "summary": one.summary}
            for one in list_entries(tx, contact.id)
        ],
        "created_at": contact.created_at,
        "stored": read_rows(tx, contact.id),
    }


def _handles(tx: Tx, contact_id: int) -> list[dict[str, Any]]:
    found = []
    for handle in list_handles(tx, contact_id):
        snapshots = tx.session.scalars(
            select(HandleSnapshot).where(HandleSnapshot.handle_id == handle.id).order_by(HandleSnapshot.taken_at.desc())
        )
        found.append(
            {
                "platform": handle.platform,
                "username": handle.username,
                "url": handle.url,
                "topic": handle.topic,
                **{name: getattr(handle, name) for name in _METRICS},
                "price": handle.price_amount,
                "currency": handle.price_currency,
                "last_post_on": handle.last_post_on,
                "snapshots": [
                    {"at": one.taken_at, "source": one.source, **{name: getattr(one, name) for name in _METRICS}}
                    for one in snapshots
                ],
            }
        )
    return found


def _relationships(tx: Tx, contact_id: int) -> list[dict[str, Any]]:
    rows = tx.session.execute(
        select(Brand.name, Stage.name, Relationship.stage_since)
        .join(Relationship, Relationship.brand_id == Brand.id)
        .join(Stage, Stage.id == Relationship.stage_id)
        .where(Relationship.contact_id == contact_id)
    )
    return [{"brand": row[0], "stage": row[1], "since": row[2]} for row in rows]
