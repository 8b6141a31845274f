"""Use cases: the timeline: facts are added, notes may change (crm.notes). Every change of state writes its entry."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, insert, select

from crm.models import TimelineEntry
from kit.tx import Tx

_ADD = insert(cast("Table", TimelineEntry.__table__))


def record_entry(
    tx: Tx,
    contact_id: int,
    kind: str,
    summary: str,
    *,
    actor: str,
    brand_id: int | None = None,
    message_id: int | None = None,
    data: dict[str, Any] | None = None,
    undoes_id: int | None = None,
) -> TimelineEntry:
    """Append one fact, at this transaction's instant."""
    entry = TimelineEntry(
        contact_id=contact_id,
        brand_id=brand_id,
        at=tx.now,
        kind=kind,
        actor=actor,
        summary=summary,
        data=data or {},
        message_id=message_id,
        undoes_id=undoes_id,
    )
    tx.session.add(entry)
    return entry


def record_entries(tx: Tx, entries: Sequence[Mapping[str, Any]]) -> None:
    """Append many facts in one statement; each has the columns of `record_entry` by name."""
    if entries:
        blank: dict[str, Any] = {"brand_id": None, "message_id": None, "data": {}, "undoes_id": None, "at": tx.now}
        tx.run_many(_ADD, [{**blank, **entry} for entry in entries])


def list_entries(tx: Tx, contact_id: int, *, limit: int = 500) -> list[TimelineEntry]:
    """Return a contact's facts, newest first."""
    rows = tx.session.scalars(
        select(TimelineEntry)
        .where(TimelineEntry.contact_id == contact_id)
        .order_by(TimelineEntry.at.desc(), TimelineEntry.id.desc())
        .limit(limit)
    )
    return list(rows)


def add_note(tx: Tx, contact_id: int, text: str, *, actor: str, brand_id: int | None = None) -> TimelineEntry:
    """Record a note, or a direct message that was written elsewhere."""
    return record_entry(tx, contact_id, "note", text.strip(), actor=actor, brand_id=brand_id)
