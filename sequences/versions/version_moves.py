"""Use cases: moving people to another version of their sequence, and taking the last move back, each in one go."""

from collections.abc import Sequence as Rows
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from crm.models import Task
from crm.timeline import record_entries
from kit.errors import ConflictError, say
from kit.tx import Tx
from sequences.course.stamps import write_stamp
from sequences.models import Enrolment, Send, Sequence, VersionChange, VersionMove
from sequences.versions.migration import PlannedMove, plan_migration
from sequences.versions.published import get_version, refuse_archived

_RULE = "rule:version"
_TAKEN_BACK = say("Another version of the sequence is followed now.")
# What an entry of a run says before and after, so that it can be taken back.
_KEPT = ("next_step", "next_at", "state", "reason", "ended_at", "last_sent_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """What was done: `change_id` names it, `moves` are all, those who stay too."""

    change_id: int
    moves: tuple[PlannedMove, ...]


def migrate(tx: Tx, sequence: Sequence, to_number: int | None = None, *, actor: str) -> Migration:
    """Move everybody to a version, the newest for None, as the plan says; refused when nobody has to move."""
    refuse_archived(sequence)
    tx.session.flush()
    moves = plan_migration(tx, sequence, to_number, lock=True)
    going = [move for move in moves if move.effect]
    if not going:
        raise ConflictError(
            say(
                "Nobody in %(name)s can move to version %(value)s.",
                name=sequence.name,
                value=to_number or sequence.version,
            )
        )
    target = get_version(tx, sequence, to_number)
    change = VersionChange(sequence_id=sequence.id, to_number=target.number, actor=actor, at=tx.now)
    tx.session.add(change)
    tx.session.flush()
    runs = _read_runs(tx, [move.enrolment_id for move in going])
    before = {move.enrolment_id: _describe(runs[move.enrolment_id], move) for move in going}
    after = [_row(tx, runs[move.enrolment_id], move, target.id) for move in going]
    _write_mails(tx, going)
    tx.session.execute(update(Enrolment), after)
    notes = [
        {
            "change_id": change.id,
            "enrolment_id": row["id"],
            "from_version_id": before[row["id"]].pop("version_id"),
            "to_version_id": target.id,
            "before": {**before[row["id"]], "step": move.old_step, "at": write_stamp(move.old_at)},
            "after": {**_plain(row), "step": move.new_step, "at": write_stamp(move.new_at)},
        }
        for move, row in zip(going, after, strict=True)
    ]
    tx.session.execute(insert(VersionMove), notes)
    record_entries(tx, [_entry(sequence, move, actor) for move in going])
    tx.session.flush()
    tx.session.expire_all()
    return Migration(change_id=change.id, moves=tuple(moves))


def list_changes(tx: Tx, sequence: Sequence, *, limit: int = 20) -> list[VersionChange]:
    """Return the moves of a sequence, the newest first."""
    query = select(VersionChange).where(VersionChange.sequence_id == sequence.id)
    return list(tx.session.scalars(query.order_by(VersionChange.id.desc()).limit(limit)))


def find_last_change(tx: Tx, sequence: Sequence) -> VersionChange | None:
    """Return the newest move that was not taken back."""
    query = select(VersionChange).where(VersionChange.sequence_id == sequence.id, VersionChange.undone_at.is_(None))
    return tx.session.scalar(query.order_by(VersionChange.id.desc()).limit(1))


def _read_runs(tx: Tx, numbers: Rows[int]) -> dict[int, Enrolment]:
    found: dict[int, Enrolment] = {}
    for begin in range(0, len(numbers), 500):
        query = select(Enrolment).where(Enrolment.id.in_(numbers[begin : begin + 500]))
        found.update({run.id: run for run in tx.session.scalars(query)})
    return found


def _describe(run: Enrolment, move: PlannedMove) -> dict[str, Any]:
    """Return what a run was before its move, with the mail, the task and the numbers that change."""
    undo = move.effect.undo if move.effect else {}
    return {"version_id": run.version_id, "facts": run.facts, **_plain(_values(run)), **undo}


def _row(tx: Tx, run: Enrolment, move: PlannedMove, version_id: int) -> dict[str, Any]:
    effect = move.effect
    row = {"id": run.id, "version_id": version_id, "facts": effect.facts if effect else run.facts, **_values(run)}
    if effect:
        row |= {"next_step": effect.position, "next_at": effect.next_at}
    if move.fate == "ends":
        row |= {"state": "finished", "reason": "finished", "ended_at": tx.now}
    return row


def _values(run: Enrolment) -> dict[str, Any]:
    return {name: getattr(run, name) for name in _KEPT}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: write_stamp(value) if isinstance(value, datetime) else value for name, value in row.items()}


def _write_mails(tx: Tx, going: Rows[PlannedMove]) -> None:
    """Cancel what is written anew or not at all, under a key that leaves room for the new one; renumber the others."""
    effects = [move.effect for move in going if move.effect]
    rows: list[dict[str, Any]] = [
        {"id": effect.cancels, "state": "cancelled", "reason": _TAKEN_BACK, "settled_at": tx.now, "step_key": key}
        for effect in effects
        if effect.cancels and (key := f"{effect.undo['send']['step_key']}~{effect.cancels}")
    ]
    if rows:
        tx.session.execute(update(Send), rows)
    steps = [{"id": number, "step": step} for effect in effects for number, step in effect.steps.items()]
    if steps:
        tx.session.execute(update(Send), steps)
    closed = [{"id": effect.closes, "done_at": tx.now, "done_by": _RULE} for effect in effects if effect.closes]
    if closed:
        tx.session.execute(update(Task), closed)


def _entry(sequence: Sequence, move: PlannedMove, actor: str) -> dict[str, Any]:
    onward = say("next is %(new_step)s", new_step=move.new_step) if move.new_step else say("nothing is left to do")
    summary = say(
        "Moved to version %(to_number)s of %(name)s, %(onward)s",
        to_number=move.to_number,
        name=sequence.name,
        onward=onward,
    )
    return {
        "contact_id": move.contact_id,
        "kind": "sequence_finished" if move.fate == "ends" else "sequence_moved",
        "summary": f"{summary}. {move.sentence}".strip(" ."),
        "actor": actor,
        "brand_id": sequence.brand_id,
        "data": {
            "sequence": sequence.name,
            "enrolment": move.enrolment_id,
            "from": move.from_number,
            "to": move.to_number,
            "old_at": write_stamp(move.old_at),
            "new_at": write_stamp(move.new_at),
        },
    }
