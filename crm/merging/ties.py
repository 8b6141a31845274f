"""Use cases: rows of a merge that may collide: agents, who was told of a theme, the main account, the usual gap."""

from sqlalchemy import Table, or_, select, update

from crm.models import ContactLink, Handle
from crm.pulses import refresh_pulses
from kit.db import Base
from kit.tx import Tx


def unite_ties(tx: Tx, survivor_id: int, absorbed_id: int) -> None:
    """Let the survivor have the other's ties; of two that say the same, one stays. All other rows have moved by now."""
    tx.session.flush()
    _unite_links(tx, survivor_id, absorbed_id)
    _unite_tells(tx, survivor_id, absorbed_id)
    refresh_pulses(tx, (survivor_id, absorbed_id))


def yield_main(tx: Tx, survivor_id: int, absorbed_id: int) -> None:
    """Let the survivor's main account stand for both: one person has one at most."""
    own = select(Handle.id).where(Handle.contact_id == survivor_id, Handle.is_main)
    if tx.session.scalar(own) is not None:
        tx.session.execute(update(Handle).where(Handle.contact_id == absorbed_id).values(is_main=False))


def _unite_links(tx: Tx, survivor_id: int, absorbed_id: int) -> None:
    both = (survivor_id, absorbed_id)
    query = select(ContactLink).where(or_(ContactLink.contact_id.in_(both), ContactLink.agent_id.in_(both)))
    # The survivor's own come first: they stay where the other one's says the same.
    rows = sorted(tx.session.scalars(query), key=lambda row: (absorbed_id in (row.contact_id, row.agent_id), row.id))
    seen: set[tuple[int, int]] = set()
    for row in rows:
        pair = (_now(row.contact_id, both), _now(row.agent_id, both))
        if pair[0] == pair[1] or pair in seen:
            tx.session.delete(row)
        else:
            row.contact_id, row.agent_id = pair
        seen.add(pair)
        tx.session.flush()


def _now(number: int, both: tuple[int, int]) -> int:
    return both[0] if number == both[1] else number


def _unite_tells(tx: Tx, survivor_id: int, absorbed_id: int) -> None:
    """Let the survivor have the other's letters about themes: one for each theme is left by now."""
    table: Table = Base.metadata.tables["theme_tells"]
    tx.session.execute(update(table).where(table.c.contact_id == absorbed_id).values(contact_id=survivor_id))
