"""Use cases: the engine, rehearsed on a copy of the data and a clock that jumps ahead.

Planning, the choice of what leaves and settlement are the engine's own; only the wire is left out. So the forecast
equals what happens as long as nothing unforeseen does: nobody answers, nothing bounces, drafts are approved at once,
tasks are done when they are due.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, literal_column, select

from crm.models import Mailbox, Task
from kit.clock import FixedClock
from kit.tx import Tx
from sequences.course.planning import complete_step_task, plan_due
from sequences.course.runs import release_held
from sequences.engine import Engine
from sequences.mailboxes.line import Line
from sequences.models import Enrolment, Send, Sequence
from sequences.sending.choice import choose
from sequences.sending.docket import Case
from sequences.sending.endings import Round
from sequences.sending.limits import read_pace
from sequences.sending.outbox import Counts, is_due, is_in, settle_sent
from sequences.sending.settlement import Left, record_sent
from sequences.sending.throttle import Later

ACTOR = "forecast"
_SOON = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """A mailbox had something to send and could not: from when until when, and why."""

    mailbox_id: int
    begin: datetime
    until: datetime
    reason: str


def rehearse(engine: Engine, clock: FixedClock, *, until: datetime) -> Iterator[Waited]:
    """Let the engine of a rehearsal live until an instant or until nothing is left to do; yield what held mail up."""
    with engine.database.reading() as tx:
        boxes = list(tx.session.scalars(select(Mailbox).order_by(Mailbox.id)))
    rounds = [Round(engine, box, Line(engine, box), ACTOR, Counts()) for box in boxes]
    while clock.now() <= until:
        _live_now(engine, rounds)
        waits, following = _look_ahead(engine, [box.id for box in boxes])
        yield from waits
        if following is None:
            return
        clock.jump(max(following, clock.now() + _SOON))


def _live_now(engine: Engine, rounds: list[Round]) -> None:
    """Do everything that is due at this instant."""
    while True:
        with engine.database.transaction() as tx:
            done = release_held(tx) + plan_due(tx, engine.links) + _do_by_hand(tx)
            done += sum(_send(tx, round_) for round_ in rounds)
        if not done:
            return


def _send(tx: Tx, round_: Round) -> int:
    """Let everything leave that the engine would let leave now, as if the server had taken it at once."""
    sent = 0
    while is_due(tx, round_.mailbox.id):
        claimed, cases = choose(tx, round_)
        settle_sent(tx, [case.entry.id for case in cases], round_.owner)
        record_sent(tx, [_left(case, round_.mailbox, tx) for case in cases])
        sent += len(cases)
        if not claimed:
            break
    if sent:
        # It was written past the session.
        tx.session.expire_all()
    return sent


def _left(case: Case, mailbox: Mailbox, tx: Tx) -> Left:
    return Left(
        case=case,
        sender=mailbox.address,
        sender_name=mailbox.name,
        subject=case.entry.subject,
        text="",
        html="",
        at=tx.now,
    )


def _do_by_hand(tx: Tx) -> int:
    """Approve what only waits for a yes, and do the tasks: what the team is expected to do in time."""
    drafts = list(tx.session.scalars(select(Send).where(is_in("draft"))))
    approved = [send for send in drafts if not send.explanation.get("gaps")]
    for send in approved:
        send.state, send.approved_by = "scheduled", ACTOR
        send.due_at = max(send.due_at, tx.now)
    tasks = list(tx.session.scalars(select(Task).where(Task.kind == "step", Task.done_at.is_(None))))
    for task in tasks:
        task.done_at, task.done_by = tx.now, ACTOR
        complete_step_task(tx, task)
    return len(approved) + len(tasks)


def _look_ahead(engine: Engine, boxes: list[int]) -> tuple[list[Waited], datetime | None]:
    """Return which mailboxes are held up, and the next instant at which something may happen."""
    with engine.database.reading() as tx:
        waits: list[Waited] = []
        instants = [_next_planning(tx)]
        for number in boxes:
            held_up = _held_up(tx, number)
            if held_up:
                waits.append(held_up)
                instants.append(held_up.until)
            instants.append(_next_send(tx, number))
        later = [instant for instant in instants if instant is not None and instant > tx.now]
        return waits, min(later, default=None)


def _held_up(tx: Tx, mailbox_id: int) -> Waited | None:
    if not is_due(tx, mailbox_id):
        return None
    pace = read_pace(tx, tx.session.get_one(Mailbox, mailbox_id))
    verdict = pace.check(tx.now)
    later = verdict if isinstance(verdict, Later) else pace.check_first(tx.now)
    if later is None:
        return None
    return Waited(mailbox_id=mailbox_id, begin=tx.now, until=later.at, reason=later.reason)


def _next_planning(tx: Tx) -> datetime | None:
    is_live = select(Sequence.id).where(Sequence.state == "live")
    due = select(func.min(Enrolment.next_at)).where(
        Enrolment.state == literal_column("'active'"),
        Enrolment.next_at.is_not(None),
        Enrolment.next_at > tx.now,
        Enrolment.sequence_id.in_(is_live),
    )
    free = select(func.min(Enrolment.hold_until)).where(Enrolment.state == "held", Enrolment.hold_until > tx.now)
    return min((at for at in (tx.session.scalar(due), tx.session.scalar(free)) if at), default=None)


def _next_send(tx: Tx, mailbox_id: int) -> datetime | None:
    return tx.session.scalar(
        select(func.min(Send.due_at)).where(Send.mailbox_id == mailbox_id, is_in("scheduled"), Send.due_at > tx.now)
    )
