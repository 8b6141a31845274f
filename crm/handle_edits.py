"""Use cases: which account stands for a person, and which are no longer used; each change with a way back."""

from typing import Any

from sqlalchemy import select

from crm.changes import Undone, is_its, record_change
from crm.handles import get_handle
from crm.models import Change, Handle, HandleName
from crm.timeline import record_entry
from kit.errors import ConflictError, InvalidError, say
from kit.tx import Tx

MAIN, RETIRED = "handle.main", "handle.retired"


def make_main(tx: Tx, handle_id: int, *, actor: str) -> Change:
    """Let an account stand for its person in lists, mails and filters."""
    handle = get_handle(tx, handle_id)
    if handle.retired_at is not None:
        raise InvalidError(say("This account is no longer used. Bring it back first."))
    before = _main(tx, handle.contact_id)
    if before is handle:
        raise ConflictError(say("It is the main account already."))
    _put_main(tx, handle.contact_id, handle)
    summary = say("%(name)s is the main account", name=handle.username)
    data = {"contact": handle.contact_id, "before": before.id if before else None, "after": handle.id}
    return _keep(tx, MAIN, handle, summary, data, actor)


def retire(tx: Tx, handle_id: int, *, why: str, actor: str) -> Change:
    """Keep an account as history: it counts no longer in lists and filters."""
    handle, why = get_handle(tx, handle_id), why.strip()[:200]
    if handle.retired_at is not None:
        raise ConflictError(say("This account is history already."))
    if not why:
        raise InvalidError(say("Say why it is no longer used. It stays on record."), field="why")
    data = {"handle": handle.id, "was_main": handle.is_main, "retired": True}
    handle.retired_at, handle.retired_why, handle.is_main = tx.now, why, False
    summary = say("%(name)s is no longer used: %(why)s", name=handle.username, why=why)
    return _keep(tx, RETIRED, handle, summary, data, actor)


def restore(tx: Tx, handle_id: int, *, actor: str) -> Change:
    """Use an account again."""
    handle = get_handle(tx, handle_id)
    if handle.retired_at is None:
        raise ConflictError(say("This account is in use already."))
    data = {"handle": handle.id, "was_main": False, "retired": False, "why": handle.retired_why}
    handle.retired_at, handle.retired_why = None, ""
    summary = say("%(name)s is used again", name=handle.username)
    return _keep(tx, RETIRED, handle, summary, data, actor)


def list_names(tx: Tx, handle_ids: list[int]) -> list[HandleName]:
    """Return the names that accounts had, the latest first."""
    query = select(HandleName).where(HandleName.handle_id.in_(handle_ids))
    return list(tx.session.scalars(query.order_by(HandleName.until.desc(), HandleName.id.desc())))


def reverse_main(tx: Tx, change: Change, actor: str) -> Undone:
    """Let the account before stand for the person again."""
    data: dict[str, Any] = change.data
    now = _main(tx, data["contact"])
    if (now.id if now else None) != data["after"]:
        return Undone(change=change, undone=0, left=1, why=say("Somebody chose another main account since."))
    before = tx.session.get(Handle, data["before"]) if data["before"] else None
    _put_main(tx, data["contact"], before)
    record_entry(tx, data["contact"], "handle", str(say("Taken back: the main account")), actor=actor)
    return Undone(change=change, undone=1)


def reverse_retired(tx: Tx, change: Change, actor: str) -> Undone:
    """Put an account back into use, or back into history."""
    handle, data = get_handle(tx, change.data["handle"]), change.data
    if not is_its(change, handle) or (handle.retired_at is not None) != data["retired"]:
        return Undone(change=change, undone=0, left=1, why=say("Somebody changed it since."))
    if data["retired"]:
        handle.retired_at, handle.retired_why = None, ""
        if data["was_main"] and _main(tx, handle.contact_id) is None:
            handle.is_main = True
    else:
        handle.retired_at, handle.retired_why = tx.now, data["why"]
    _tell(tx, handle, say("Taken back: whether %(name)s is used", name=handle.username), actor)
    return Undone(change=change, undone=1)


def _main(tx: Tx, contact_id: int) -> Handle | None:
    return tx.session.scalar(select(Handle).where(Handle.contact_id == contact_id, Handle.is_main))


def _put_main(tx: Tx, contact_id: int, main: Handle | None) -> None:
    for handle in tx.session.scalars(select(Handle).where(Handle.contact_id == contact_id)):
        handle.is_main = handle is main
    tx.session.flush()


def _keep(tx: Tx, kind: str, handle: Handle, summary: str, data: dict[str, Any], actor: str) -> Change:
    change = record_change(tx, kind, actor=actor, summary=summary, data=data)
    _tell(tx, handle, summary, actor)
    return change


def _tell(tx: Tx, handle: Handle, summary: str, actor: str) -> None:
    record_entry(tx, handle.contact_id, "handle", str(summary), actor=actor, data={"handle": handle.id})
