"""Use cases: how some people's runs stand just now, as a document, and letting them stand so again."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from kit.tx import Tx
from sequences.course.runs import OPEN, WAITING, go_on
from sequences.course.stamps import read_stamp, write_stamp
from sequences.models import Enrolment, Send

Mark = dict[str, Any]


def read_marks(tx: Tx, contact_ids: Collection[int]) -> dict[int, list[Mark]]:
    """Return the runs by contact that something could end, each with its mails that wait."""
    tx.session.flush()
    states = (*OPEN, "finished")
    query = select(Enrolment).where(Enrolment.contact_id.in_(contact_ids), Enrolment.state.in_(states))
    rows = tx.session.scalars(query.order_by(Enrolment.id)).all()
    waiting = select(Send.enrolment_id, Send.id, Send.state, Send.reason)
    waiting = waiting.where(Send.enrolment_id.in_([row.id for row in rows]), Send.state.in_(WAITING))
    sends: dict[int, list[list[Any]]] = defaultdict(list)
    for run_id, *send in tx.session.execute(waiting.order_by(Send.id)):
        sends[run_id or 0].append(send)
    found: dict[int, list[Mark]] = defaultdict(list)
    for row in rows:
        found[row.contact_id].append(
            {"run": row.id, "state": row.state, "reason": row.reason, "next_at": write_stamp(row.next_at),
             "hold_until": write_stamp(row.hold_until), "ended_at": write_stamp(row.ended_at), "sends": sends[row.id]}
        )  # fmt: skip
    return found


def restore_marks(tx: Tx, marks: Iterable[Mark], *, reason: str, since: datetime, actor: str) -> int:
    """Let runs stand as they did where they were ended for `reason`; return how many could not.

    Where time has passed since, an open run goes on with the next open hours instead of a past date.
    """
    failed = 0
    for mark in marks:
        run = tx.session.get(Enrolment, mark["run"])
        if run is None or run.state != "stopped" or run.reason != reason or _is_in_again(tx, run, mark):
            failed += 1
            continue
        _restore(tx, run, mark)
        if tx.now > since and mark["state"] == "active":
            go_on(tx, run, actor=actor)
    tx.session.flush()
    return failed


def _restore(tx: Tx, run: Enrolment, mark: Mark) -> None:
    run.state, run.reason = mark["state"], mark["reason"]
    run.next_at, run.hold_until = read_stamp(mark["next_at"]), read_stamp(mark["hold_until"])
    run.ended_at = read_stamp(mark["ended_at"])
    for number, state, reason in mark["sends"]:
        send = tx.session.get(Send, number)
        if send is not None and send.state == "cancelled":
            send.state, send.reason, send.settled_at = state, reason, None
    tx.session.flush()


def _is_in_again(tx: Tx, run: Enrolment, mark: Mark) -> bool:
    if mark["state"] not in OPEN:
        return False
    again = select(Enrolment.id).where(
        Enrolment.sequence_id == run.sequence_id, Enrolment.contact_id == run.contact_id, Enrolment.state.in_(OPEN)
    )
    return tx.session.scalar(again.limit(1)) is not None
