"""Use cases: incidents: what about our sending a person has to look at. Open until somebody closes it."""

from typing import Any

from sqlalchemy import select

from kit.errors import ConflictError, NotFoundError, say
from kit.tx import Tx
from sequences.models import Incident


def record_incident(
    tx: Tx,
    kind: str,
    sentence: str,
    *,
    mailbox_id: int | None = None,
    sequence_id: int | None = None,
    contact_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> Incident:
    """Open an incident, or bring the open one about the same thing up to date. `kind`: complaint, breaker, login."""
    found = tx.session.scalar(
        select(Incident).where(
            Incident.kind == kind,
            Incident.closed_at.is_(None),
            Incident.mailbox_id.is_not_distinct_from(mailbox_id),
            Incident.sequence_id.is_not_distinct_from(sequence_id),
            Incident.contact_id.is_not_distinct_from(contact_id),
        )
    )
    if found is None:
        found = Incident(
            kind=kind, mailbox_id=mailbox_id, sequence_id=sequence_id, contact_id=contact_id, at=tx.now, sentence=""
        )
        tx.session.add(found)
    found.sentence, found.data = sentence, data or {}
    tx.session.flush()
    return found


def list_open_incidents(tx: Tx, *, limit: int = 50) -> list[Incident]:
    """Return what nobody has closed, newest first."""
    query = select(Incident).where(Incident.closed_at.is_(None)).order_by(Incident.at.desc(), Incident.id.desc())
    return list(tx.session.scalars(query.limit(limit)))


def close_incident(tx: Tx, incident_id: int, *, actor: str) -> Incident:
    """Say that somebody has looked."""
    incident = tx.session.get(Incident, incident_id)
    if incident is None:
        raise NotFoundError(say("There is no such incident."))
    if incident.closed_at is not None:
        raise ConflictError(say("This incident is closed already."))
    incident.closed_at, incident.closed_by = tx.now, actor
    return incident
