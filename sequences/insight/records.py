"""Use cases: everything that is known about one contact, across all floors, as one document."""

from typing import Any

from sqlalchemy import select

from crm.contacts import get_contact_by_email, list_addresses, list_handles, list_tags
from crm.models import Brand, HandleSnapshot, Relationship, Stage
from crm.timeline import list_entries
from kit.tx import Tx
from sequences.insight.listing import list_enrolments

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
    "source",
)
_METRICS = ("followers", "avg_views", "avg_likes", "avg_comments", "engagement_rate")


def contact_record(tx: Tx, email: str) -> dict[str, Any]:
    """Return the whole record of the contact with this address."""
    contact = get_contact_by_email(tx, email)
    addresses = list_addresses(tx, contact.id)
    emails = {address.email for address in addresses}
    return {
        "id": contact.id,
        **{name: getattr(contact, name) for name in _FACTS},
        "fields": contact.fields,
        "tags": list_tags(tx, contact.id),
        "addresses": [{"email": one.email, "mailable": one.mailable, "source": one.source} for one in addresses],
        "handles": _handles(tx, contact.id),
        "relationships": _relationships(tx, contact.id),
        "enrolments": [row for row in list_enrolments(tx) if row["email"] in emails],
        "timeline": [
            {"at": one.at, "kind": one.kind, "actor": one.actor, "summary": one.summary}
            for one in list_entries(tx, contact.id)
        ],
        "created_at": contact.created_at,
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
