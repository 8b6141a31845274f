"""Use cases: leases and signs of life, by name, in the one table that idle ticks may write."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.exc import IntegrityError

from kit.db import Instant
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
        holder = tx.run(_HOLDER, {"lease": name}).scalar()
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
        tx.run(_DROP, {"lease": name, "ours": owner})


def renew_lease(tx: Tx, name: str, owner: str, for_s: float) -> bool:
    """Hold on to a lease for longer; False when it was lost."""
    values = {"lease": name, "ours": owner, "now": tx.now, "end": tx.now + timedelta(seconds=for_s)}
    return tx.run(_RENEW, values).first() is not None


def beat(tx: Tx, name: str, note: str = "") -> None:
    """Leave a sign of life."""
    row = tx.session.get(Heartbeat, name)
    if row is None:
        tx.session.add(Heartbeat(name=name, at=tx.now, note=note))
    else:
        row.at, row.note = tx.now, note


def note_of(tx: Tx, name: str) -> str:
    """Return what the last sign of life said."""
    return tx.run(_NOTE, {"lease": name}).scalar() or ""


def _claim(tx: Tx, name: str, owner: str, for_s: float, dead: str | None) -> bool:
    until = tx.now + timedelta(seconds=for_s)
    if tx.run(_TAKE, {"lease": name, "ours": owner, "now": tx.now, "end": until, "dead": dead}).first():
        return True
    if tx.run(_HOLDER, {"lease": name}).first():
        return False
    tx.session.add(Heartbeat(name=name, owner=owner, at=tx.now, until=until))
    tx.session.flush()
    return True


# Built once: leases are taken, renewed and given back around all work.
_NAMED = Heartbeat.name == bindparam("lease")
_HOLDER = select(Heartbeat.owner).where(_NAMED)
_NOTE = select(Heartbeat.note).where(_NAMED)
_IS_OURS = Heartbeat.owner == bindparam("ours")
_IS_FREE = or_(
    Heartbeat.owner.is_(None),
    Heartbeat.until < bindparam("now", type_=Instant()),
    Heartbeat.owner == bindparam("dead"),
)
_UNTIL = {"at": bindparam("now", type_=Instant()), "until": bindparam("end", type_=Instant())}
_TAKE = update(Heartbeat).where(_NAMED, _IS_FREE).values(owner=bindparam("ours"), **_UNTIL).returning(Heartbeat.name)
_RENEW = update(Heartbeat).where(_NAMED, _IS_OURS).values(**_UNTIL).returning(Heartbeat.name)
_DROP = update(Heartbeat).where(_NAMED, _IS_OURS).values(owner=None, until=None)
