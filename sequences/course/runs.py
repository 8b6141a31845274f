"""Use cases: what may happen to a contact's run through a sequence: next step, hold, go on, stop, finish."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, text, update

from crm.models import Contact, Mailbox
from crm.timeline import record_entry
from kit.db import Instant
from kit.tx import Tx
from sequences.course.hours import hours_for
from sequences.course.onward import due_of_step, go_onward
from sequences.course.schedule import Due, Hours, open_from
from sequences.models import Enrolment, Send, Sequence, SequenceVersion
from sequences.sending.stop_rules import Hold, Stop
from sequences.versions.authoring import document_of
from sequences.versions.sequence_file import SequenceFile

OPEN = ("active", "held")
WAITING = ("draft", "scheduled")
STALE_AFTER = timedelta(days=14)
# In the words of the partial index, so that no planner has to prove that it fits.
_HOLD_ENDED = (
    select(Enrolment)
    .where(text("enrolments.state = 'held'"), Enrolment.hold_until <= bindparam("now", type_=Instant()))
    .limit(bindparam("limit"))
)


def document_for(tx: Tx, run: Enrolment) -> SequenceFile:
    """Return the text that a run follows: its own version, until it is migrated (C6)."""
    return document_of(tx.session.get_one(SequenceVersion, run.version_id))


def anchor_of(run: Enrolment) -> datetime:
    """Return what a run's next wait counts from: the last mail's real `sent_at`, or a later step's due instant (A10).

    Steps that the engine does by itself count from when they were due, so that no date hangs on when it looked.
    """
    anchor = run.last_sent_at or run.created_at
    own = run.facts.get("anchor")
    return max(anchor, datetime.fromisoformat(own)) if own else anchor


def due_of_next(tx: Tx, run: Enrolment, document: SequenceFile) -> Due:
    """Return when a run's next step is due."""
    return due_of_step(document.flow.steps[run.next_step], anchor_of(run), _hours(tx, run, document))


def schedule_next(tx: Tx, run: Enrolment, document: SequenceFile | None = None) -> None:
    """Set when a run's next step is to be planned, or finish the run after its last step."""
    document = document or document_for(tx, run)
    begin = anchor_of(run)
    ahead = go_onward(document, run.next_step, begin, _hours(tx, run, document), now=tx.now)
    move_on(run, document, ahead.position, due_at=ahead.anchor if ahead.anchor != begin else None)
    if ahead.next_at is None:
        finish_run(tx, run)
    else:
        run.next_at = ahead.next_at


def _hours(tx: Tx, run: Enrolment, document: SequenceFile) -> Hours:
    contact, mailbox = tx.session.get_one(Contact, run.contact_id), tx.session.get_one(Mailbox, run.mailbox_id)
    return hours_for(tx, document, contact, mailbox)


def move_on(run: Enrolment, document: SequenceFile, index: int | None, *, due_at: datetime | None = None) -> None:
    """Put a run at a step, None being the end; `due_at` is when the step it leaves was due, if that was no mail."""
    run.next_step = len(document.flow.steps) if index is None else index
    if due_at:
        run.facts = {**run.facts, "anchor": due_at.isoformat()}


def finish_run(tx: Tx, run: Enrolment) -> None:
    """End a run that has no step left."""
    run.state, run.reason, run.next_at, run.ended_at = "finished", "finished", None, tx.now
    _note(tx, run, "sequence_finished", "Reached the end of", actor="system")


def stop_runs(
    tx: Tx,
    contact_id: int,
    stop: Stop,
    *,
    actor: str,
    email: str | None = None,
    word: str = "",
    begun_by: datetime | None = None,
) -> int:
    """End a contact's runs for one reason; return how many were open.

    With `word`, only runs whose sequence stops on it. With `email`, only runs to that address. With
    `begun_by`, only runs that had begun by then. Runs that had just reached their end take the reason too: an answer
    to the last step is still an answer.
    """
    query = select(Enrolment).where(Enrolment.contact_id == contact_id, Enrolment.state.in_((*OPEN, "finished")))
    if email:
        query = query.where(Enrolment.email == email)
    if begun_by:
        # Servers keep whole seconds.
        query = query.where(Enrolment.created_at < begun_by + timedelta(seconds=1))
    ended = 0
    for run in tx.session.scalars(query.order_by(Enrolment.id)):
        if word and word not in document_for(tx, run).stop_on:
            continue
        ended += run.state in OPEN
        stop_run(tx, run, stop, actor=actor)
    return ended


