"""Use cases: an export as long work: the contacts chosen when it was asked for, as CSV, a chunk at a time."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from crm.csv_writing import BOM, write_rows
from crm.fields import known_fields
from crm.jobs import add_counts, add_to_file, leave_out, move_on
from crm.models import Contact, ContactAddress, ContactTag, Job, Relationship, Stage
from crm.people import list_main_handles
from kit.errors import say
from kit.tx import Tx

CHUNK = 500
RESULT = "result"
HEAD = (
    "name", "first_name", "last_name", "email", "platform", "handle", "url", "followers", "avg_views",
    "engagement_rate", "price", "currency", "topic", "country", "city", "language", "zone", "tags", "stage", "basis",
    "basis_since", "basis_source",    "source",
)  # fmt: skip


def take_export_chunk(tx: Tx, job: Job) -> bool:
    """Write the next people; who was erased meanwhile is left out."""
    ids: list[int] = job.data["ids"][job.done : job.done + CHUNK]
    keys = job.data.get("fields", [])
    rows = list_rows(tx, ids, job.data.get("brand_id"), keys)
    head = BOM + write_rows([name_columns(tx, keys)]) if not job.done else b""
    add_to_file(tx, job, RESULT, head + write_rows(rows))
    if gone := len(ids) - len(rows):
        leave_out(job, say("Erased, or taken back, since the export was asked for."), gone)
    add_counts(job, written=len(rows))
    move_on(job, job.done + len(ids))
    return job.done >= len(job.data["ids"])


def name_columns(tx: Tx, keys: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of an export; own fields come last, by their names."""
    return (*HEAD, *(known_fields(tx)[key].label if key in known_fields(tx) else key for key in keys))


def list_rows(tx: Tx, ids: Sequence[int], brand_id: int | None, keys: Sequence[str] = ()) -> list[tuple[object, ...]]:
    """Return people as rows, in the order of `ids`, as HEAD names the columns; who was erased is left out.

    `keys` are own fields, in columns after those.
    """
    people = tx.session.scalars(select(Contact).where(Contact.id.in_(ids), Contact.erased_at.is_(None)))
    found = {contact.id: contact for contact in people}
    handles = list_main_handles(tx, found)
    emails, tags = _grouped(tx, ids)
    at = select(Relationship.contact_id, Stage.name).join(Stage, Stage.id == Relationship.stage_id)
    chosen = at.where(Relationship.brand_id == brand_id, Relationship.contact_id.in_(ids))
    stages = {row[0]: row[1] for row in tx.session.execute(chosen)}
    rows: list[tuple[object, ...]] = []
    for contact in (found[one] for one in ids if one in found):
        main = next(iter(handles.get(contact.id, ())), None)
        account = (
            (main.platform, main.username, main.url, main.followers, main.avg_views, main.engagement_rate,
             main.price_amount, main.price_currency)
            if main
            else (None,) * 8
        )  # fmt: skip
        rows.append((
            contact.name, contact.first_name, contact.last_name, "; ".join(emails[contact.id]), *account,
            contact.topic, contact.country, contact.city, contact.language, contact.zone,
            "; ".join(tags[contact.id]), stages.get(contact.id, ""), contact.basis,
            contact.basis_since, contact.basis_source, contact.source,
            *(contact.fields.get(key, "") for key in keys),
        ))  # fmt: skip
    return rows


def _grouped(tx: Tx, ids: Sequence[int]) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    emails: dict[int, list[str]] = defaultdict(list)
    tags: dict[int, list[str]] = defaultdict(list)
    order = (ContactAddress.contact_id, ContactAddress.position, ContactAddress.id)
    addresses = select(ContactAddress.contact_id, ContactAddress.email).where(ContactAddress.contact_id.in_(ids))
    for contact_id, email in tx.session.execute(addresses.order_by(*order)):
        emails[contact_id].append(email)
    labels = select(ContactTag.contact_id, ContactTag.tag).where(ContactTag.contact_id.in_(ids))
    for contact_id, tag in tx.session.execute(labels.order_by(ContactTag.tag)):
        tags[contact_id].append(tag)
    return emails, tags
