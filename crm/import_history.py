"""Use cases: what happened to people since an import brought them: who has a history stays when it is taken back."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from crm.import_reading import sliced
from crm.merging.decisions import find_binding_columns
from crm.models import Change, Contact, Feedback, Import, Task, TimelineEntry
from kit.errors import say
from kit.tx import Tx


def own_entries(row: Import) -> ColumnElement[bool]:
    """Return what tells the import's own timeline entries; their ids lie in a known range."""
    first, last = row.undo.get("entries", (0, -1))
    # coalesce: entries of others have no such key, and NOT of an unknown would be unknown.
    told = func.coalesce(TimelineEntry.data["import_id"].as_integer(), 0)
    return and_(TimelineEntry.id.between(first, last), told == row.id)


def taken_back(tx: Tx, row: Import) -> ColumnElement[bool]:
    """Return what tells entries of deeds that were taken back since, and of taking them back: they are no history.

    All that one deed writes carries its one instant.
    """
    query = select(Change.at, Change.undone_at, Change.data).where(
        Change.undone_at.is_not(None), Change.at >= row.created_at
    )
    instants: set[datetime] = set()
    for at, undone_at, data in tx.session.execute(query):
        instants |= {at, undone_at, *map(datetime.fromisoformat, data.get("instants", []))}
    return TimelineEntry.at.in_(instants)


def has_history(own: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return whether anything but the import itself happened to a contact, or something would be left behind."""
    others = [exists().where(table.contact_id == Contact.id) for table in (Task, Feedback)]
    bound = [exists().where(column == Contact.id) for column in find_binding_columns()]
    return or_(exists().where(TimelineEntry.contact_id == Contact.id, ~own), *others, *bound)


def list_kept(tx: Tx, import_id: int, own: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Return the people who stay, each with what happened to them since."""
    mine = Contact.import_id == import_id
    ids = tx.session.scalars(select(Contact.id).where(mine, has_history(own)).order_by(Contact.id)).all()
    since: dict[int, dict[str, None]] = {}
    for part in sliced(ids):
        kinds = select(TimelineEntry.contact_id, TimelineEntry.kind).where(TimelineEntry.contact_id.in_(part), ~own)
        for contact_id, kind in tx.session.execute(kinds.order_by(TimelineEntry.id)):
            since.setdefault(contact_id, {})[kind.replace("_", " ")] = None
    words = {contact_id: ", ".join(since.get(contact_id, {"mail or tasks": None})) for contact_id in ids}
    return [
        {"contact": contact_id, "reason": say("Kept: there is a history since (%(parts)s).", parts=words[contact_id])}
        for contact_id in ids
    ]
