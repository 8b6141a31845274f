"""Use cases: leases and signs of life, by name, in the one table that idle ticks may write."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from kit.ids import current_owner, is_gone
from kit.tx import Database, Tx
from sequences.models import Heartbeat


@contextmanager
def hold_lease(database: Database, name: str, for_s: float) -> Iterator[str | None]:
    """Hold the lease `name` while the block runs; yields the owner's name, or None when somebody else holds it."""
    owner = current_owner(name.partition(":")[0])
    if not take_lease(database, name, owner, for_s):
        yield None
        return
    try:
        yield owner
    finally:
        drop_lease(database, name, owner)


def take_lease(database: Database, name: str, owner: str, for_s: float) -> bool:
    """Take a lease that is free, run out, or held by a process that ended."""
    with database.reading() as tx:
        holder = tx.session.scalar(select(Heartbeat.owner).where(Heartbeat.name == name))
    dead = holder if holder and is_gone(holder) else None
    try:
        with database.transaction() as tx:
            return _claim(tx, name, owner, for_s, dead)
    except IntegrityError:
        # Somebody inserted the row between our look and our insert: they hold it.
        return False


def drop_lease(database: Database, name: str, owner: str) -> None:
    """Give a lease back."""
    with database.transaction() as tx:
        tx.session.execute(
            update(Heartbeat).where(Heartbeat.name == name, Heartbeat.owner == owner).values(owner=None, until=None)
        )


def renew_lease(tx: Tx, name: str, owner: str, for_s: float) -> bool:
    """Hold on to a lease for longer; False when it was lost."""
    changed = tx.session.execute(
        update(Heartbeat)
        .where(Heartbeat.name == name, Heartbeat.owner == owner)
        .values(at=tx.now, until=tx.now + timedelta(seconds=for_s))
        .returning(Heartbeat.name)
    ).first()
    return changed is not None


def beat(tx: Tx, name: str, note: str = "") -> None:
    """Leave a sign of life."""
    row = tx.session.get(Heartbeat, name)
    if row is None:
        tx.session.add(Heartbeat(name=name, at=tx.now, note=note))
    else:
        row.at, row.note = tx.now, note


def note_of(tx: Tx, name: str) -> str:
    """Return what the last sign of life said."""
    return tx.session.scalar(select(Heartbeat.note).where(Heartbeat.name == name)) or ""


def _claim(tx: Tx, name: str, owner: str, for_s: float, dead: str | None) -> bool:
    until = tx.now + timedelta(seconds=for_s)
    is_free = or_(Heartbeat.owner.is_(None), Heartbeat.until < tx.now, Heartbeat.owner == dead)
    taken = tx.session.execute(
        update(Heartbeat)
        .where(Heartbeat.name == name, is_free)
        .values(owner=owner, at=tx.now, until=until)
        .returning(Heartbeat.name)
    ).first()
    if taken:
        return True
    if tx.session.scalar(select(Heartbeat.name).where(Heartbeat.name == name)):
        return False
    tx.session.add(Heartbeat(name=name, owner=owner, at=tx.now, until=until))
    tx.session.flush()
    return True
