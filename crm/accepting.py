"""Use cases: a person says yes to what a mail proposes: it is applied through what there is, and can be undone."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, assert_never, cast
from zoneinfo import ZoneInfo

from crm.closing import snooze_thread
from crm.contacts import (
    add_address,
    find_contact_by_email,
    list_addresses,
    list_handles,
    lock_contact,
    refresh_search_text,
)
from crm.erased import find_erased
from crm.feedback import log_feedback
from crm.links import find_link, link_by_address
from crm.models import Handle, Message, Proposal, Thread
from crm.proposal_words import describe
from crm.proposals import decide, get_proposal, note
from crm.rate_formats import format_of
from crm.rates import NewRate, keep_rate
from crm.tasks import create_task
from crm.twins import refresh_twins
from kit.errors import InvalidError, say
from kit.tx import Tx
from mailer.said import Kind

_WAKES = time(8)
_PLATFORMS = {
    "instagram": ("instagram", "insta", "reel", "story", "stories", "carousel", "ig "),
    "tiktok": ("tiktok", "tik tok"),
    "youtube": ("youtube", "short", "integration"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A proposal with what belongs to it; `zone` is the clock of the person who decides."""

    row: Proposal
    message: Message
    brand_id: int | None
    actor: str
    zone: ZoneInfo


def accept(tx: Tx, message_id: int, number: int, *, actor: str, zone: ZoneInfo) -> Proposal:
    """Apply a proposal; what it did is kept with it, so that it can be taken back."""
    row = get_proposal(tx, message_id, number)
    decide(tx, row, "accepted", actor=actor)
    message = tx.session.get_one(Message, row.message_id)
    thread = tx.session.get(Thread, message.thread_id) if message.thread_id else None
    brand_id = thread.brand_id if thread else None
    row.effect = _apply(tx, Case(row=row, message=message, brand_id=brand_id, actor=actor, zone=zone))
    return row


def _apply(tx: Tx, case: Case) -> dict[str, Any]:
    kind = cast("Kind", case.row.kind)
    match kind:
        case "price":
            return _keep_rate(tx, case)
        case "meeting":
            return _plan(tx, case)
        case "later":
            return _ask_again(tx, case)
        case "representative":
            return _keep_representative(tx, case)
        case "address":
            return _keep_address(tx, case)
        case "feedback":
            return _keep_feedback(tx, case)
        case _:
            assert_never(kind)


def _keep_rate(tx: Tx, case: Case) -> dict[str, Any]:
    """Note the rate with its date; where it clearly belongs to one handle, that handle shows it from now on."""
    row = case.row
    entry = note(tx, row, "rate", say("Rate: %(what)s", what=_words(row)), actor=case.actor, brand_id=case.brand_id)
    handle = choose_handle(list_handles(tx, row.contact_id), row.data.get("what", ""))
    if handle is None or row.data.get("most"):
        return {"entry": entry}
    rate = keep_rate(
        tx,
        handle,
        NewRate(
            format=format_of(row.data.get("what", ""), handle.platform),
            amount=Decimal(row.data["amount"]),
            currency=row.data.get("currency") or handle.price_currency or "EUR",
            said_on=min(case.message.at, tx.now).date(),
            said_by=case.message.sender,
            message_id=case.message.id,
        ),
        actor=case.actor,
    )
    return {"entry": entry, "handle": handle.id, "rate": rate.id, "after": _text(handle.price_amount)}


def choose_handle(handles: list[Handle], what: str) -> Handle | None:
    """Return the handle that a price is for: the platform it names, else the only handle there is, else none."""
    for platform, words in _PLATFORMS.items():
        if any(word in f"{what.lower()} " for word in words):
            return next((handle for handle in handles if handle.platform.lower() == platform), None)
    return handles[0] if len(handles) == 1 else None


def _plan(tx: Tx, case: Case) -> dict[str, Any]:
    data = case.row.data
    title = (
        say("Choose a date: %(link)s", link=data["link"])
        if data.get("link")
        else say("Answer their proposal: %(words)s", words=_words(case.row))
    )
    task = create_task(
        tx,
        title,
        actor=case.actor,
        contact_id=case.row.contact_id,
        brand_id=case.brand_id,
        due_on=date.fromisoformat(data["on"]) if data.get("on") else tx.now.astimezone(case.zone).date(),
        assignee_id=int(case.actor[5:]) if case.actor.startswith("user:") else None,
    )
    task.body = case.row.sentence
    return {"task": task.id}


def _ask_again(tx: Tx, case: Case) -> dict[str, Any]:
    if case.message.thread_id is None:
        raise InvalidError(say("This mail belongs to no conversation that could rest."))
    wakes = datetime.combine(date.fromisoformat(case.row.data["on"]), _WAKES, case.zone)
    thread = snooze_thread(tx, case.message.thread_id, wakes, actor=case.actor)
    return {"thread": thread.id, "until": wakes.isoformat()}


def _keep_representative(tx: Tx, case: Case) -> dict[str, Any]:
    """Keep who speaks for them, and tie the two: what that address writes counts as an answer from then on.

    Who has no address stays a fact of the person; so does whoever cannot be tied, such as the person themselves.
    """
    row, contact = case.row, lock_contact(tx, case.row.contact_id)
    name, email = row.data.get("name", ""), row.data.get("email", "")
    before = contact.fields.get("representative")
    words = f"{name} <{email}>" if name and email else name or email
    contact.fields = {**contact.fields, "representative": words}
    entry = note(
        tx,
        row,
        "representative",
        say("Speaks for them: %(words)s", words=words),
        actor=case.actor,
        brand_id=case.brand_id,
    )
    return {"entry": entry, "before": before, "after": words, "change": _tie(tx, case, name, email)}


def _tie(tx: Tx, case: Case, name: str, email: str) -> int | None:
    """Tie the person to whoever speaks for them; return the change, None where there is nothing to tie."""
    known = find_contact_by_email(tx, email) if email else None
    tied = known and (known.id == case.row.contact_id or find_link(tx, case.row.contact_id, known.id))
    if not email or tied or find_erased(tx, [email])[0] or (known and find_link(tx, known.id, case.row.contact_id)):
        return None
    return link_by_address(tx, case.row.contact_id, email, "agent", name=name, actor=case.actor).id


def _keep_address(tx: Tx, case: Case) -> dict[str, Any]:
    """Add the address after the others: none is removed, and none is preferred over what the person wrote from."""
    row, contact = case.row, lock_contact(tx, case.row.contact_id)
    had = {address.email for address in list_addresses(tx, contact.id)}
    address = add_address(
        tx, contact, row.data["email"], source=say("their mail of %(day)s", day=f"{case.message.at:%d %B %Y}")
    )
    refresh_search_text(tx, contact)
    refresh_twins(tx, [contact.id])
    entry = note(tx, row, "address", say("New address: %(email)s", email=address.email), actor=case.actor)
    return {"entry": entry, "address": None if address.email in had else address.id}


def _keep_feedback(tx: Tx, case: Case) -> dict[str, Any]:
    row = log_feedback(
        tx,
        case.row.sentence,
        kind=case.row.data["kind"],
        actor=case.actor,
        contact_id=case.row.contact_id,
        brand_id=case.brand_id,
        message_id=case.message.id,
    )
    return {"feedback": row.id}


def _words(row: Proposal) -> str:
    return describe(row.kind, row.data)


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