def stop_run(tx: Tx, run: Enrolment, stop: Stop, *, actor: str) -> None:
    """End one run and cancel what waits of it; a send already claimed is caught by its own re-check."""
    was_open = run.state in OPEN
    run.state, run.reason, run.next_at, run.hold_until = "stopped", stop.reason, None, None
    run.ended_at = run.ended_at or tx.now
    # Conditional: a worker may have claimed one since, and what it hands over must not be called cancelled.
    tx.session.execute(
        update(Send)
        .where(Send.enrolment_id == run.id, Send.state.in_(WAITING))
        .values(state="cancelled", reason=stop.sentence, settled_at=tx.now)
        .execution_options(synchronize_session="fetch")
    )
    if was_open:
        _note(tx, run, "sequence_stopped", f"{stop.sentence} Stopped", actor=actor, reason=stop.reason)


def hold_runs(tx: Tx, contact_id: int, hold: Hold, *, actor: str) -> int:
    """Hold all of a contact's runs until an instant; a longer hold wins over a shorter one, a past one is over."""
    held = 0
    if hold.until and hold.until <= tx.now:
        return held
    for run in tx.session.scalars(
        select(Enrolment).where(Enrolment.contact_id == contact_id, Enrolment.state.in_(OPEN))
    ):
        if run.state == "held" and (run.hold_until is None or (hold.until and run.hold_until >= hold.until)):
            continue
        run.state, run.reason, run.hold_until = "held", hold.reason, hold.until
        held += 1
        until = f" until {hold.until:%d %B %Y}" if hold.until else ""
        _note(tx, run, "sequence_held", f"{hold.sentence} Held{until}", actor=actor, reason=hold.reason)
    return held


def release_held(tx: Tx, *, limit: int = 200) -> int:
    """Let runs go on whose hold has ended; what would be late moves into the next open window."""
    released = 0
    for run in tx.session.scalars(_HOLD_ENDED, {"now": tx.now, "limit": limit}):
        go_on(tx, run, actor="system")
        released += 1
    return released


def go_on(tx: Tx, run: Enrolment, *, actor: str) -> None:
    """End a hold: a waiting mail or step keeps its date, but never a past one or one outside the window."""
    run.state, run.reason, run.hold_until = "active", "", None
    document = document_for(tx, run)
    contact, mailbox = tx.session.get_one(Contact, run.contact_id), tx.session.get_one(Mailbox, run.mailbox_id)
    opens = open_from(tx.now, hours_for(tx, document, contact, mailbox))
    run.next_at = max(run.next_at, opens) if run.next_at else None
    for send in _waiting(tx, run):
        send.due_at = max(send.due_at, opens)
        send.expires_at = stale_at(send.due_at)
    _note(tx, run, "sequence_resumed", "Goes on with", actor=actor)


def stale_at(due_at: datetime) -> datetime:
    """Return when a mail that was due at `due_at` no longer makes sense."""
    return due_at + STALE_AFTER


def _waiting(tx: Tx, run: Enrolment) -> list[Send]:
    query = select(Send).where(Send.enrolment_id == run.id, Send.state.in_(WAITING))
    return list(tx.session.scalars(query))


def _note(tx: Tx, run: Enrolment, kind: str, words: str, *, actor: str, reason: str = "") -> None:
    sequence = tx.session.get_one(Sequence, run.sequence_id)
    record_entry(
        tx,
        run.contact_id,
        kind,
        f"{words}: {sequence.name}",
        actor=actor,
        brand_id=sequence.brand_id,
        data={"sequence": sequence.name, "enrolment": run.id, "reason": reason},
    )
