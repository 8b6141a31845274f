"""Use cases: a sequence is archived and brought back: report, people and mails stay, and nothing is sent meanwhile."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update

from crm.changes import Undone, is_its, record_change
from crm.contacts import lock_contacts
from crm.models import Change
from crm.timeline import record_entries
from kit.errors import ConflictError, say
from kit.tx import Tx
from sequences.course.resume_plan import resume_sequence
from sequences.course.run_marks import Mark, read_open_marks, restore_marks
from sequences.course.runs import OPEN, WAITING
from sequences.course.stamps import read_stamp, write_stamp
from sequences.models import Enrolment, Send
from sequences.models import Sequence as SequenceRow
from sequences.sending.stop_rules import ARCHIVED

ARCHIVE, BACK = "sequence_archived", "sequence_brought_back"
_PART = 500


def archive_sequence(tx: Tx, sequence: SequenceRow, *, end_runs: bool = False, actor: str) -> Change:
    """Put a sequence away; refused while people are in it, unless their runs are to end with it.

    What is kept of the runs lets them come back as they were when this is undone.
    """
    people = set(_people_in(tx, sequence))
    lock_contacts(tx, people)
    tx.session.flush()
    tx.session.refresh(sequence, with_for_update=True)
    if sequence.state == "archived":
        raise ConflictError(say("%(name)s is archived already.", name=sequence.name))
    found = list(_people_in(tx, sequence))
    if found and not end_runs:
        raise ConflictError(_say_who_is_in_it(sequence, len(found)), code="people_inside")
    if not people.issuperset(found):
        raise ConflictError(say("Somebody was put into %(name)s just now. Try again.", name=sequence.name))
    marks = read_open_marks(tx, sequence.id)
    kept = {
        "sequence": sequence.id, "place": f"/sequences/{sequence.id}", "state": sequence.state,
        "paused_at": write_stamp(sequence.paused_at), "runs": marks,
    }  # fmt: skip
    _end(tx, sequence, marks, actor)
    sequence.state, sequence.archived_at = "archived", tx.now
    return record_change(tx, ARCHIVE, actor=actor, summary=say("Archived %(name)s.", name=sequence.name), data=kept)


def bring_back(tx: Tx, sequence: SequenceRow, *, actor: str) -> Change:
    """Have a sequence at hand again: a draft that was never launched, else paused. Runs that ended stay ended."""
    tx.session.flush()
    tx.session.refresh(sequence, with_for_update=True)
    if sequence.state != "archived":
        raise ConflictError(say("%(name)s is not archived.", name=sequence.name))
    kept = {
        "sequence": sequence.id, "place": f"/sequences/{sequence.id}",
        "archived_at": write_stamp(sequence.archived_at), "paused_at": write_stamp(sequence.paused_at),
    }  # fmt: skip
    sequence.state, sequence.archived_at = "draft", None
    if sequence.started_at:
        sequence.state, sequence.paused_at = "paused", tx.now
    return record_change(tx, BACK, actor=actor, summary=say("Brought %(name)s back.", name=sequence.name), data=kept)


def reverse_archive(tx: Tx, change: Change, actor: str) -> Undone:
    """Let a sequence be as it was, with the people who were in it.

    Where something would have left since, every date moves on as after a pause: no backlog fires (A10).
    """
    data, marks = change.data, change.data["runs"]
    lock_contacts(tx, _people_of(tx, marks))
    sequence = _lock(tx, change)
    if sequence is None or sequence.archived_at != change.at:
        return Undone(change=change, undone=0, left=1, why=say("It was brought back or changed since."))
    sequence.state, sequence.archived_at = data["state"], None
    sequence.paused_at = read_stamp(data["paused_at"])
    failed = restore_marks(tx, marks, reason=ARCHIVED, since=change.at, actor=actor, goes_on=False)
    if data["state"] == "live" and _came_due(tx, sequence, change.at):
        sequence.state, sequence.paused_at, counted_from = "paused", change.at, sequence.counted_from
        resume_sequence(tx, sequence)
        sequence.counted_from = counted_from
    _note(tx, sequence, marks, "sequence_resumed", say("Goes on with: %(name)s", name=sequence.name), actor)
    why = say("Who left it for another reason since stays out.") if failed else ""
    return Undone(change=change, undone=1 + len(marks) - failed, left=failed, why=why)


def reverse_back(tx: Tx, change: Change, actor: str) -> Undone:
    """Archive a sequence again that was brought back, unless it was launched or took somebody in since."""
    del actor  # The change says who took it back.
    sequence = _lock(tx, change)
    if sequence is None or sequence.state not in ("draft", "paused") or list(_people_in(tx, sequence)):
        why = say("It was started again, or people were put into it since.")
        return Undone(change=change, undone=0, left=1, why=why)
    sequence.state, sequence.archived_at = "archived", read_stamp(change.data["archived_at"])
    sequence.paused_at = read_stamp(change.data["paused_at"])
    return Undone(change=change, undone=1)


def _say_who_is_in_it(sequence: SequenceRow, count: int) -> str:
    return say(
        "People are still in %(name)s: %(count)s. Nothing was changed. Wait until they have finished, or archive it "
        "and end their runs: then nothing more of it is sent to them.",
        count=count, name=sequence.name,
    )  # fmt: skip


def _people_in(tx: Tx, sequence: SequenceRow) -> Sequence[int]:
    query = select(Enrolment.contact_id).where(Enrolment.sequence_id == sequence.id, Enrolment.state.in_(OPEN))
    return tx.session.scalars(query.order_by(Enrolment.contact_id)).all()


def _people_of(tx: Tx, marks: Sequence[Mark]) -> set[int]:
    found: set[int] = set()
    for part in _parts(marks):
        found.update(tx.session.scalars(select(Enrolment.contact_id).where(Enrolment.id.in_(part))))
    return found


def _lock(tx: Tx, change: Change) -> SequenceRow | None:
    sequence = tx.session.get(SequenceRow, change.data["sequence"], with_for_update=True, populate_existing=True)
    return sequence if sequence is not None and is_its(change, sequence) else None


def _came_due(tx: Tx, sequence: SequenceRow, since: datetime) -> bool:
    """Return whether a step or a mail of a sequence has come up since an instant."""
    steps = select(Enrolment.id).where(
        Enrolment.sequence_id == sequence.id, Enrolment.state == "active",
        Enrolment.next_at > since, Enrolment.next_at <= tx.now,
    )  # fmt: skip
    mails = select(Send.id).where(
        Send.sequence_id == sequence.id, Send.state == "scheduled", Send.due_at > since, Send.due_at <= tx.now
    )
    return any(tx.session.scalar(query.limit(1)) is not None for query in (steps, mails))


def _end(tx: Tx, sequence: SequenceRow, marks: Sequence[Mark], actor: str) -> None:
    """End runs many at a time; a send already claimed is caught by its own re-check."""
    why = say("The sequence was archived.")
    for part in _parts(marks):
        runs = update(Enrolment).where(Enrolment.id.in_(part))
        tx.session.execute(
            runs.values(state="stopped", reason=ARCHIVED, next_at=None, hold_until=None, ended_at=tx.now)
        )
        # Conditional: a worker may have claimed one since, and what it hands over must not be called cancelled.
        sends = update(Send).where(Send.enrolment_id.in_(part), Send.state.in_(WAITING))
        tx.session.execute(sends.values(state="cancelled", reason=str(why), settled_at=tx.now))
    _note(tx, sequence, marks, "sequence_stopped", f"{why} {say('Stopped: %(name)s', name=sequence.name)}", actor)


def _note(tx: Tx, sequence: SequenceRow, marks: Sequence[Mark], kind: str, words: str, actor: str) -> None:
    """Tell it on the timeline of everybody whose run this has ended, or let go on."""
    state = "stopped" if kind == "sequence_stopped" else "active"
    for part in _parts(marks):
        query = select(Enrolment.contact_id, Enrolment.id).where(Enrolment.id.in_(part), Enrolment.state == state)
        record_entries(
            tx,
            [
                {"contact_id": contact_id, "kind": kind, "summary": words, "actor": actor,
                 "brand_id": sequence.brand_id,
                 "data": {"sequence": sequence.name, "enrolment": number,
                          "reason": ARCHIVED if state == "stopped" else ""}}
                for contact_id, number in tx.session.execute(query)
            ],
        )  # fmt: skip


def _parts(marks: Sequence[Mark]) -> list[Collection[int]]:
    numbers = [mark["run"] for mark in marks]
    return [numbers[begin : begin + _PART] for begin in range(0, len(numbers), _PART)]
