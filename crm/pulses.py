"""Use cases: how often people write: kept up when they do, so that who goes quiet is one look at an index."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, delete, func, insert, select

from crm.models import Contact, Message, Pulse
from crm.silence import GAPS, quiet_from, usual_gap
from kit.tx import Tx

_PULSES = cast("Table", Pulse.__table__)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A person who used to write and has been silent for more than twice the usual gap."""

    contact: Contact
    silent_for: timedelta
    usual: timedelta

    def quiet_from(self, now: datetime) -> datetime:
        """Return from when on they went quiet."""
        return quiet_from(now - self.silent_for, self.usual) or now


def refresh_pulses(tx: Tx, contact_ids: Collection[int]) -> None:
    """Count anew how often these people write, from their newest mails; two queries and one write for each 500.

    To be called whenever mail of theirs was stored, moved to somebody else or removed.
    """
    wanted = sorted(set(contact_ids))
    for begin in range(0, len(wanted), _AT_ONCE):
        some = wanted[begin : begin + _AT_ONCE]
        rows = [_row(contact_id, instants) for contact_id, instants in _newest(tx, some).items()]
        tx.session.execute(delete(Pulse).where(Pulse.contact_id.in_(some)).execution_options(synchronize_session=False))
        if rows:
            tx.session.execute(insert(_PULSES), rows)


def list_quiet(tx: Tx, *, limit: int = 3) -> list[Quiet]:
    """Return those who go quiet, who fell silent last first."""
    query = (
        select(Contact, Pulse.last_in_at, Pulse.gap_s)
        .join(Pulse, Pulse.contact_id == Contact.id)
        .where(Contact.erased_at.is_(None), is_silent(tx.now))
        .order_by(Pulse.quiet_from.desc(), Contact.id)
        .limit(limit)
    )
    return [
        Quiet(contact=contact, silent_for=tx.now - last, usual=timedelta(seconds=gap))
        for contact, last, gap in tx.session.execute(query)
        if gap is not None
    ]


def is_silent(now: datetime) -> ColumnElement[bool]:
    """Return the condition on a pulse that the silence is longer than usual."""
    return Pulse.quiet_from < now


def _newest(tx: Tx, contact_ids: list[int]) -> dict[int, list[datetime]]:
    """Return the instants of each one's newest mails, in time order."""
    rank = func.row_number().over(partition_by=Message.contact_id, order_by=(Message.at.desc(), Message.id.desc()))
    ranked = (
        select(Message.contact_id, Message.at, rank.label("rank"))
        .where(Message.contact_id.in_(contact_ids), Message.direction == "in", Message.kind == "reply")
        .subquery()
    )
    query = select(ranked.c.contact_id, ranked.c.at).where(ranked.c.rank <= GAPS + 1).order_by(ranked.c.at)
    found: dict[int, list[datetime]] = {}
    for contact_id, at in tx.session.execute(query):
        found.setdefault(contact_id, []).append(at)
    return found


def _row(contact_id: int, instants: list[datetime]) -> dict[str, Any]:
    usual = usual_gap(instants)
    return {
        "contact_id": contact_id,
        "last_in_at": instants[-1],
        "gap_s": None if usual is None else int(usual.total_seconds()),
        "quiet_from": quiet_from(instants[-1], usual),
    }
