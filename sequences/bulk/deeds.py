"""Use cases: an act on many people as one change with a way back: at once, or a chunk at a time as a job."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from crm.changes import Undone, keep_words, record_change
from crm.jobs import add_counts, leave_out, move_on, start_job
from crm.models import Change, Job, User
from crm.survivors import follow_all
from kit.errors import NotFoundError, Sentence, say
from kit.tx import Tx
from sequences.bulk.act import Act, Applied, Order, Verdict
from sequences.bulk.acts import ACTS
from sequences.bulk.reasons import describe_reason, describe_rest
from sequences.models import Sequence

AT_ONCE = 50
_CHUNK = 200
# As the contract of jobs names them; tagging and taking a tag off are one kind.
KINDS = {"stage": "bulk_stage", "tag": "bulk_tag", "untag": "bulk_tag", "owner": "bulk_owner",
         "suppress": "bulk_suppress", "enrol": "bulk_enrol"}  # fmt: skip


def find_act(name: str) -> Act:
    """Return an act by its name, or refuse."""
    act = ACTS.get(name)
    if act is None:
        raise NotFoundError(say("Choose what to do with these people first."))
    return act


def judge(tx: Tx, name: str, contact_ids: Collection[int], order: Order) -> Verdict:
    """Say who can take part, before anything is done."""
    return find_act(name).judge(tx, contact_ids, order)


def do_now(
    tx: Tx, name: str, contact_ids: Collection[int], order: Order, *, actor: str
) -> tuple[Change | None, Applied]:
    """Do it in this transaction; no change where nobody could take part."""
    applied = find_act(name).apply(tx, contact_ids, order, actor)
    if not applied.traces:
        return None, applied
    change = record_change(
        tx,
        KINDS[name],
        actor=actor,
        summary=describe_deed(tx, name, order.value, len(applied.traces)),
        count=len(applied.traces),
        data={"act": name, "traces": list(applied.traces)},
    )
    return change, applied


def do_later(tx: Tx, name: str, contact_ids: Collection[int], order: Order, *, actor: str, place: str) -> Job:
    """Hand it to a job; who is meant is settled now, so that people who come later are not."""
    judge(tx, name, [], order)
    data = {
        "act": name,
        "ids": list(contact_ids),
        "value": order.value,
        "brand_id": order.brand_id,
        "user_id": order.user_id,
        "override": order.override,
        "place": place,
    }
    title = describe_deed(tx, name, order.value, len(contact_ids))
    return start_job(tx, KINDS[name], actor=actor, total=len(contact_ids), data=data, title=title)


def do_chunk(tx: Tx, job: Job) -> bool:
    """Do the next chunk of a job; its traces join the one change. Return whether it was the last."""
    data = job.data
    override = data.get("override", "")
    order = Order(value=data["value"], brand_id=data["brand_id"], user_id=data["user_id"], override=override)
    begin = job.done
    some = data["ids"][begin : begin + _CHUNK]
    # Who was merged meanwhile is meant as whom they live on in.
    applied = find_act(data["act"]).apply(tx, follow_all(tx, some), order, job.actor)
    for code, number in Counter(applied.left.values()).items():
        leave_out(job, describe_reason(code), number)
    if applied.traces:
        _join_change(tx, job, data, applied)
        add_counts(job, changed=len(applied.traces))
    move_on(job, begin + len(some))
    job.result = {**job.result, "place": data["place"]}
    return job.done >= job.total


def reverse_deed(tx: Tx, change: Change, actor: str) -> Undone:
    """Take an act back for everybody whom nobody has changed since."""
    reverted = ACTS[change.data["act"]].revert(tx, change.data["traces"], actor)
    left, why = describe_rest(reverted.left)
    return Undone(change=change, undone=reverted.undone, left=left, why=why)


def describe_deed(tx: Tx, name: str, value: str, count: int) -> Sentence:
    """Return in a sentence what was done, or is to be done, with how many people."""
    shape = _DEEDS[name] if not (name == "owner" and value == "none") else say("People without an owner now: %(count)s")
    return say(shape, count=count, name=_name(tx, name, value))


_DEEDS: Mapping[str, str] = {
    "stage": say("People moved to %(name)s: %(count)s"),
    "tag": say("People tagged %(name)s: %(count)s"),
    "untag": say("People no longer tagged %(name)s: %(count)s"),
    "owner": say("People given to %(name)s: %(count)s"),
    "suppress": say("People set to do not contact: %(count)s"),
    "enrol": say("People added to %(name)s: %(count)s"),
}


def _name(tx: Tx, name: str, value: str) -> str:
    column: Any = {"owner": User.name, "enrol": Sequence.name}.get(name)
    if column is None or not value.isdigit():
        return value
    return tx.session.scalar(select(column).where(column.class_.id == int(value))) or value


def _join_change(tx: Tx, job: Job, data: Mapping[str, Any], applied: Applied) -> None:
    change = tx.session.get(Change, job.change_id) if job.change_id else None
    traces = [*(change.data["traces"] if change else ()), *applied.traces]
    summary = describe_deed(tx, data["act"], data["value"], len(traces))
    instants = [*(change.data.get("instants", ()) if change else ()), tx.now.isoformat()]
    kept = {"act": data["act"], "traces": traces, "instants": instants}
    if change is None:
        change = record_change(tx, job.kind, actor=job.actor, summary=summary, count=len(traces), data=kept)
        job.change_id = change.id
        return
    change.summary, change.words = str(summary), keep_words(summary)
    change.count, change.data = len(traces), kept
