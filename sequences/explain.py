"""Use cases: why a mail was sent, why not yet, and what would change that: from stored facts only (C9)."""

from typing import Any

from sqlalchemy import select

from crm.models import Contact, Mailbox
from kit.errors import NotFoundError
from kit.tx import Tx
from sequences.gate import check_pace, check_stops, check_window
from sequences.hours import hours_for
from sequences.models import Attempt, Enrolment, Send, Sequence
from sequences.runs import document_for
from sequences.stop_rules import Clear
from sequences.throttle import Later


def explain_send(tx: Tx, send_id: int) -> dict[str, Any]:
    """Return the derivation of one mail: what it is, what decided its date, what holds it, what was tried."""
    send = tx.session.get(Send, send_id)
    if send is None:
        raise NotFoundError(f"There is no mail with the number {send_id}.")
    mailbox = tx.session.get_one(Mailbox, send.mailbox_id)
    return {
        "id": send.id,
        "state": send.state,
        "reason": send.reason,
        "why": _why(tx, send, mailbox),
        "held_by": _held_by(tx, send, mailbox) if send.state in ("draft", "scheduled") else [],
        "planned_at": send.planned_at,
        "due_at": send.due_at,
        "sent_at": send.sent_at,
        "attempts": _attempts(tx, send),
    }


def _why(tx: Tx, send: Send, mailbox: Mailbox) -> list[str]:
    if send.enrolment_id is None:
        return [f"Written by hand by {send.approved_by}.", f"From {mailbox.address}, where the conversation is."]
    run = tx.session.get_one(Enrolment, send.enrolment_id)
    sequence = tx.session.get_one(Sequence, run.sequence_id)
    hours = hours_for(document_for(tx, run), tx.session.get_one(Contact, run.contact_id), mailbox)
    facts = send.explanation
    lines = [
        f"Step {send.step_key} of {sequence.name}, version {facts.get('version')}.",
        f"Waits {facts.get('wait')} after the step before." if send.is_follow_up else "The first step.",
        f"On the clock of {hours.zone.key}, taken from {hours.zone_from}.",
        f"From {mailbox.address}: all mails of one run leave from one mailbox.",
    ]
    lines += [f"Moved: {shift}." for shift in facts.get("shifts", [])]
    if send.variant:
        lines.append(f"Variant {send.variant}, drawn by weight.")
    if send.approved_by:
        lines.append(f"Approved by {send.approved_by}.")
    return lines


def _held_by(tx: Tx, send: Send, mailbox: Mailbox) -> list[dict[str, Any]]:
    """Return every rule that stands against sending now, and until when."""
    held: list[dict[str, Any]] = []
    if send.state == "draft":
        gaps = send.explanation.get("gaps") or []
        held.append({"rule": "review", "sentence": "Waits for a person's yes.", "until": None, "gaps": gaps})
    verdict = check_stops(tx, send)
    if not isinstance(verdict, Clear):
        held.append({"rule": verdict.reason, "sentence": verdict.sentence, "until": getattr(verdict, "until", None)})
    if send.due_at > tx.now:
        held.append({"rule": "due", "sentence": send.reason or "It is not due yet.", "until": send.due_at})
    for rule, later in (
        ("window", check_window(tx, send, mailbox)),
        ("pace", check_pace(tx, mailbox, by_hand=send.enrolment_id is None)),
    ):
        if isinstance(later, Later):
            held.append({"rule": rule, "sentence": later.reason, "until": later.at})
    return held


def _attempts(tx: Tx, send: Send) -> list[dict[str, Any]]:
    rows = tx.session.scalars(select(Attempt).where(Attempt.send_id == send.id).order_by(Attempt.id))
    return [
        {"at": row.at, "outcome": row.outcome, "stage": row.stage, "code": row.code, "text": row.text} for row in rows
    ]
