"""Use cases: decisions of the review taken back: an approval while nothing has left, a step that was left out."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from crm.changes import Undone, is_its, record_change
from crm.contacts import display_name
from crm.models import Change, Contact
from crm.timeline import record_entry
from kit.errors import say
from kit.tx import Tx
from sequences.course.runs import OPEN
from sequences.course.stamps import read_stamp, write_stamp
from sequences.models import Enrolment, Send, SendBody
from sequences.reviewing.later import due_of

APPROVED, LEFT_OUT = "review_approved", "review_left_out"
_LEFT = say("It has left, or something else ended it since.")


def note_approvals(tx: Tx, sends: Sequence[Send], *, actor: str, place: str) -> Change | None:
    """Keep that mails were let go just now, so that it can be taken back; None when all were stopped."""
    going = [send for send in sends if send.state == "scheduled"]
    if not going:
        return None
    if len(going) == 1:
        contact = tx.session.get_one(Contact, going[0].contact_id)
        words = say("Approved the mail to %(name)s.", name=display_name(contact))
    else:
        words = say("Approved pitches: %(num)s.", num=len(going))
    data = {
        "sends": [[send.id, write_stamp(due_of(send))] for send in going], "place": place,
        "contacts": [send.contact_id for send in going],
    }  # fmt: skip
    return record_change(tx, APPROVED, actor=actor, summary=words, data=data, count=len(going))


def reverse_approvals(tx: Tx, change: Change, _actor: str) -> Undone:
    """Let mails wait for a yes again, those of them that nobody has begun to hand over."""
    back = sum(_draft_again(tx, change, number, due_at) for number, due_at in change.data["sends"])
    left = len(change.data["sends"]) - back
    return Undone(change=change, undone=back, left=left, why=_LEFT if left else "")


def _draft_again(tx: Tx, change: Change, send_id: int, due_at: str) -> bool:
    # Conditional: a worker may claim it between the look and the write, and what was tried once is not taken back.
    taken_back = tx.session.execute(
        update(Send)
        .where(Send.id == send_id, Send.created_at <= change.at)
        .where(Send.state == "scheduled", Send.attempts == 0, Send.approved_by == change.actor)
        .values(state="draft", approved_by="", reason="", due_at=read_stamp(due_at))
        .returning(Send.id)
        .execution_options(synchronize_session="fetch")
    ).first()
    if taken_back is not None:
        # It may have been written and signed for a claim that was given back: its words may change now.
        tx.session.execute(update(SendBody).where(SendBody.send_id == send_id).values(raw=None))
    return taken_back is not None


def read_run(run: Enrolment) -> dict[str, Any]:
    """Return where a run stands, as a document."""
    return {
        "state": run.state, "reason": run.reason, "next_step": run.next_step, "version": run.version_id,
        "next_at": write_stamp(run.next_at), "last_sent_at": write_stamp(run.last_sent_at),
        "anchor": run.facts.get("anchor"),
    }  # fmt: skip


def note_left_out(tx: Tx, send: Send, run: Enrolment, before: dict[str, Any], *, actor: str) -> Change:
    """Keep that a step was left out for somebody, with where their run stood `before`."""
    contact = tx.session.get_one(Contact, send.contact_id)
    words = say("Left a step out for %(name)s: %(step)s.", name=display_name(contact), step=send.step_key)
    data = {"send": send.id, "run": run.id, "before": before, "after": read_run(run), "place": f"/review/{send.id}"}
    return record_change(tx, LEFT_OUT, actor=actor, summary=words, data=data)


def reverse_left_out(tx: Tx, change: Change, actor: str) -> Undone:
    """Put a pitch back into the queue; left alone once the run went on, ended, or began anew."""
    run = tx.session.get(Enrolment, change.data["run"], with_for_update=True, populate_existing=True)
    if run is None or not is_its(change, run) or not _stands_still(tx, run, change.data):
        return Undone(change=change, undone=0, left=1, why=say("Their run has gone on or ended since."))
    send = tx.session.get_one(Send, change.data["send"], with_for_update=True, populate_existing=True)
    if send.state != "cancelled":
        return Undone(change=change, undone=0, left=1, why=say("Their run has gone on or ended since."))
    send.state, send.reason, send.settled_at = "draft", "", None
    _restore(run, change.data["before"])
    what = say("Not left out after all: %(step_key)s", step_key=send.step_key)
    data = {"send": send.id}
    record_entry(tx, send.contact_id, "step_skipped", what, actor=actor, brand_id=send.brand_id, data=data)
    return Undone(change=change, undone=1)


def _stands_still(tx: Tx, run: Enrolment, data: dict[str, Any]) -> bool:
    """Whether nothing came after: no mail was planned, no step done, and nobody is in the sequence a second time."""
    after = data["after"]
    if any(read_run(run)[name] != after[name] for name in ("state", "next_step", "version", "last_sent_at", "anchor")):
        return False
    if tx.session.scalar(select(Send.id).where(Send.enrolment_id == run.id, Send.id > data["send"]).limit(1)):
        return False
    again = select(Enrolment.id).where(
        Enrolment.sequence_id == run.sequence_id, Enrolment.contact_id == run.contact_id, Enrolment.state.in_(OPEN)
    )
    return tx.session.scalar(again.where(Enrolment.id != run.id).limit(1)) is None


def _restore(run: Enrolment, before: dict[str, Any]) -> None:
    run.state, run.reason, run.next_step = before["state"], before["reason"], before["next_step"]
    run.next_at, run.last_sent_at = read_stamp(before["next_at"]), read_stamp(before["last_sent_at"])
    run.ended_at = None
    kept = {name: value for name, value in run.facts.items() if name != "anchor"}
    run.facts = {**kept, "anchor": before["anchor"]} if before["anchor"] else kept
