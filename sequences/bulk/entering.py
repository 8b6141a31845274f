"""Use cases: putting many people into a sequence, and stopping there whoever has not been written to."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import select

from kit.errors import NotFoundError, say
from kit.tx import Tx
from sequences.bulk.act import Act, Applied, Order, Reverted, Trace, Verdict
from sequences.course.enrolments import enrol
from sequences.course.forgetting import forget_runs
from sequences.course.runs import OPEN, stop_run
from sequences.models import Enrolment, Send, Sequence
from sequences.sending.stop_rules import Stop
from sequences.versions.published import get_sequence_by_id

_LEFT = ("claimed", "sending", "sent", "unknown")


def judge(tx: Tx, contact_ids: Collection[int], order: Order) -> Verdict:
    """Say who can be added now, and which rule keeps the others out."""
    verdicts = enrol(tx, _sequence(tx, order), contact_ids, actor="system", user_id=order.user_id, dry_run=True)
    return Verdict(
        can=tuple(one.contact_id for one in verdicts if one.enrolled),
        left={one.contact_id: one.rule for one in verdicts if not one.enrolled},
    )


def apply(tx: Tx, contact_ids: Collection[int], order: Order, actor: str) -> Applied:
    """Add those who can be added, each with the way that the sequence's own rules give."""
    sequence = _sequence(tx, order)
    verdicts = enrol(tx, sequence, contact_ids, actor=actor, user_id=order.user_id, override=order.override)
    taken = [one.contact_id for one in verdicts if one.enrolled]
    query = select(Enrolment.contact_id, Enrolment.id).where(
        Enrolment.sequence_id == sequence.id, Enrolment.contact_id.in_(taken), Enrolment.state.in_(OPEN)
    )
    return Applied(
        traces=tuple([contact_id, run_id] for contact_id, run_id in tx.session.execute(query)),
        left={one.contact_id: one.rule for one in verdicts if not one.enrolled},
    )


def revert(tx: Tx, traces: Iterable[Trace], actor: str) -> Reverted:
    """Forget the runs of which nothing has left, and stop the others: what was sent stays sent, and is said."""
    found = list(traces)
    runs = [run for trace in found if (run := tx.session.get(Enrolment, trace[1])) is not None]
    written = _written_to(tx, [run.id for run in runs])
    left: dict[str, int] = defaultdict(int)
    gone = forget_runs(tx, runs, actor=actor)
    undone = len(gone)
    for run in (run for run in runs if run.id not in gone):
        if run.state not in OPEN:
            left["run_over"] += 1
            continue
        stop_run(tx, run, Stop(reason="taken_back", sentence=say("Adding was taken back.")), actor=actor)
        undone += 1
        left["written_to"] += run.id in written
    return Reverted(undone=undone, left={code: number for code, number in left.items() if number})


def _written_to(tx: Tx, run_ids: Collection[int]) -> set[int]:
    query = select(Send.enrolment_id).where(Send.enrolment_id.in_(run_ids), Send.state.in_(_LEFT))
    return {run_id for run_id in tx.session.scalars(query) if run_id is not None}


def _sequence(tx: Tx, order: Order) -> Sequence:
    if not (order.value.isascii() and order.value.isdigit()):
        raise NotFoundError(say("Choose a sequence first."))
    return get_sequence_by_id(tx, int(order.value[:9]))


ENTER = Act(judge=judge, apply=apply, revert=revert)
