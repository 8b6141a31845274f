"""Use cases: who lives on in whom after a merge."""

from collections.abc import Collection, Iterable

from sqlalchemy import delete, or_, select

from crm.models import Change, ContactKey, ContactMerge, ContactPair
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


def forget_identity(tx: Tx, contact_id: int) -> None:
    """Forget by what somebody could be known twice, and all that their merges kept: none can be taken back then.

    For erasing a person: what both were before a merge lies in its change.
    """
    tx.session.execute(delete(ContactKey).where(ContactKey.contact_id == contact_id))
    about = or_(ContactPair.low_id == contact_id, ContactPair.high_id == contact_id)
    tx.session.execute(delete(ContactPair).where(about))
    for merge in list_absorbed(tx, contact_id):
        change = tx.session.get(Change, merge.change_id) if merge.change_id else None
        if change is not None:
            names = {"survivor": merge.survivor_id, "absorbed": merge.absorbed_id}
            change.data, change.summary, change.words = names, "Merged two contacts", {}
        forget_identity(tx, merge.absorbed_id)
        merge.change_id = None
    parted = select(Change).where(Change.kind == "contact.apart")
    for change in tx.session.scalars(parted):
        if contact_id in change.data["pair"]:
            change.summary, change.words = "Two people", {}
    tx.session.flush()


def list_absorbed(tx: Tx, contact_id: int) -> Iterable[ContactMerge]:
    """Return the merges into one contact that hold, the newest first."""
    query = select(ContactMerge).where(ContactMerge.survivor_id == contact_id)
    return tx.session.scalars(query.order_by(ContactMerge.at.desc(), ContactMerge.absorbed_id.desc())).all()


def find_absorbed(tx: Tx, contact_id: int) -> frozenset[int]:
    """Return everybody who lives on in one contact, those who came with somebody absorbed included."""
    found: set[int] = set()
    fresh = {contact_id}
    while fresh:
        query = select(ContactMerge.absorbed_id).where(ContactMerge.survivor_id.in_(fresh))
        fresh = set(tx.session.scalars(query)) - found
        found |= fresh
    return frozenset(found)
