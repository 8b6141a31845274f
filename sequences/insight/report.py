"""Use cases: the numbers of a sequence. The sum of all states always equals the audience (A11)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from crm.models import Message, Task
from kit.tx import Tx
from sequences.course.runs import OPEN
from sequences.models import Enrolment, Send, SequenceVersion
from sequences.versions.authoring import document_of
from sequences.versions.step import TEXT_KINDS

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
    """Return the numbers of every mail and task of the newest version; each row sums to the audience.

    A step waits for those who may still come to it; it is skipped for those who never will: who stopped before it,
    who left it out, and who took another branch.
    """
    version = tx.session.scalars(
        select(SequenceVersion)
        .where(SequenceVersion.sequence_id == sequence_id)
        .order_by(SequenceVersion.number.desc())
    ).first()
    if version is None:
        return []
    everybody = audience(tx, sequence_id)["all"]
    states, ahead, tasks = _send_states(tx, sequence_id), _still_ahead(tx, sequence_id), _tasks(tx, sequence_id)
    replied = count_replied(tx, sequence_id)
    numbers = []
    for step in document_of(version).flow.steps:
        if step.kind not in TEXT_KINDS:
            continue
        found = states.get(step.key, Counter())
        sent = found["sent"] + tasks[step.key, "done"]
        waiting = sum(found[state] for state in WAITING) + tasks[step.key, "open"] + ahead[step.key]
        numbers.append(
            StepNumbers(
                key=step.key,
                kind=step.kind,
                sent=sent,
                replied=replied[step.key],
                waiting=waiting,
                skipped=everybody - sent - waiting - found["failed"] - found["unknown"],
                failed=found["failed"],
                unknown=found["unknown"],
            )
        )
    return numbers


@dataclass(frozen=True, slots=True)
class StepCount:
    """The numbers beside a step that is edited; `waiting` mails are written and have not left."""

    sent: int
    replied: int
    waiting: int


def count_steps(
    tx: Tx, sequence_id: int, *, with_tasks: bool, replied: Mapping[str, int] | None = None
) -> dict[str, StepCount]:
    """Return what left of each step and who answered it, by key. Two queries, two more for tasks.

    `replied` is who answered, where that was counted before.
    """
    states = _send_states(tx, sequence_id)
    replied = count_replied(tx, sequence_id) if replied is None else replied
    tasks = _tasks(tx, sequence_id) if with_tasks else Counter()
    keys = {*states, *(key for key, _ in tasks)}
    return {
        key: StepCount(
            states.get(key, Counter())["sent"] + tasks[key, "done"],
            replied.get(key, 0),
            sum(states.get(key, Counter())[state] for state in WAITING) + tasks[key, "open"],
        )
        for key in keys
    }


def _send_states(tx: Tx, sequence_id: int) -> dict[str, Counter[str]]:
    rows = tx.session.execute(
        select(Send.step_key, Send.state, func.count())
        .where(Send.sequence_id == sequence_id, Send.step_key.is_not(None))
        .group_by(Send.step_key, Send.state)
    )
    states: dict[str, Counter[str]] = {}
    for step_key, state, count in rows:
        states.setdefault(step_key or "", Counter())[state] = count
    return states


def _still_ahead(tx: Tx, sequence_id: int) -> Counter[str]:
    """Return how many open runs may still come to each step: what follows from where they stand, on any branch."""
    rows = tx.session.execute(
        select(Enrolment.version_id, Enrolment.next_step, func.count())
        .where(Enrolment.sequence_id == sequence_id, Enrolment.state.in_(OPEN))
        .group_by(Enrolment.version_id, Enrolment.next_step)
    )
    ahead: Counter[str] = Counter()
    for version_id, next_step, count in rows:
        flow = document_of(tx.session.get_one(SequenceVersion, version_id)).flow
        for index in flow.reachable(next_step):
            ahead[flow.steps[index].key] += count
    return ahead


def _tasks(tx: Tx, sequence_id: int) -> Counter[tuple[str, str]]:
    """Return how many tasks of each step are done, and how many are open in a run that goes on."""
    runs = select(Enrolment.contact_id).where(Enrolment.sequence_id == sequence_id)
    rows = tx.session.execute(
        select(Task.ref, Task.done_at).where(Task.kind == "step", Task.ref.is_not(None), Task.contact_id.in_(runs))
    ).all()
    states = {}
    if rows:
        query = select(Enrolment.id, Enrolment.state).where(Enrolment.sequence_id == sequence_id)
        states = {str(row[0]): row[1] for row in tx.session.execute(query)}
    found: Counter[tuple[str, str]] = Counter()
    for ref, done_at in rows:
        _, run_id, key = (ref or "").split(":", 2)
        if run_id in states and (done_at or states[run_id] in OPEN):
            found[key, "done" if done_at else "open"] += 1
    return found


def count_replied(tx: Tx, sequence_id: int) -> Counter[str]:
    """Return how many people answered for the first time after each step: the newest step sent before it."""
    reached = select(Enrolment.contact_id).where(Enrolment.sequence_id == sequence_id)
    firsts = (
        select(Message.contact_id, func.min(Message.at).label("at"))
        .where(Message.direction == "in", Message.kind == "reply", Message.contact_id.in_(reached))
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
