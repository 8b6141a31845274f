"""Use cases: the steps that the engine does by itself when they are due: move a stage, set a tag, take a branch."""

from sqlalchemy import select

from crm.contacts import list_handles, list_tags
from crm.models import Contact, ContactTag, Message
from crm.pipeline import move_stage, stage_name
from crm.timeline import record_entry
from kit.errors import NotFoundError, say
from kit.tx import Tx
from sequences.course.runs import move_on, schedule_next, stop_run
from sequences.models import Enrolment, Sequence
from sequences.sending.stop_rules import Stop
from sequences.versions.conditions import PLAIN_FIELDS, Known, Metrics, When, judge
from sequences.versions.sequence_file import SequenceFile, Step

ACTOR = "rule:sequence"


def do_own_step(tx: Tx, run: Enrolment, document: SequenceFile, step: Step) -> None:
    """Do a due step and move the run on; its next wait counts from the instant this step was due."""
    sequence = tx.session.get_one(Sequence, run.sequence_id)
    stage = stage_name(tx, run.contact_id, sequence.brand_id)
    if f"stage:{stage}" in document.stop_on:
        stop_run(
            tx,
            run,
            Stop(reason="stage", sentence=say("The contact is at the stage %(stage)s.", stage=stage)),
            actor="system",
        )
        return
    following = document.flow.next_of(run.next_step)
    if step.kind == "stage":
        _move_stage(tx, run, sequence, step)
    elif step.kind == "tag":
        _set_tag(tx, run, sequence, step)
    elif step.kind == "if" and step.when:
        following = _take_branch(tx, run, sequence, document, step, step.when)
    move_on(run, document, following, due_at=run.next_at)
    schedule_next(tx, run, document)


def read_known(tx: Tx, run: Enrolment, brand_id: int, when: When) -> Known:
    """Return what is known of a run's contact, as far as a condition asks for it.

    An answer counts from when the run began; of several, the newest.
    """
    contact = tx.session.get_one(Contact, run.contact_id)
    asked = _all_of(when)
    return Known(
        reply_kind=_reply_kind(tx, run) if any(one.reply_kind for one in asked) else None,
        stage=stage_name(tx, contact.id, brand_id) if any(one.stage for one in asked) else None,
        tags=frozenset(list_tags(tx, contact.id)) if any(one.tag for one in asked) else frozenset(),
        fields={**contact.fields, **{name: getattr(contact, name) for name in PLAIN_FIELDS}},
        handles=_metrics(tx, contact.id) if any(one.handle for one in asked) else (),
    )


def _all_of(when: When) -> list[When]:
    return [when, *(_all_of(when.negated) if when.negated else ())]


def _reply_kind(tx: Tx, run: Enrolment) -> str | None:
    return tx.session.scalar(
        select(Message.reply_kind)
        .where(
            Message.contact_id == run.contact_id,
            Message.direction == "in",
            Message.kind == "reply",
            Message.at >= run.created_at,
        )
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(1)
    )


def _metrics(tx: Tx, contact_id: int) -> tuple[Metrics, ...]:
    return tuple(
        Metrics(
            platform=handle.platform,
            followers=handle.followers,
            avg_views=handle.avg_views,
            engagement_rate=None if handle.engagement_rate is None else round(handle.engagement_rate * 100, 6),
        )
        for handle in list_handles(tx, contact_id)
    )


def _take_branch(
    tx: Tx, run: Enrolment, sequence: Sequence, document: SequenceFile, step: Step, when: When
) -> int | None:
    holds, because = judge(when, read_known(tx, run, sequence.brand_id, when))
    taken = "then" if holds else "else"
    run.facts = {**run.facts, "branches": {**run.facts.get("branches", {}), step.key: taken}}
    _note(
        tx,
        run,
        sequence,
        "sequence_branch",
        say("%(key)s: %(taken)s, for %(because)s", key=step.key, taken=taken, because=because),
        step,
        taken=taken,
    )
    return document.flow.branch_of(run.next_step, holds=holds)


def _move_stage(tx: Tx, run: Enrolment, sequence: Sequence, step: Step) -> None:
    try:
        move_stage(tx, run.contact_id, sequence.brand_id, step.stage, actor=ACTOR, cause=sequence.name)
    except NotFoundError as error:
        # Stages may be renamed while a sequence runs; one step less must not hold up everybody else.
        _note(tx, run, sequence, "step_skipped", say("Left out: %(key)s. %(error)s", key=step.key, error=error), step)


def _set_tag(tx: Tx, run: Enrolment, sequence: Sequence, step: Step) -> None:
    if tx.session.get(ContactTag, (run.contact_id, step.tag)) is None:
        tx.session.add(ContactTag(contact_id=run.contact_id, tag=step.tag))
        _note(
            tx,
            run,
            sequence,
            "tag",
            say("Tagged %(tag)s (%(name)s)", tag=step.tag, name=sequence.name),
            step,
            tag=step.tag,
        )
        tx.session.flush()


def _note(tx: Tx, run: Enrolment, sequence: Sequence, kind: str, summary: str, step: Step, **facts: str) -> None:
    record_entry(
        tx,
        run.contact_id,
        kind,
        summary,
        actor=ACTOR,
        brand_id=sequence.brand_id,
        data={"sequence": sequence.name, "enrolment": run.id, "step": step.key, **facts},
    )
