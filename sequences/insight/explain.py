"""Use cases: why a mail was sent, why not yet, and what would change that: from stored facts only (C9)."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from crm.models import Contact, Mailbox
from kit.errors import NotFoundError, say
from kit.together import Rows
from kit.tx import Tx
from sequences.insight.departure import derive_instant
from sequences.insight.derivation import derive_by_hand, derive_choices
from sequences.insight.obstacles import list_obstacles
from sequences.insight.origin import Origin, Reason, read_origin
from sequences.models import Attempt, Send, Sequence


def explain_send(tx: Tx, send_id: int) -> dict[str, Any]:
    """Return the derivation of one mail: `tree` by question, `why` its sentences in one list, what holds it, the tries.

    `held_by` has `rule`, `sentence`, `until`, `remedy` and `gaps` of every rule that stands against it now.
    """
    query = select(Send, Mailbox, Contact.name, Sequence.name).join(Mailbox, Mailbox.id == Send.mailbox_id)
    query = query.join(Contact, Contact.id == Send.contact_id)
    query = query.outerjoin(Sequence, Sequence.id == Send.sequence_id)
    row = tx.session.execute(query.where(Send.id == send_id)).first()
    if row is None:
        raise NotFoundError(say("There is no mail with the number %(send_id)s.", send_id=send_id))
    send, mailbox, name, sequence = row
    origin = read_origin(tx, send, mailbox) if send.enrolment_id is not None else None
    tree = _tree(origin) if origin else derive_by_hand(tx, send, mailbox)
    return {
        "id": send.id,
        "contact_id": send.contact_id,
        "contact": name,
        "email": send.email,
        "sequence_id": send.sequence_id,
        "sequence": sequence,
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
        "attempts": _attempts(origin.records.attempts if origin else _read_attempts(tx, send)),
    }


def _tree(origin: Origin) -> tuple[Reason, ...]:
    first, *others = derive_choices(origin)
    return (first, derive_instant(origin), *others)


def _read_attempts(tx: Tx, send: Send) -> Rows:
    query = select(Attempt.id, Attempt.at, Attempt.outcome, Attempt.stage, Attempt.code, Attempt.text)
    return [tuple(row) for row in tx.session.execute(query.where(Attempt.send_id == send.id).order_by(Attempt.id))]


def _attempts(rows: Rows) -> list[dict[str, Any]]:
    return [
        {"at": at, "outcome": outcome, "stage": stage, "code": code, "text": text}
        for _, at, outcome, stage, code, text in rows
    ]
