"""Use cases: putting somebody into a sequence is taken back: where nothing of the run has left, it never was."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select

from crm.contacts import lock_contacts
from crm.models import Relationship, Task
from crm.pipeline import close_untouched
from crm.timeline import record_entry
from kit.errors import say
from kit.tx import Tx
from sequences.course.runs import OPEN, WAITING
from sequences.models import Attempt, Enrolment, Send
from sequences.models import Sequence as SequenceRow

# A mail in one of these states has not left, and never will once it is forgotten.
_NEVER_LEFT = (*WAITING, "cancelled")


def forget_runs(tx: Tx, runs: Sequence[Enrolment], *, actor: str) -> set[int]:
    """Forget open runs of which nothing has left and nothing was done by hand; return which these were.

    With a run go its mails that wait, its steps that nobody did, and a relationship that it alone had opened.
    """
    lock_contacts(tx, [run.contact_id for run in runs])
    tx.session.flush()
    numbers = [run.id for run in runs if run.state in OPEN]
    # Whoever is about to claim one of them waits for us, and then finds it gone.
    locked = select(Send.id).where(Send.enrolment_id.in_(numbers), Send.state.in_(WAITING)).with_for_update()
    tx.session.execute(locked).all()
    begun = _begun(tx, numbers)
    gone = {run.id for run in runs if run.state in OPEN and run.id not in begun}
    for run in (run for run in runs if run.id in gone):
        _forget(tx, run, actor)
    tx.session.flush()
    return gone


def _begun(tx: Tx, numbers: Collection[int]) -> set[int]:
    """Return the runs of which something has left, was tried, or was done by hand."""
    left = select(Send.enrolment_id).where(Send.enrolment_id.in_(numbers), Send.state.not_in(_NEVER_LEFT))
    tried = select(Send.enrolment_id).join(Attempt, Attempt.send_id == Send.id).where(Send.enrolment_id.in_(numbers))
    begun = {number for query in (left, tried) for number in tx.session.scalars(query) if number is not None}
    for number in numbers:
        done = select(Task.id).where(Task.ref.startswith(f"run:{number}:"), Task.done_at.is_not(None)).limit(1)
        if tx.session.scalar(done):
            begun.add(number)
    return begun


def _forget(tx: Tx, run: Enrolment, actor: str) -> None:
    sequence = tx.session.get_one(SequenceRow, run.sequence_id)
    tx.session.execute(delete(Task).where(Task.ref.startswith(f"run:{run.id}:"), Task.done_at.is_(None)))
    tx.session.execute(delete(Send).where(Send.enrolment_id == run.id, Send.state.in_(_NEVER_LEFT)))
    contact_id, began_at = run.contact_id, run.created_at
    tx.session.delete(run)
    tx.session.flush()
    opened = select(Relationship).where(
        Relationship.contact_id == contact_id,
        Relationship.brand_id == sequence.brand_id,
        Relationship.created_at == began_at,
    )
    relationship = tx.session.scalar(opened)
    if relationship is not None:
        close_untouched(tx, relationship)
    record_entry(
        tx,
        contact_id,
        "sequence_stopped",
        say("Adding was taken back before anything was sent: %(name)s", name=sequence.name),
        actor=actor,
        brand_id=sequence.brand_id,
        data={"sequence": sequence.name, "enrolment": run.id, "reason": "taken_back"},
    )
