"""Use cases: why a mail was sent, why not yet, and what would change that: from stored facts only (C9)."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from crm.models import Contact, Mailbox
from kit.errors import NotFoundError, say
from kit.tx import Tx
from sequences.insight.departure import derive_instant
from sequences.insight.derivation import derive_by_hand, derive_choices
from sequences.insight.obstacles import list_obstacles
from sequences.insight.origin import Reason, read_origin
from sequences.models import Attempt, Send, Sequence


def explain_send(tx: Tx, send_id: int) -> dict[str, Any]:
    """Return the derivation of one mail: `tree` by question, `why` its sentences in one list, what holds it, the tries.

    `held_by` has `rule`, `sentence`, `until`, `remedy` and `gaps` of every rule that stands against it now.
    """
    send = tx.session.get(Send, send_id)
    if send is None:
        raise NotFoundError(say("There is no mail with the number %(send_id)s.", send_id=send_id))
    mailbox = tx.session.get_one(Mailbox, send.mailbox_id)
    tree = _tree(tx, send, mailbox)
    return {
        "id": send.id,
        "contact_id": send.contact_id,
        "contact": tx.session.get_one(Contact, send.contact_id).name,
        "email": send.email,
        "sequence_id": send.sequence_id,
        "sequence": tx.session.get_one(Sequence, send.sequence_id).name if send.sequence_id else None,
        "step": send.step_key,
        "variant": send.variant or None,
        "mailbox": mailbox.address,
        "state": send.state,
        "reason": send.reason,
        "why": [line for part in tree for line in part.lines],
        "tree": [asdict(part) for part in tree],
        "held_by": [asdict(one) for one in list_obstacles(tx, send, mailbox)],
        "planned_at": send.planned_at,
        "due_at": send.due_at,
        "sent_at": send.sent_at,
        "attempts": _attempts(tx, send),
    }


def _tree(tx: Tx, send: Send, mailbox: Mailbox) -> tuple[Reason, ...]:
    if send.enrolment_id is None:
        return derive_by_hand(tx, send, mailbox)
    origin = read_origin(tx, send, mailbox)
    first, *others = derive_choices(tx, origin)
    return (first, derive_instant(tx, origin), *others)


def _attempts(tx: Tx, send: Send) -> list[dict[str, Any]]:
    rows = tx.session.scalars(select(Attempt).where(Attempt.send_id == send.id).order_by(Attempt.id))
    return [
        {"at": row.at, "outcome": row.outcome, "stage": row.stage, "code": row.code, "text": row.text} for row in rows
    ]
