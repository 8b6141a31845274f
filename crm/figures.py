"""Use cases: what an account measured on a day, and who read it; lists and filters show the newest reading."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import func, select

from crm.account_figures import latest_day
from crm.changes import Undone, record_change
from crm.handles import get_handle
from crm.models import Change, Handle, HandleSnapshot
from crm.timeline import record_entry
from kit.errors import InvalidError, NotFoundError, say
from kit.tx import Tx

READ, REMOVED = "handle.figures", "handle.figures_removal"
NAMES = ("followers", "avg_views", "avg_likes", "avg_comments", "engagement_rate")
_EVERY = (*NAMES, "posts", "score")
_NOON = time(12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Figures as they stood on a day; None was not read. `engagement_rate` is a fraction."""

    read_on: date
    source: str
    followers: float | None = None
    avg_views: float | None = None
    avg_likes: float | None = None
    avg_comments: float | None = None
    engagement_rate: float | None = None


def add_reading(tx: Tx, handle_id: int, reading: Reading, *, actor: str) -> Change:
    """Keep a reading; unless a later one is known, the account shows it from now on."""
    handle = get_handle(tx, handle_id)
    given = {name: value for name in NAMES if (value := getattr(reading, name)) is not None}
    if not given:
        raise InvalidError(say("Write at least one figure."), field="followers")
    if reading.read_on > latest_day(tx.now):
        raise InvalidError(say("The day of a reading cannot lie in the future."), field="read_on")
    at = tx.now if reading.read_on >= tx.now.date() else datetime.combine(reading.read_on, _NOON)
    newest = tx.session.scalar(select(func.max(HandleSnapshot.taken_at)).where(HandleSnapshot.handle_id == handle.id))
    row = HandleSnapshot(handle_id=handle.id, taken_at=at, source=reading.source[:200], **given)
    tx.session.add(row)
    changed: dict[str, list[Any]] = {}
    if newest is None or at >= newest:
        changed = {name: [getattr(handle, name), value] for name, value in given.items()}
        for name, value in given.items():
            setattr(handle, name, value)
    tx.session.flush()
    summary = say("Figures of %(name)s, %(day)s", name=handle.username, day=reading.read_on.isoformat())
    data = {"handle": handle.id, "snapshot": row.id, "changed": changed, "given": given, "taken_at": at.isoformat()}
    change = record_change(tx, READ, actor=actor, summary=summary, data=data)
    _tell(tx, handle, summary, actor)
    return change


def remove_reading(tx: Tx, snapshot_id: int, *, actor: str) -> tuple[Change, int]:
    """Forget a reading that was a mistake; the account shows the newest of what is left. Return whose it was."""
    row = tx.session.get(HandleSnapshot, snapshot_id)
    if row is None:
        raise NotFoundError(say("There is no such reading."))
    handle = get_handle(tx, row.handle_id)
    kept = {name: getattr(row, name) for name in (*_EVERY, "source", "import_id")}
    shown = [name for name in NAMES if kept[name] is not None and getattr(handle, name) == kept[name]]
    tx.session.delete(row)
    tx.session.flush()
    left = {name: _newest(tx, handle.id, name) for name in shown}
    changed = {name: [kept[name], value] for name, value in left.items() if value is not None}
    for name, (_, value) in changed.items():
        setattr(handle, name, value)
    summary = say("Forgot a reading of %(name)s", name=handle.username)
    data = {"handle": handle.id, "kept": kept, "taken_at": row.taken_at.isoformat(), "changed": changed}
    change = record_change(tx, REMOVED, actor=actor, summary=summary, data=data)
    _tell(tx, handle, summary, actor)
    return change, handle.contact_id


def reverse_reading(tx: Tx, change: Change, actor: str) -> Undone:
    """Forget a reading again; the account shows what it showed before, where nobody read it since."""
    row = tx.session.get(HandleSnapshot, change.data["snapshot"])
    if row is None or not _is_its(change, row):
        return Undone(change=change, undone=0, left=1, why=say("It was forgotten since."))
    handle = get_handle(tx, row.handle_id)
    tx.session.delete(row)
    _put_back(handle, change)
    _tell(tx, handle, say("Taken back: figures of %(name)s", name=handle.username), actor)
    return Undone(change=change, undone=1)


def reverse_removal(tx: Tx, change: Change, actor: str) -> Undone:
    """Keep a forgotten reading again."""
    handle = get_handle(tx, change.data["handle"])
    at = datetime.fromisoformat(change.data["taken_at"])
    tx.session.add(HandleSnapshot(handle_id=handle.id, taken_at=at, **change.data["kept"]))
    _put_back(handle, change)
    _tell(tx, handle, say("Taken back: a reading of %(name)s was forgotten", name=handle.username), actor)
    return Undone(change=change, undone=1)


def _is_its(change: Change, row: HandleSnapshot) -> bool:
    """Return whether a row is still the reading that was kept: SQLite gives the number of a row that went anew."""
    data = change.data
    # Older changes name the account alone.
    at = datetime.fromisoformat(data.get("taken_at", row.taken_at.isoformat()))
    same = all(getattr(row, name) == value for name, value in data.get("given", {}).items())
    return row.handle_id == data["handle"] and row.taken_at == at and same


def _put_back(handle: Handle, change: Change) -> None:
    for name, (before, after) in change.data["changed"].items():
        if getattr(handle, name) == after:
            setattr(handle, name, before)


def _newest(tx: Tx, handle_id: int, name: str) -> float | None:
    column = getattr(HandleSnapshot, name)
    query = select(column).where(HandleSnapshot.handle_id == handle_id, column.is_not(None))
    return tx.session.scalar(query.order_by(HandleSnapshot.taken_at.desc(), HandleSnapshot.id.desc()).limit(1))


def _tell(tx: Tx, handle: Handle, summary: str, actor: str) -> None:
    record_entry(tx, handle.contact_id, "handle", str(summary), actor=actor, data={"handle": handle.id})
