"""Use cases: taking one person out of a sequence or holding them, and taking that back; a mail that left stays sent."""

from datetime import datetime

from sqlalchemy import select

from crm.changes import Undone, record_change
from crm.contacts import display_name, lock_contacts
from crm.models import Change, Contact
from kit.errors import ConflictError, NotFoundError, say
from kit.tx import Tx
from sequences.course.forgetting import forget_runs
from sequences.course.run_marks import is_in_again, mend_stranded
from sequences.course.runs import OPEN, WAITING, go_on, hold_runs, stop_run
from sequences.course.stamps import read_stamp, write_stamp
from sequences.models import Enrolment, Send, Sequence
from sequences.sending.stop_rules import Hold, Stop
from sequences.versions.published import refuse_archived

TAKEN_OUT = "taken_out"
ADDED, REMOVED = "sequence_added", "sequence_removed"


def take_out(tx: Tx, sequence_id: int, run_id: int, *, actor: str) -> Change:
    """End somebody's run; what it was is kept with it, so that it can be put back."""
    run = _lock(tx, sequence_id, run_id)
    if run.state not in OPEN:
        raise ConflictError(say("This person is not in the sequence any more."))
    waiting = select(Send.id, Send.state, Send.reason).where(Send.enrolment_id == run.id, Send.state.in_(WAITING))
    kept = {
        "state": run.state, "reason": run.reason,
        "next_at": write_stamp(run.next_at), "hold_until": write_stamp(run.hold_until),
        "sends": [[row[0], row[1], row[2]] for row in tx.session.execute(waiting)],
    }  # fmt: skip
    stop_run(tx, run, Stop(reason=TAKEN_OUT, sentence=say("Taken out by hand.")), actor=actor)
    run.facts = {**run.facts, "taken_out": kept}
    contact, sequence = tx.session.get_one(Contact, run.contact_id), tx.session.get_one(Sequence, run.sequence_id)
    words = say("Took %(name)s out of %(sequence)s.", name=display_name(contact), sequence=sequence.name)
    return record_change(tx, REMOVED, actor=actor, summary=words, data={"sequence": sequence_id, "run": run.id})


def put_back(tx: Tx, sequence_id: int, run_id: int, *, actor: str) -> Enrolment:
    """Take a removal back: the run goes on where it was, never with a past date; refused once they are in it anew."""
    run = _lock(tx, sequence_id, run_id)
    kept = run.facts.get("taken_out")
    if run.state != "stopped" or run.reason != TAKEN_OUT or not kept:
        raise ConflictError(say("This cannot be taken back: something else ended it since."))
    refuse_archived(tx.session.get_one(Sequence, sequence_id))
    if is_in_again(tx, run):
        raise ConflictError(say("This person is in the sequence again already."))
    ended_at = run.ended_at
    run.ended_at, run.next_at = None, read_stamp(kept["next_at"])
    run.facts = {name: value for name, value in run.facts.items() if name != "taken_out"}
    for number, state, *reason in kept["sends"]:
        send = tx.session.get(Send, number)
        if send and send.state == "cancelled":
            send.state, send.reason, send.settled_at = state, (reason or [""])[0], None
    tx.session.flush()
    run.state = kept["state"]
    mend_stranded(tx, run, since=ended_at or tx.now)
    go_on(tx, run, actor=actor)
    if kept["state"] == "held":
        run.state, run.reason, run.hold_until = "held", kept["reason"], read_stamp(kept["hold_until"])
    return run


def note_added(tx: Tx, sequence: Sequence, *, count: int, actor: str) -> Change | None:
    """Keep that people were put in just now, in this transaction, so that it can be taken back; None for nobody."""
    query = select(Enrolment.id).where(
        Enrolment.sequence_id == sequence.id, Enrolment.created_at == tx.now, Enrolment.actor == actor
    )
    runs = list(tx.session.scalars(query))
    if not runs:
        return None
    words = say("Put people into %(name)s: %(num)s.", name=sequence.name, num=count)
    return record_change(tx, ADDED, actor=actor, summary=words, count=count, data={"runs": runs})


def undo_added(tx: Tx, change: Change, actor: str) -> Undone:
    """Take out again those who were put in, except whom a mail has reached or who left since."""
    runs = list(tx.session.scalars(select(Enrolment).where(Enrolment.id.in_(change.data["runs"]))))
    back = 0
    gone = forget_runs(tx, runs, actor=actor)
    back = len(gone)
    for run in runs:
        if run.id not in gone and run.state in OPEN and run.last_sent_at is None:
            stop_run(tx, run, Stop(reason="undone", sentence=say("Put in by mistake.")), actor=actor)
            back += 1
    left = len(change.data["runs"]) - back
    why = say("A mail had reached them, or they had left already.") if left else ""
    return Undone(change=change, undone=back, left=left, why=why)


def undo_removal(tx: Tx, change: Change, actor: str) -> Undone:
    """Put somebody back whom somebody took out; left alone when something else happened since."""
    try:
        put_back(tx, change.data["sequence"], change.data["run"], actor=actor)
    except (ConflictError, NotFoundError) as error:
        return Undone(change=change, undone=0, left=1, why=error.sentence)
    return Undone(change=change, undone=1)


def hold(tx: Tx, sequence_id: int, run_id: int, *, until: datetime | None, actor: str) -> None:
    """Hold somebody till an instant, or till somebody lifts it, in all their sequences."""
    run = _lock(tx, sequence_id, run_id)
    if run.state not in OPEN:
        raise ConflictError(say("This person is not in the sequence any more."))
    if until and until <= tx.now:
        raise ConflictError(say("This day is over already. Choose a later one."))
    hold_runs(tx, run.contact_id, Hold(reason="by hand", sentence=say("Held by hand."), until=until), actor=actor)


def lift_hold(tx: Tx, sequence_id: int, run_id: int, *, actor: str) -> None:
    """Let somebody go on; their dates move into the next open hours."""
    run = _lock(tx, sequence_id, run_id)
    if run.state != "held":
        raise ConflictError(say("This person is not held."))
    go_on(tx, run, actor=actor)


def _lock(tx: Tx, sequence_id: int, run_id: int) -> Enrolment:
    found = tx.session.get(Enrolment, run_id)
    if found is None or found.sequence_id != sequence_id:
        raise NotFoundError(say("There is no such person in this sequence."))
    lock_contacts(tx, [found.contact_id])
    run = tx.session.get_one(Enrolment, run_id, with_for_update=True, populate_existing=True)
    tx.session.get_one(Contact, run.contact_id)
    return run
