"""Use cases: reports that the beat keeps: written where they changed, read for the days a page asks for."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from crm.kept import keep
from crm.models import KeptFigures, User
from crm.zones import read_zone
from kit.tx import Tx
from sequences.kept_models import KeptReport

# Before everything: what is kept from here on is all there is.
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
Reports = Mapping[datetime, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """As of when a subject was counted, up to which edge, for whose midnights, and what hangs on no day."""

    at: datetime
    last: datetime
    zones: frozenset[str]
    document: Mapping[str, Any]


def list_zones(tx: Tx) -> list[str]:
    """Return the zones of those who read reports, by name."""
    return sorted(set(tx.session.scalars(select(User.zone).distinct())))


def list_edges(zones: Collection[str], first: datetime, last: datetime) -> list[datetime]:
    """Return the midnights of these zones from the one before `first` to the one after `last`, in order."""
    found: set[datetime] = set()
    for name in zones:
        zone = read_zone(name)
        day, until = first.astimezone(zone).date(), last.astimezone(zone).date() + timedelta(days=1)
        while day <= until:
            found.add(datetime.combine(day, time(), zone).astimezone(UTC))
            day += timedelta(days=1)
    return sorted(found)


def read_head(tx: Tx, subject: str, zone: str) -> Head | None:
    """Return what is known of a kept subject; None when it is not kept for midnights of this zone."""
    row = tx.session.get(KeptFigures, _name(subject))
    if row is None or zone not in row.document["zones"]:
        return None
    return Head(
        at=row.at, last=datetime.fromisoformat(row.document["last"]), zones=frozenset(row.document["zones"]),
        document=row.document,
    )  # fmt: skip


def read_from(tx: Tx, subject: str, edge: datetime) -> dict[str, Any] | None:
    """Return what was counted from an edge on."""
    query = select(KeptReport.document).where(KeptReport.subject == subject, KeptReport.edge >= edge)
    return tx.session.scalar(query.order_by(KeptReport.edge).limit(1))


def read_up_to(tx: Tx, subject: str, edge: datetime) -> dict[str, Any] | None:
    """Return what was counted before an edge; None when nothing was there."""
    query = select(KeptReport.document).where(KeptReport.subject == subject, KeptReport.edge <= edge)
    return tx.session.scalar(query.order_by(KeptReport.edge.desc()).limit(1))


def store(tx: Tx, subject: str, head: Mapping[str, Any], reports: Reports, *, at: datetime) -> None:
    """Keep what was counted of a subject at an instant; days at which nothing changed are not written."""
    query = select(KeptReport.edge, KeptReport.document).where(KeptReport.subject == subject)
    known = {row[0]: row[1] for row in tx.session.execute(query)}
    here = KeptReport.subject == subject
    if gone := [edge for edge in known if edge not in reports]:
        for some in _chunks(gone):
            tx.session.execute(delete(KeptReport).where(here, KeptReport.edge.in_(some)))
    for edge, document in reports.items():
        if edge in known and known[edge] != document:
            tx.session.execute(update(KeptReport).where(here, KeptReport.edge == edge).values(document=document))
    new = [{"subject": subject, "edge": edge, "document": one} for edge, one in reports.items() if edge not in known]
    if new:
        tx.session.execute(insert(KeptReport), new)
    keep(tx, _name(subject), dict(head), at=at)


def read_ages(tx: Tx) -> dict[str, datetime]:
    """Return when each kept subject was counted."""
    query = select(KeptFigures.name, KeptFigures.at).where(KeptFigures.name.like(_name("%")))
    return {name.removeprefix(_name("")): at for name, at in tx.session.execute(query)}


def forget(tx: Tx, subjects: Collection[str]) -> None:
    """Keep these no more."""
    for subject in subjects:
        tx.session.execute(delete(KeptReport).where(KeptReport.subject == subject))
        tx.session.execute(delete(KeptFigures).where(KeptFigures.name == _name(subject)))


def _chunks(edges: list[datetime], size: int = 500) -> Iterator[list[datetime]]:
    for begin in range(0, len(edges), size):
        yield edges[begin : begin + size]


def _name(subject: str) -> str:
    return f"report:{subject}"
