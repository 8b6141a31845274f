"""Use cases: the numbers of a sequence. The sum of all states always equals the audience (A11)."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select

from crm.models import Message, Task
from kit.tx import Tx
from sequences.authoring import document_of
from sequences.models import Enrolment, Send, SequenceVersion
from sequences.runs import OPEN

WAITING = ("draft", "scheduled", "claimed", "sending")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepNumbers:
    """What became of one step over everybody in the sequence; `replied` counts people who answered after it."""

    key: str
    kind: str
    sent: int
    replied: int
    waiting: int
    skipped: int
    failed: int
    unknown: int


def audience(tx: Tx, sequence_id: int) -> dict[str, int]:
    """Return how many runs are active, held, stopped and finished, and their sum."""
    rows = tx.session.execute(
        select(Enrolment.state, func.count()).where(Enrolment.sequence_id == sequence_id).group_by(Enrolment.state)
    )
    counts = {row[0]: row[1] for row in rows}
    return {state: counts.get(state, 0) for state in ("active", "held", "stopped", "finished")} | {
        "all": sum(counts.values())
    }


def step_numbers(tx: Tx, sequence_id: int) -> list[StepNumbers]:
    """Return the numbers of every step of the newest version; each row sums to the audience."""
    version = tx.session.scalars(
        select(SequenceVersion)
        .where(SequenceVersion.sequence_id == sequence_id)
        .order_by(SequenceVersion.number.desc())
    ).first()
    if version is None:
        return []
    by_step = _send_states(tx, sequence_id)
    runs = tx.session.execute(select(Enrolment.id, Enrolment.state).where(Enrolment.sequence_id == sequence_id)).all()
    replied = _replied_after(tx, sequence_id)
    done = set(tx.session.scalars(select(Task.ref).where(Task.kind == "step", Task.done_at.is_not(None))))
    numbers = []
    for step in document_of(version).steps:
        states = Counter(by_step.get(step.key, {}).values())
        touched = set(by_step.get(step.key, {}))
        waiting = sum(states[state] for state in WAITING)
        skipped = states["cancelled"]
        sent = states["sent"]
        for run_id, state in runs:
            if run_id in touched:
                continue
            if step.kind == "task" and f"run:{run_id}:{step.key}" in done:
                sent += 1
            elif state in OPEN:
                waiting += 1
            else:
                skipped += 1
        numbers.append(
            StepNumbers(
                key=step.key,
                kind=step.kind,
                sent=sent,
                replied=replied[step.key],
                waiting=waiting,
                skipped=skipped,
                failed=states["failed"],
                unknown=states["unknown"],
            )
        )
    return numbers


def _send_states(tx: Tx, sequence_id: int) -> dict[str, dict[int, str]]:
    rows = tx.session.execute(
        select(Send.step_key, Send.enrolment_id, Send.state).where(
            Send.sequence_id == sequence_id, Send.enrolment_id.is_not(None)
        )
    )
    states: dict[str, dict[int, str]] = {}
    for step_key, run_id, state in rows:
        states.setdefault(step_key or "", {})[run_id or 0] = state
    return states


def _replied_after(tx: Tx, sequence_id: int) -> Counter[str]:
    """Return how many people answered for the first time after each step: the newest step sent before it."""
    firsts = (
        select(Message.contact_id, func.min(Message.at).label("at"))
        .where(Message.direction == "in", Message.kind == "reply")
        .group_by(Message.contact_id)
        .subquery()
    )
    rows = tx.session.execute(
        select(Send.contact_id, Send.step_key, Send.sent_at)
        .join(firsts, firsts.c.contact_id == Send.contact_id)
        .where(Send.sequence_id == sequence_id, Send.state == "sent", Send.sent_at <= firsts.c.at)
        .order_by(Send.sent_at)
    )
    last: dict[int, str] = {row[0]: row[1] or "" for row in rows}
    return Counter(last.values())
