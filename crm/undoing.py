"""Use cases: a decision about a proposal is taken back, with what it had done, as long as nobody built on it since."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from crm.changes import undo_change
from crm.closing import reopen_thread
from crm.contacts import lock_contact, refresh_search_text
from crm.links import LINK, reverse_link
from crm.models import Change, ContactAddress, Feedback, Handle, HandleRate, Proposal, Task, Thread
from crm.proposal_words import describe
from crm.proposals import get_proposal, note
from crm.rates import forget_rate
from crm.twins import refresh_twins
from kit.errors import ConflictError, say
from kit.tx import Tx

_CHANGED = say("It was changed by hand since; change it back by hand as well.")


def take_back(tx: Tx, message_id: int, number: int, *, actor: str) -> Proposal:
    """Let a proposal wait again; a yes is undone, and refused once what it made was changed by hand."""
    row = get_proposal(tx, message_id, number)
    if not row.decision:
        raise ConflictError(say("Nobody has decided about this yet."))
    if row.decision == "accepted":
        _undo(tx, row, row.effect, actor)
    note(tx, row, "taken_back", say("Taken back: %(what)s", what=describe(row.kind, row.data)), actor=actor)
    row.decision, row.decided_at, row.decided_by, row.effect = "", None, "", {}
    return row


def _undo(tx: Tx, row: Proposal, effect: dict[str, Any], actor: str) -> None:
    if "handle" in effect:
        _undo_rate(tx, row, effect)
    if row.kind == "representative":
        _undo_representative(tx, row, effect, actor)
    if effect.get("address"):
        _undo_address(tx, row, effect["address"])
    if "thread" in effect:
        thread = tx.session.get(Thread, effect["thread"])
        if thread and thread.snoozed_until == datetime.fromisoformat(effect["until"]):
            reopen_thread(tx, thread.id, actor=actor)
    for name, model in (("task", Task), ("feedback", Feedback)):
        found = tx.session.get(model, effect[name]) if name in effect else None
        if isinstance(found, Task) and found.done_at:
            raise ConflictError(say("The task is done already."))
        if isinstance(found, Task | Feedback) and found.created_at == row.decided_at:
            tx.session.delete(found)


def _undo_rate(tx: Tx, row: Proposal, effect: dict[str, Any]) -> None:
    handle = tx.session.get(Handle, effect["handle"])
    if handle is None:
        return
    if handle.price_amount is None or handle.price_amount != Decimal(effect["after"]):
        raise ConflictError(_CHANGED)
    rate = tx.session.get(HandleRate, effect["rate"]) if "rate" in effect else None
    if rate is not None and rate.handle_id == handle.id and rate.created_at == row.decided_at:
        forget_rate(tx, rate)
        return
    before = effect.get("before")
    if before is None:  # forgotten by hand meanwhile
        return
    handle.price_amount = None if before["amount"] is None else Decimal(before["amount"])
    handle.price_currency = before["currency"]


def _undo_representative(tx: Tx, row: Proposal, effect: dict[str, Any], actor: str) -> None:
    contact = lock_contact(tx, row.contact_id)
    if contact.fields.get("representative") != effect["after"]:
        raise ConflictError(_CHANGED)
    change = tx.session.get(Change, effect.get("change") or 0)
    if change is not None and change.undone_at is None:
        undone = undo_change(tx, change.id, actor=actor, reversers={LINK: reverse_link})
        if undone.left:
            raise ConflictError(_CHANGED)
    rest = {name: value for name, value in contact.fields.items() if name != "representative"}
    contact.fields = rest | ({"representative": effect["before"]} if effect["before"] else {})


def _undo_address(tx: Tx, row: Proposal, address_id: int) -> None:
    address = tx.session.get(ContactAddress, address_id)
    if address is None or address.contact_id != row.contact_id:
        return
    tx.session.delete(address)
    refresh_search_text(tx, lock_contact(tx, row.contact_id))
    refresh_twins(tx, [row.contact_id])
