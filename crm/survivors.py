"""Use cases: who lives on in whom after a merge."""

from collections.abc import Collection, Iterable

from sqlalchemy import select

from crm.models import ContactMerge
from kit.tx import Tx

_LONGEST = 50


def find_survivor(tx: Tx, contact_id: int) -> int | None:
    """Return who somebody lives on in, however many merges later; None when they were never merged away."""
    found: int | None = None
    for _ in range(_LONGEST):
        row = tx.session.get(ContactMerge, found or contact_id)
        if row is None:
            break
        found = row.survivor_id
    return found


def follow_all(tx: Tx, contact_ids: Collection[int]) -> list[int]:
    """Return the same people, each as who they live on in, once and in their order."""
    merged = set(tx.session.scalars(select(ContactMerge.absorbed_id).where(ContactMerge.absorbed_id.in_(contact_ids))))
    return list(dict.fromkeys(find_survivor(tx, one) or one if one in merged else one for one in contact_ids))


def list_absorbed(tx: Tx, contact_id: int) -> Iterable[ContactMerge]:
    """Return the merges into one contact that hold, the newest first."""
    query = select(ContactMerge).where(ContactMerge.survivor_id == contact_id)
    return tx.session.scalars(query.order_by(ContactMerge.at.desc(), ContactMerge.absorbed_id.desc())).all()
