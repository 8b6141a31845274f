"""Use cases: what a sequence does next with each of many people."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import and_, select

from crm.models import Contact
from kit.tx import Tx
from sequences.models import Enrolment, Send

_OPEN = ("active", "held")


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What comes next: a pitch waits in review, a step goes at an instant, or the run is held, until then if known."""

    kind: Literal["review", "goes", "held"]
    number: int
    at: datetime | None
    zone: str | None


def list_next_steps(tx: Tx, contact_ids: Collection[int]) -> dict[int, NextStep]:
    """Return what comes next for each contact in a running sequence, the earliest, in one query."""
    waits = and_(Send.enrolment_id == Enrolment.id, Send.state.in_(("draft", "scheduled")))
    rows = tx.session.execute(
        select(Enrolment, Send.state, Send.due_at, Contact.zone)
        .join(Contact, Contact.id == Enrolment.contact_id)
        .outerjoin(Send, waits)
        .where(Enrolment.contact_id.in_(contact_ids), Enrolment.state.in_(_OPEN))
        .order_by(Enrolment.id)
    )
    found: dict[int, NextStep] = {}
    for run, state, due_at, zone in rows:
        found.setdefault(run.contact_id, _next(run, state, due_at, zone))
    return found


def _next(run: Enrolment, state: str | None, due_at: datetime | None, zone: str | None) -> NextStep:
    if state == "draft":
        return NextStep(kind="review", number=max(run.next_step, 1), at=None, zone=zone)
    if run.state == "held":
        return NextStep(kind="held", number=run.next_step + 1, at=run.hold_until, zone=zone)
    number = run.next_step if state else run.next_step + 1
    return NextStep(kind="goes", number=max(number, 1), at=due_at or run.next_at, zone=zone)
