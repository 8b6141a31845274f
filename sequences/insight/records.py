"""Use cases: everything that is known about one contact, across all floors, as one document."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from crm.contacts import get_contact_by_email, list_addresses, list_handles, list_tags
from crm.handle_edits import list_names
from crm.models import Brand, Contact, HandleSnapshot, Relationship, Stage
from crm.people_around import read_people_around
from crm.posts import list_posts
from crm.rates import list_rates
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
_DERIVED = ("median_views", "views_spread", "post_gap_days", "is_main", "retired_at", "retired_why")
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
        "addresses": [
            {
                "email": one.email,
                "mailable": one.mailable,
                "source": one.source,
                "retired_at": one.retired_at,
                "retired_why": one.retired_why,
            }
            for one in addresses
        ],
        "acts": [
            {"name": tie.contact.name, "email": tie.email, "role": tie.link.role, "for_them": tie.acts}
            for tie in read_people_around(tx, contact.id).ties
        ],
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
    found, handles = [], list_handles(tx, contact_id)
    ids = [handle.id for handle in handles]
    names, rates, posts = (_by_handle(rows) for rows in (list_names(tx, ids), list_rates(tx, ids), list_posts(tx, ids)))
    for handle in handles:
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
                **{name: getattr(handle, name) for name in _DERIVED},
                "names": [{"username": one.username, "until": one.until, "why": one.why} for one in names[handle.id]],
                "rates": [
                    {name: getattr(one, name) for name in ("format", "amount", "currency", "said_on", "said_by")}
                    for one in rates[handle.id]
                ],
                "posts": [
                    {name: getattr(one, name) for name in ("posted_on", "views", "interactions", "url", "sponsor")}
                    for one in posts[handle.id]
                ],
                "snapshots": [
                    {"at": one.taken_at, "source": one.source, **{name: getattr(one, name) for name in _METRICS}}
                    for one in snapshots
                ],
            }
        )
    return found


def _by_handle(rows: Sequence[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.handle_id].append(row)
    return found


def _relationships(tx: Tx, contact_id: int) -> list[dict[str, Any]]:
    rows = tx.session.execute(
        select(Brand.name, Stage.name, Relationship.stage_since)
        .join(Relationship, Relationship.brand_id == Brand.id)
        .join(Stage, Stage.id == Relationship.stage_id)
        .where(Relationship.contact_id == contact_id)
    )
    return [{"brand": row[0], "stage": row[1], "since": row[2]} for row in rows]
