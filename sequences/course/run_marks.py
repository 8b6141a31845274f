"""Use cases: how some people's runs stand just now, as a document, and letting them stand so again."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from crm.models import Task
from kit.tx import Tx
from sequences.course.planning import complete_step_task
from sequences.course.runs import OPEN, WAITING, go_on, schedule_next, stale_at
from sequences.course.stamps import read_stamp, write_stamp
from sequences.models import Enrolment, Send, Sequence

Mark = dict[str, Any]
_UNDER_WAY = (*WAITING, "claimed", "sending", "unknown")


def read_marks(tx: Tx, contact_ids: Collection[int]) -> dict[int, list[Mark]]:
    """Return the runs by contact that something could end, each with its mails that wait."""
    states = (*OPEN, "finished")
    found: dict[int, list[Mark]] = defaultdict(list)
    for row, mark in _mark(tx, Enrolment.contact_id.in_(contact_ids), Enrolment.state.in_(states)):
        found[row.contact_id].append(mark)
    return found


def read_open_marks(tx: Tx, sequence_id: int) -> list[Mark]:
    """Return the open runs of a sequence, each with its mails that wait."""
    return [mark for _, mark in _mark(tx, Enrolment.sequence_id == sequence_id, Enrolment.state.in_(OPEN))]


def _mark(tx: Tx, *which: ColumnElement[bool]) -> list[tuple[Enrolment, Mark]]:
    tx.session.flush()
    rows = tx.session.scalars(select(Enrolment).where(*which).order_by(Enrolment.id)).all()
    waiting = select(Send.enrolment_id, Send.id, Send.state, Send.reason)
    waiting = waiting.join(Enrolment, Enrolment.id == Send.enrolment_id).where(*which, Send.state.in_(WAITING))
    sends: dict[int, list[list[Any]]] = defaultdict(list)
    for run_id, *send in tx.session.execute(waiting.order_by(Send.id)):
        sends[run_id or 0].append(send)
    return [(row, _describe(row, sends[row.id])) for row in rows]


def _describe(row: Enrolment, sends: list[list[Any]]) -> Mark:
    return {
        "run": row.id, "state": row.state, "reason": row.reason, "next_at": write_stamp(row.next_at),
        "hold_until": write_stamp(row.hold_until), "ended_at": write_stamp(row.ended_at), "sends": sends,
    }  # fmt: skip


def restore_marks(
    tx: Tx, marks: Iterable[Mark], *, reason: str, since: datetime, actor: str, goes_on: bool = True
) -> int:
    """Let runs stand as they did where they were ended for `reason`; return how many could not.

    Where time has passed since, an open run goes on with the next open hours instead of a past date, unless the
    caller sees to that (`goes_on`). Nobody comes back into a sequence that was archived.
    """
    failed = 0
    for mark in marks:
        run = tx.session.get(Enrolment, mark["run"])
        if run is None or run.state != "stopped" or run.reason != reason or _is_shut(tx, run, mark):
            failed += 1
            continue
        _restore(tx, run, mark)
        mend_stranded(tx, run, since=since)
        if goes_on and tx.now > since and mark["state"] == "active":
            go_on(tx, run, actor=actor)
    tx.session.flush()
    return failed


def mend_stranded(tx: Tx, run: Enrolment, *, since: datetime) -> None:
    """Let a run go on that is open again and has nothing under way.

    A worker held its mail when the run was ended, and settled it since: cancelled, it may leave after all; sent, the
    next step follows. Or a person did since what the run waited for.
    """
    if run.state not in OPEN or run.next_at is not None:
        return
    tx.session.flush()
    sends, steps = _work_of(tx, run)
    if _is_under_way(sends, steps):
        return
    if steps and steps[-1].done_at and steps[-1].done_at >= since and complete_step_task(tx, steps[-1]):
        return
    last = sends[-1] if sends else None
    if last is None or last.settled_at is None or last.settled_at < since:
        return
    if last.state == "cancelled":
        last.state, last.reason, last.settled_at = "scheduled", "", None
        last.due_at = max(last.due_at, tx.now)
        last.expires_at = stale_at(last.due_at)
    elif last.state == "sent":
        schedule_next(tx, run)


def is_under_way(tx: Tx, run: Enrolment) -> bool:
    """Return whether a mail or a step of this run waits to be done, or is being done."""
    return _is_under_way(*_work_of(tx, run))


def _work_of(tx: Tx, run: Enrolment) -> tuple[list[Send], list[Task]]:
    sends = tx.session.scalars(select(Send).where(Send.enrolment_id == run.id).order_by(Send.id))
    steps = tx.session.scalars(select(Task).where(Task.ref.startswith(f"run:{run.id}:")).order_by(Task.id))
    return list(sends), list(steps)


def _is_under_way(sends: list[Send], steps: list[Task]) -> bool:
    return any(send.state in _UNDER_WAY for send in sends) or any(step.done_at is None for step in steps)


def _restore(tx: Tx, run: Enrolment, mark: Mark) -> None:
    run.state, run.reason = mark["state"], mark["reason"]
    run.next_at, run.hold_until = read_stamp(mark["next_at"]), read_stamp(mark["hold_until"])
    run.ended_at = read_stamp(mark["ended_at"])
    for number, state, reason in mark["sends"]:
        send = tx.session.get(Send, number)
        if send is not None and send.state == "cancelled":
            send.state, send.reason, send.settled_at = state, reason, None
    tx.session.flush()


def _is_shut(tx: Tx, run: Enrolment, mark: Mark) -> bool:
    """Return whether an open run cannot come back: its sequence was archived, or the person is in it again."""
    if mark["state"] not in OPEN:
        return False
    return tx.session.get_one(Sequence, run.sequence_id).state == "archived" or is_in_again(tx, run)


def is_in_again(tx: Tx, run: Enrolment) -> bool:
    """Return whether somebody whose run ended is in the same sequence by another one."""
    again = select(Enrolment.id).where(
        Enrolment.sequence_id == run.sequence_id, Enrolment.contact_id == run.contact_id, Enrolment.state.in_(OPEN)
    )
    return tx.session.scalar(again.limit(1)) is not None
