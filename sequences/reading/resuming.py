"""Use cases: runs that a mail ended go on, when it turns out that nobody had answered."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select

from crm.models import Message, TimelineEntry
from kit.tx import Tx
from sequences.course.run_marks import is_under_way, mend_stranded
from sequences.course.runs import OPEN, document_for, go_on, schedule_next
from sequences.models import Enrolment, Send
from sequences.versions.sequence_file import SequenceFile

_SECOND = timedelta(seconds=1)  # servers keep whole seconds


def runs_ended_by(tx: Tx, message: Message, people: Collection[int]) -> list[Enrolment]:
    """Return the runs that only this mail can have ended: no other answer came since they began."""
    query = select(Enrolment).where(
        Enrolment.contact_id.in_(people), Enrolment.state == "stopped", Enrolment.reason == "reply",
        Enrolment.created_at < message.at + _SECOND,
    )  # fmt: skip
    runs = list(tx.session.scalars(query.order_by(Enrolment.id)))
    answered = answered_runs(tx, [run.id for run in runs])
    return [run for run in runs if run.id not in answered and not _is_in_again(tx, run)]


def answered_runs(tx: Tx, run_ids: Collection[int]) -> set[int]:
    """Return those runs since whose beginning their person, or somebody for them, has answered."""
    tx.session.flush()
    runs = tx.session.scalars(select(Enrolment).where(Enrolment.id.in_(run_ids))).all()
    people = {run.contact_id for run in runs}
    answer = (Message.direction == "in", Message.kind == "reply")
    own = select(Message.contact_id, Message.at).where(Message.contact_id.in_(people), *answer)
    for_them = (
        select(TimelineEntry.contact_id, Message.at)
        .join(Message, Message.id == TimelineEntry.message_id)
        .where(TimelineEntry.contact_id.in_(people), TimelineEntry.kind == "answered_by_other", *answer)
    )
    last: dict[int | None, datetime] = {}
    for query in (own, for_them):
        for contact_id, at in tx.session.execute(query):
            last[contact_id] = max(at, last.get(contact_id, at))
    return {run.id for run in runs if run.contact_id in last and last[run.contact_id] > run.created_at - _SECOND}


def resume_run(tx: Tx, run: Enrolment, *, actor: str) -> None:
    """Let a run go on where it was, with its mail that waited; never with a past date, never without its yes."""
    ended_at, document = run.ended_at or tx.now, document_for(tx, run)
    run.state, run.reason, run.ended_at = "active", "", None
    waited = select(Send).where(
        Send.enrolment_id == run.id, Send.state == "cancelled", Send.sent_at.is_(None), Send.settled_at >= ended_at
    )
    for send in tx.session.scalars(waited):
        send.state, send.reason, send.settled_at = _waiting_state(send, document), "", None
    tx.session.flush()
    mend_stranded(tx, run, since=ended_at)
    if run.state in OPEN and run.next_at is None and not is_under_way(tx, run):
        schedule_next(tx, run, document)
    if run.state in OPEN:
        go_on(tx, run, actor=actor)
    tx.session.flush()


def _waiting_state(send: Send, document: SequenceFile) -> str:
    """Return how a mail waited: for its time, or for a yes that it has not had."""
    step = next((one for one in document.flow.steps if one.key == send.step_key), None)
    asks = step is None or getattr(step, "review", "") == "required" or bool(send.explanation.get("gaps"))
    return "draft" if asks and not send.approved_by else "scheduled"


def _is_in_again(tx: Tx, run: Enrolment) -> bool:
    again = select(Enrolment.id).where(
        Enrolment.sequence_id == run.sequence_id, Enrolment.contact_id == run.contact_id, Enrolment.state.in_(OPEN)
    )
    return tx.session.scalar(again.limit(1)) is not None
