"""Use cases: runs and sends as the contract in docs/commands.md shows them."""

from typing import Any

from sqlalchemy import func, select

from crm.models import Contact, Mailbox, Message, MessageBody
from crm.suppressions import suppressed_among
from kit.tx import Tx
from sequences.models import SEND_STATES, Enrolment, Send, Sequence


def list_sends(tx: Tx, *, state: str | None = None, limit: int | None = None) -> list[dict[str, Any]]:
    """Return sends, newest first."""
    query = (
        select(Send, Contact.name, Sequence.name, Mailbox.address)
        .join(Contact, Contact.id == Send.contact_id)
        .join(Mailbox, Mailbox.id == Send.mailbox_id)
        .outerjoin(Sequence, Sequence.id == Send.sequence_id)
        .order_by(Send.id.desc())
    )
    if state:
        query = query.where(Send.state == state)
    return [
        {
            "id": send.id,
            "contact": name,
            "email": send.email,
            "sequence": sequence,
            "step": send.step_key,
            "variant": send.variant or None,
            "mailbox": mailbox,
            "state": send.state,
            "reason": send.reason or None,
            "message_id": send.rfc_id,
            "due_at": send.due_at,
            "sent_at": send.sent_at,
        }
        for send, name, sequence, mailbox in tx.session.execute(query.limit(limit))
    ]


def is_send_state(text: str) -> bool:
    """Return whether a send may be in that state."""
    return text in SEND_STATES


def list_enrolments(tx: Tx, sequence: Sequence | None = None, *, contact_id: int | None = None) -> list[dict[str, Any]]:
    """Return runs in the order they began, each with what came back; all, a sequence's or a person's."""
    query = select(Enrolment, Sequence.name).join(Sequence, Sequence.id == Enrolment.sequence_id)
    if sequence:
        query = query.where(Enrolment.sequence_id == sequence.id)
    if contact_id is not None:
        query = query.where(Enrolment.contact_id == contact_id)
    rows = tx.session.execute(query.order_by(Enrolment.id)).all()
    sent = {row[0]: row[1] for row in tx.session.execute(_sent_counts())}
    inbound = _inbound(tx, {run.contact_id for run, _ in rows})
    suppressed = suppressed_among(tx, (run.email for run, _ in rows))
    return [_row(run, name, sent.get(run.id, 0), inbound.get(run.contact_id, []), suppressed) for run, name in rows]


def _sent_counts() -> Any:
    return (
        select(Send.enrolment_id, func.count())
        .where(Send.enrolment_id.is_not(None), Send.state == "sent")
        .group_by(Send.enrolment_id)
    )


def _inbound(tx: Tx, contact_ids: set[int]) -> dict[int, list[tuple[Message, str]]]:
    query = (
        select(Message, MessageBody.new_text)
        .join(MessageBody, MessageBody.message_id == Message.id)
        .where(Message.direction == "in", Message.contact_id.is_not(None))
        .order_by(Message.at, Message.id)
    )
    found: dict[int, list[tuple[Message, str]]] = {}
    for message, text in tx.session.execute(query):
        if message.contact_id in contact_ids:
            found.setdefault(message.contact_id, []).append((message, text))
    return found


def _row(
    run: Enrolment, sequence: str, sent: int, inbound: list[tuple[Message, str]], suppressed: set[str]
) -> dict[str, Any]:
    # Mail servers tell whole seconds, and who answers by machine does so within one.
    began = run.created_at.replace(microsecond=0)
    since = [(message, text) for message, text in inbound if message.at >= began]
    replies = [(message, text) for message, text in since if message.kind == "reply"]
    return {
        "email": run.email,
        "sequence": sequence,
        "state": run.state,
        "reason": run.reason or None,
        "reply_kind": replies[-1][0].reply_kind if replies else None,
        "steps_sent": sent,
        "replies": len(replies),
        "auto_replies": sum(message.kind == "auto_reply" for message, _ in since),
        "bounce": run.facts.get("bounce"),
        "suppressed": run.email in suppressed,
        "hold_until": run.hold_until,
        "next_at": run.next_at,
        "texts": [text for _, text in replies],
        "attachments": [
            attachment["filename"] for message, _ in replies for attachment in message.facts.get("attachments", [])
        ],
    }
