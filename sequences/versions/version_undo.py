"""Use cases: taking the last move between versions back: who has gone on since stays, and is named."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from crm.contacts import display_name
from crm.models import Task
from crm.timeline import record_entries
from kit.errors import ConflictError, say
from kit.tx import Tx
from sequences.course.runs import OPEN
from sequences.course.stamps import read_stamp, write_stamp
from sequences.course.standing import Mail, StandingRun, read_standing
from sequences.models import Enrolment, Send, Sequence, VersionChange, VersionMove
from sequences.versions.published import refuse_archived
from sequences.versions.revisions import read_all_editions
from sequences.versions.version_moves import find_last_change

_WORDS = ("branches", "passed", "anchor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """One person of a move that is taken back. `stays` says why they go on as they are; empty when they go back."""

    contact_id: int
    name: str
    enrolment_id: int
    stays: str
    step: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    """What taking a move back does to everybody it had moved."""

    change: VersionChange
    returns: tuple[Return, ...]

    @property
    def back(self) -> int:
        """How many go back."""
        return sum(not one.stays for one in self.returns)


def plan_rollback(tx: Tx, sequence: Sequence, change: VersionChange | None = None) -> Rollback:
    """Return what taking the last move back would do; nothing is changed. `change` is that move, if it is known."""
    change, pairs = _read(tx, sequence, change or find_last_change(tx, sequence), lock=False)
    return _describe(tx, change, pairs)


def rollback(tx: Tx, sequence: Sequence, *, actor: str) -> Rollback:
    """Take the last move back: version, position, date and waiting mail, of all who stand where it put them."""
    refuse_archived(sequence)
    tx.session.flush()
    change, pairs = _read(tx, sequence, find_last_change(tx, sequence), lock=True)
    found = _describe(tx, change, pairs)
    for (move, one), told in zip(pairs, found.returns, strict=True):
        if not told.stays:
            _restore(tx, move, one)
    record_entries(tx, [_entry(sequence, one, actor) for one in found.returns if not one.stays])
    change.undone_at, change.undone_by = tx.now, actor
    tx.session.flush()
    tx.session.expire_all()
    return found


def _read(
    tx: Tx, sequence: Sequence, change: VersionChange | None, *, lock: bool
) -> tuple[VersionChange, list[tuple[VersionMove, StandingRun]]]:
    if change is None:
        raise ConflictError(
            say("Nobody in %(name)s was moved to another version, or it was taken back already.", name=sequence.name)
        )
    query = select(VersionMove).where(VersionMove.change_id == change.id).order_by(VersionMove.enrolment_id)
    moves = {move.enrolment_id: move for move in tx.session.scalars(query)}
    return change, [(moves[one.run.id], one) for one in read_standing(tx, list(moves), lock=lock)]


def _describe(tx: Tx, change: VersionChange, pairs: list[tuple[VersionMove, StandingRun]]) -> Rollback:
    sequence = tx.session.get_one(Sequence, change.sequence_id)
    numbers = {version.id: version.number for version, _ in read_all_editions(tx, sequence)}
    again = _enrolled_again(tx, change.sequence_id, [one for _, one in pairs])
    returns = [
        Return(
            contact_id=one.contact.id,
            name=display_name(one.contact),
            enrolment_id=one.run.id,
            stays=_why_stays(move, one) or (say("They are in it once more.") if one.run.id in again else ""),
            step=str(move.before.get("step") or ""),
            number=numbers[move.from_version_id],
        )
        for move, one in pairs
    ]
    return Rollback(change=change, returns=tuple(returns))


def _enrolled_again(tx: Tx, sequence_id: int, standing: list[StandingRun]) -> set[int]:
    """Return runs that ended and whose contact runs through the sequence anew: nobody is in it twice (C7)."""
    ended = {one.contact.id: one.run.id for one in standing if one.run.state not in OPEN}
    if not ended:
        return set()
    query = select(Enrolment.contact_id).where(Enrolment.sequence_id == sequence_id, Enrolment.state.in_(OPEN))
    return {ended[number] for number in tx.session.scalars(query) if number in ended}


def _why_stays(move: VersionMove, one: StandingRun) -> str:
    run, before, after = one.run, move.before, move.after
    if run.version_id != move.to_version_id:
        return say("They were moved once more.")
    if run.state != after["state"] and not {run.state, after["state"]} <= set(OPEN):
        return say("Their run has ended since.")
    if write_stamp(run.last_sent_at) != before["last_sent_at"]:
        return say("A step was done since.")
    if any(mail.state in ("claimed", "sending", "unknown") for mail in one.mails):
        return say("A mail is on its way.")
    if run.next_step == after["next_step"] and (run.next_at is None) == (after["next_at"] is None):
        return ""
    return "" if _planned_since(move, one) else say("They have gone on since.")


def _planned_since(move: VersionMove, one: StandingRun) -> Mail | None:
    """Return the mail that was planned by the new version, if that is all that happened and nobody touched it."""
    mail = one.mail
    if mail is None or one.run.next_at is not None or mail.id not in one.free or mail.is_by_hand:
        return None
    return mail if mail.step_key == move.after["step"] and move.after["next_at"] else None


def _restore(tx: Tx, move: VersionMove, one: StandingRun) -> None:
    run, before, after = one.run, move.before, move.after
    planned = _planned_since(move, one) if run.next_step != after["next_step"] else None
    if planned:
        reason = say("The move to another version was taken back.")
        values = {"state": "cancelled", "reason": reason, "settled_at": tx.now}
        _write(tx, planned.id, {**values, "step_key": f"{planned.step_key}~{planned.id}"})
    # A pause since then has moved every date: those of before move as far.
    was, put = run.next_at, read_stamp(after["next_at"])
    slip = was - put if was and put else timedelta(0)
    next_at = read_stamp(before["next_at"])
    run.version_id, run.next_step = move.from_version_id, before["next_step"]
    run.next_at = next_at + slip if next_at else None
    if after["state"] not in OPEN:
        run.state, run.reason, run.ended_at = before["state"], before["reason"], read_stamp(before["ended_at"])
    kept = {name: value for name, value in run.facts.items() if name not in _WORDS}
    run.facts = {**kept, **{name: value for name, value in before["facts"].items() if name in _WORDS}}
    if "send" in before:
        send = tx.session.get_one(Send, before["send"]["id"], populate_existing=True)
        send.state, send.reason, send.step_key = (before["send"][name] for name in ("state", "reason", "step_key"))
        send.settled_at, send.due_at = None, send.due_at + slip
    for number, step in before.get("steps", ()):
        _write(tx, number, {"step": step})
    if "task" in before:
        task = tx.session.get_one(Task, before["task"])
        task.done_at, task.done_by = None, ""


def _write(tx: Tx, send_id: int, values: dict[str, Any]) -> None:
    tx.session.execute(update(Send).where(Send.id == send_id).values(**values))


def _entry(sequence: Sequence, one: Return, actor: str) -> dict[str, Any]:
    return {
        "contact_id": one.contact_id,
        "kind": "sequence_moved",
        "summary": say(
            "Back to version %(number)s of %(name)s: the move was taken back", number=one.number, name=sequence.name
        ),
        "actor": actor,
        "brand_id": sequence.brand_id,
        "data": {"sequence": sequence.name, "enrolment": one.enrolment_id, "to": one.number},
    }
