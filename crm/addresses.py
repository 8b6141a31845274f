"""Use cases: a person's email addresses, changed by hand: added, marked, preferred, retired; each on the timeline."""

from typing import Any

from crm.changes import Undone, is_its, record_change
from crm.contacts import add_address, list_addresses, lock_contact, refresh_search_text
from crm.models import Change, ContactAddress
from crm.timeline import record_entry
from crm.twins import refresh_twins
from kit.errors import ConflictError, InvalidError, NotFoundError, say
from kit.tx import Tx

MARKS = ("ok", "unknown", "bad")
ORDER, RETIRED = "address.order", "address.retired"


def add_by_hand(tx: Tx, contact_id: int, email: str, *, actor: str) -> ContactAddress:
    """Add an address to a person; refused when it belongs to somebody else."""
    contact = lock_contact(tx, contact_id)
    row = add_address(tx, contact, email, source="by hand")
    refresh_search_text(tx, contact)
    refresh_twins(tx, [contact.id])
    _tell(tx, row, say("Added the address %(email)s", email=row.email), actor)
    return row


def mark_by_hand(tx: Tx, address_id: int, mailable: str, *, actor: str) -> ContactAddress:
    """Say whether an address takes mail: ok, unknown or bad."""
    row = get_address(tx, address_id)
    if mailable not in MARKS:
        raise InvalidError(say("Choose one of: takes mail, not known, does not take mail."))
    if row.mailable != mailable:
        row.mailable = mailable
        words = {
            "ok": say("%(email)s takes mail", email=row.email),
            "unknown": say("Not known whether %(email)s takes mail", email=row.email),
            "bad": say("%(email)s does not take mail", email=row.email),
        }
        _tell(tx, row, words[mailable], actor)
    return row


def prefer(tx: Tx, address_id: int, *, actor: str) -> Change:
    """Write to this address from now on; the others stay behind it in their order."""
    row = get_address(tx, address_id)
    if row.retired_at is not None:
        raise InvalidError(say("This address is no longer used. Bring it back first."))
    before = _order(tx, row.contact_id)
    _put_order(tx, row.contact_id, [row.id, *(one for one in before if one != row.id)])
    summary = say("Mail goes to %(email)s from now on", email=row.email)
    data = {"contact": row.contact_id, "before": before, "first": row.id}
    return _keep(tx, ORDER, row, summary, data, actor)


def retire_address(tx: Tx, address_id: int, *, why: str, replacement: str = "", actor: str) -> Change:
    """Write to an address no more, and say why; mail from it is still theirs. A replacement takes its place."""
    row, why = get_address(tx, address_id), why.strip()[:200]
    if row.retired_at is not None:
        raise ConflictError(say("This address is history already."))
    if not why:
        raise InvalidError(say("Say why the address is no longer used. It stays on record."), field="why")
    before = _order(tx, row.contact_id)
    new = _replace(tx, row, replacement, actor) if replacement.strip() else None
    row.retired_at, row.retired_why = tx.now, why
    tx.session.flush()
    summary = say("%(email)s is no longer used: %(why)s", email=row.email, why=why)
    data = {"contact": row.contact_id, "address": row.id, "before": before, "new": new.id if new else None}
    return _keep(tx, RETIRED, row, summary, {**data, "retired": True}, actor)


def restore_address(tx: Tx, address_id: int, *, actor: str) -> Change:
    """Use an address again; it stands behind the others."""
    row = get_address(tx, address_id)
    if row.retired_at is None:
        raise ConflictError(say("This address is in use already."))
    data: dict[str, Any] = {"contact": row.contact_id, "address": row.id, "why": row.retired_why, "retired": False}
    row.retired_at, row.retired_why = None, ""
    return _keep(tx, RETIRED, row, say("%(email)s is used again", email=row.email), data, actor)


def reverse_order(tx: Tx, change: Change, actor: str) -> Undone:
    """Put the address before first again, unless somebody chose another one since."""
    contact = lock_contact(tx, change.data["contact"])
    now = _order(tx, contact.id)
    if not now or now[0] != change.data["first"]:
        return Undone(change=change, undone=0, left=1, why=say("Somebody chose another address since."))
    kept = [one for one in change.data["before"] if one in now]
    _put_order(tx, contact.id, [*kept, *(one for one in now if one not in kept)])
    record_entry(tx, contact.id, "address", str(say("Taken back: where mail goes")), actor=actor)
    return Undone(change=change, undone=1)


def reverse_retired(tx: Tx, change: Change, actor: str) -> Undone:
    """Put an address back into use or into history; the one that replaced it stays, behind it."""
    data, row = change.data, tx.session.get(ContactAddress, change.data["address"])
    if row is None or not is_its(change, row) or (row.retired_at is not None) != data["retired"]:
        return Undone(change=change, undone=0, left=1, why=say("Somebody changed it since."))
    if data["retired"]:
        row.retired_at, row.retired_why = None, ""
        now = _order(tx, row.contact_id)
        kept = [one for one in data["before"] if one in now]
        _put_order(tx, row.contact_id, [*kept, *(one for one in now if one not in kept)])
    else:
        row.retired_at, row.retired_why = tx.now, data["why"]
    _tell(tx, row, say("Taken back: whether %(email)s is used", email=row.email), actor)
    return Undone(change=change, undone=1)


def get_address(tx: Tx, address_id: int) -> ContactAddress:
    """Return an address, or refuse."""
    row = tx.session.get(ContactAddress, address_id)
    if row is None:
        raise NotFoundError(say("There is no such address."))
    return row


def _replace(tx: Tx, row: ContactAddress, replacement: str, actor: str) -> ContactAddress:
    new = add_by_hand(tx, row.contact_id, replacement, actor=actor)
    if new.id == row.id:
        raise InvalidError(say("An address cannot replace itself."), field="email")
    before = _order(tx, row.contact_id)
    # The new one stands where the old one stood.
    order = [new.id if one == row.id else one for one in before if one != new.id]
    _put_order(tx, row.contact_id, [*order, row.id])
    return new


def _order(tx: Tx, contact_id: int) -> list[int]:
    return [row.id for row in list_addresses(tx, contact_id)]


def _put_order(tx: Tx, contact_id: int, order: list[int]) -> None:
    for row in list_addresses(tx, contact_id):
        row.position = order.index(row.id)
    tx.session.flush()


def _keep(tx: Tx, kind: str, row: ContactAddress, summary: str, data: dict[str, Any], actor: str) -> Change:
    change = record_change(tx, kind, actor=actor, summary=summary, data=data)
    _tell(tx, row, summary, actor)
    return change


def _tell(tx: Tx, row: ContactAddress, summary: str, actor: str) -> None:
    record_entry(tx, row.contact_id, "address", str(summary), actor=actor, data={"address": row.id})
