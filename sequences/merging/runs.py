"""Use cases: the runs of two people who become one: one goes on in each sequence, and what stops the one stops both."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import func, select

from crm.models import ContactAddress, Message, Relationship, Stage, Task
from crm.suppressions import find_personal_suppressions
from crm.together import Together
from kit.errors import RefusedError, say
from kit.tx import Tx
from sequences.course.runs import OPEN, document_for, stop_run
from sequences.merging.run_choice import RunAt, choose_runs_to_stop
from sequences.merging.since import run_of
from sequences.models import Enrolment, Send, Sequence
from sequences.sending.stop_rules import Facts, Stop, decide_stop

MERGED = "merged"
# What has left, is leaving, or may have arrived: that step was had.
_HAD = ("claimed", "sending", "sent", "unknown")


def refuse_under_way(tx: Tx, contact_ids: Collection[int]) -> None:
    """Refuse while a mail to one of them is being handed over: nobody can say yet whether it arrived."""
    if tx.session.scalar(select(Send.id).where(Send.contact_id.in_(contact_ids), Send.state == "sending").limit(1)):
        raise RefusedError(
            say("A mail to one of them is being handed over right now. Nothing was changed; try again in a minute.")
        )


def read_runs(tx: Tx, survivor_id: int, absorbed_id: int) -> list[RunAt]:
    """Return all runs of both with the steps they had, mails and steps done by hand."""
    both = (survivor_id, absorbed_id)
    rows = list(tx.session.scalars(select(Enrolment).where(Enrolment.contact_id.in_(both)).order_by(Enrolment.id)))
    had = read_had(tx, both)
    return [
        RunAt(
            id=row.id,
            sequence_id=row.sequence_id,
            absorbed=row.contact_id == absorbed_id,
            is_open=row.state in OPEN,
            had=frozenset(had[row.id]),
            next_step=row.next_step,
            began_at=row.created_at,
        )
        for row in rows
    ]


def read_had(tx: Tx, contact_ids: Collection[int]) -> dict[int, set[str]]:
    """Return the steps that runs of these people had, by run."""
    had: dict[int, set[str]] = defaultdict(set)
    mails = select(Send.enrolment_id, Send.step_key).where(Send.contact_id.in_(contact_ids), Send.state.in_(_HAD))
    done = select(Task.ref).where(Task.contact_id.in_(contact_ids), Task.kind == "step", Task.done_at.is_not(None))
    sent, by_hand = Together(mails, done).ask(tx)
    for run_id, key in sent:
        if run_id is not None and key:
            had[run_id].add(key)
    for (ref,) in by_hand:
        if (run := run_of(ref)) is not None:
            had[run].add((ref or "").partition(":")[2].partition(":")[2])
    return had


def stop_doubles(tx: Tx, survivor_id: int, absorbed_id: int, *, name: str, actor: str) -> None:
    """End the runs that would bring somebody a step twice."""
    for run in choose_runs_to_stop(read_runs(tx, survivor_id, absorbed_id)):
        words = say("Merged with %(name)s, who had steps of this sequence already.", name=name)
        stop_run(tx, tx.session.get_one(Enrolment, run.id), Stop(reason=MERGED, sentence=words), actor=actor)
    tx.session.flush()


def stop_what_is_forbidden(tx: Tx, contact_id: int, *, actor: str) -> None:
    """End the runs of a contact whom an answer, a ban or a stage stops, as the gate would at the next mail."""
    tx.session.flush()
    query = select(Enrolment).where(Enrolment.contact_id == contact_id, Enrolment.state.in_(OPEN))
    runs = list(tx.session.scalars(query.order_by(Enrolment.id)))
    bans = find_personal_suppressions(tx, [(contact_id, run.email) for run in runs]) if runs else {}
    for run in runs:
        verdict = decide_stop(_facts(tx, run, bans.get((contact_id, run.email))))
        if isinstance(verdict, Stop):
            stop_run(tx, run, verdict, actor=actor)


def _facts(tx: Tx, run: Enrolment, ban: tuple[str, str] | None) -> Facts:
    """Return what forbids this run itself; whether a mail may leave just now is the gate's business."""
    sequence = tx.session.get_one(Sequence, run.sequence_id)
    answers = select(func.max(Message.at)).where(
        Message.contact_id == run.contact_id, Message.direction == "in", Message.kind == "reply"
    )
    answered = tx.session.scalar(answers)
    stage = select(Stage.name).join(Relationship, Relationship.stage_id == Stage.id)
    mailable = tx.session.scalar(select(ContactAddress.mailable).where(ContactAddress.email == run.email))
    return Facts(
        now=tx.now,
        suppression=ban[0] if ban else None,
        # Servers keep whole seconds.
        replied_at=answered if answered and answered >= run.created_at.replace(microsecond=0) else None,
        address_is_bad=mailable == "bad",
        stage=tx.session.scalar(
            stage.where(Relationship.contact_id == run.contact_id, Relationship.brand_id == sequence.brand_id)
        ),
        stop_on=frozenset(document_for(tx, run).stop_on),
    )
