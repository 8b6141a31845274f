"""Use cases: from a due step to a row that may be sent, or a task a person does.

Advancing the run and inserting the send are one transaction with one unique key, so no step exists twice (A3).
"""

from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import insert, select

from crm.models import Brand, Contact, Mailbox, Task
from crm.tasks import find_task_by_ref
from crm.timeline import record_entry
from kit.errors import say
from kit.tx import Tx
from mailer.addresses import domain_of
from mailer.message_id import new_message_id
from sequences.course.due_runs import DueRuns, read_due
from sequences.course.hours import contact_zone
from sequences.course.own_steps import do_own_step
from sequences.course.runs import OPEN, document_for, due_of_next, finish_run, move_on, schedule_next, stale_at
from sequences.models import Enrolment, Send, SendBody, Sequence, SequenceVersion
from sequences.pitches.pitch import Footer, Gaps, Rendered
from sequences.pitches.texts import Values, draw_seed, write_step
from sequences.pitches.values import merge_values
from sequences.sending.footers import brand_footer
from sequences.sending.links import Links
from sequences.versions.authoring import document_of
from sequences.versions.flow import OWN_KINDS
from sequences.versions.sequence_file import SequenceFile, Step, Variant

Row = dict[str, Any]


@dataclass(slots=True)
class _Plan:
    """One round of planning: what was read for it, and the mails to store at its end."""

    due: DueRuns
    links: Links
    mails: list[tuple[Row, Row]] = field(default_factory=list)


def plan_due(tx: Tx, links: Links, *, limit: int = 100) -> int:
    """Plan the next step of runs that are due; return how many were planned."""
    plan = _Plan(due=read_due(tx, limit), links=links)
    # One run's tag or stage is seen by the next through explicit flushes; between them nothing needs to be written.
    with tx.session.no_autoflush:
        for run in plan.due.runs:
            _walk(tx, run, plan)
    _store(tx, plan)
    return len(plan.due.runs)


def _walk(tx: Tx, run: Enrolment, plan: _Plan) -> None:
    """Do a run's due steps one after the other, up to a mail, a task, a later date or the end."""
    version = tx.session.get_one(SequenceVersion, run.version_id)
    document = document_of(version)
    steps = document.flow.steps
    while run.state == "active" and run.next_at is not None and run.next_at <= tx.now:
        if run.next_step >= len(steps):
            finish_run(tx, run)
            return
        step = steps[run.next_step]
        if any(send.step_key == step.key for send in plan.due.sends.get(run.id, ())):
            # Moved to a version in which a step that was sent comes again: nobody gets it twice.
            move_on(run, document, document.flow.next_of(run.next_step))
            schedule_next(tx, run, document)
        elif step.kind in OWN_KINDS:
            tx.session.flush()
            do_own_step(tx, run, document, step)
            tx.session.flush()
        else:
            _plan_text(tx, run, version, document, step, plan)
            move_on(run, document, document.flow.next_of(run.next_step))
            run.next_at = None


def _plan_text(
    tx: Tx, run: Enrolment, version: SequenceVersion, document: SequenceFile, step: Step, plan: _Plan
) -> None:
    values = values_for(tx, run, document, known=plan.due)
    seed = draw_seed(run.sequence_id, run.contact_id, step.key)
    footer = make_footer(tx, run, plan.links) if step.kind == "email" else None
    text, rendered = write_step(version, step, values, seed=seed, footer=footer)
    if step.kind == "task":
        _plan_task(tx, run, document, step, rendered)
    else:
        earlier = [mail for mail in plan.due.sends.get(run.id, ()) if mail.step < run.next_step]
        plan.mails.append(_plan_mail(tx, run, version, step, (text, rendered), earlier))


def _store(tx: Tx, plan: _Plan) -> None:
    """Store the mails of a round and their bodies: three statements, however many they are."""
    tx.session.flush()
    if not plan.mails:
        return
    tx.session.execute(insert(Send), [mail for mail, _ in plan.mails])
    ids = select(Send.rfc_id, Send.id).where(Send.rfc_id.in_([mail["rfc_id"] for mail, _ in plan.mails]))
    numbers = {row[0]: row[1] for row in tx.session.execute(ids)}
    tx.session.execute(insert(SendBody), [{"send_id": numbers[mail["rfc_id"]], **body} for mail, body in plan.mails])


def make_footer(tx: Tx, run: Enrolment, links: Links) -> Footer:
    """Return what every mail to a stranger ends with: who writes, from where, and the way out."""
    sequence = tx.session.get_one(Sequence, run.sequence_id)
    brand = tx.session.get_one(Brand, sequence.brand_id)
    return brand_footer(brand, tx.session.get_one(Mailbox, run.mailbox_id), run.email, links)


def values_for(tx: Tx, run: Enrolment, document: SequenceFile, *, known: DueRuns | None = None) -> Values:
    """Return the merge fields of a run; `known` saves asking for its handles and products again."""
    sequence = tx.session.get_one(Sequence, run.sequence_id)
    return merge_values(
        tx,
        tx.session.get_one(Contact, run.contact_id),
        tx.session.get_one(Brand, sequence.brand_id),
        tx.session.get_one(Mailbox, run.mailbox_id),
        document,
        email=run.email,
        personal_line=run.personal_line,
        handles=None if known is None else known.handles.get(run.contact_id, ()),
        products=None if known is None else known.products.get(sequence.brand_id, ()),
    )


def _plan_mail(
    tx: Tx,
    run: Enrolment,
    version: SequenceVersion,
    step: Step,
    written: tuple[Variant, Rendered | Gaps],
    earlier: list[Send],
) -> tuple[Row, Row]:
    """Return the row of a mail and the row of its body."""
    text, rendered = written
    due = due_of_next(tx, run, document_of(version))
    thread_id = run.thread_id if step.thread == "same" else None
    if isinstance(rendered, Rendered) and not rendered.subject and thread_id is None:
        # The mail whose thread this one was to continue was left out: its subject opens the conversation.
        rendered = _with_subject_of(earlier, rendered)
    due_at = max(due.at, tx.now)
    gaps = [*rendered.fields, *rendered.faults] if isinstance(rendered, Gaps) else []
    mail = {
        **_identity(tx, run, step),
        "thread_id": thread_id,
        "variant": text.key,
        "subject": "" if isinstance(rendered, Gaps) else rendered.subject,
        "is_follow_up": any(one.state != "cancelled" for one in earlier),
        "state": "draft" if step.review == "required" or gaps else "scheduled",
        "planned_at": due.at,
        "due_at": due_at,
        "expires_at": stale_at(due_at),
        "explanation": {
            "wait": str(step.waits) if step.waits else "none",
            "wanted_at": due.wanted_at.isoformat(),
            "shifts": list(due.shifts),
            "version": version.number,
            "gaps": gaps,
        },
    }
    said = ("", "") if isinstance(rendered, Gaps) else (rendered.text, rendered.html)
    return mail, {"source": version.bodies[text.body], "text": said[0], "html": said[1]}


def _identity(tx: Tx, run: Enrolment, step: Step) -> Row:
    """Return whose mail it is, which step of which run, and from where."""
    sequence = tx.session.get_one(Sequence, run.sequence_id)
    mailbox = tx.session.get_one(Mailbox, run.mailbox_id)
    return {
        "enrolment_id": run.id,
        "step_key": step.key,
        "step": run.next_step,
        "sequence_id": run.sequence_id,
        "contact_id": run.contact_id,
        "brand_id": sequence.brand_id,
        "mailbox_id": run.mailbox_id,
        "email": run.email,
        "domain": domain_of(run.email),
        "rfc_id": new_message_id(tx.rng, domain=mailbox.address.rpartition("@")[2], now=tx.now),
        "created_at": tx.now,
    }


def _with_subject_of(earlier: list[Send], rendered: Rendered) -> Rendered | Gaps:
    subject = next((mail.subject for mail in earlier if mail.subject), "")
    return replace(rendered, subject=subject) if subject else Gaps(faults=(say("The subject is empty."),))


def fill_body(send: Send, body: SendBody, rendered: Rendered | Gaps) -> None:
    """Put a rendering into a send; what is missing keeps it a draft with the list of gaps."""
    if isinstance(rendered, Gaps):
        body.text, body.html = "", ""
        send.explanation = {**send.explanation, "gaps": [*rendered.fields, *rendered.faults]}
        return
    send.subject = rendered.subject
    body.text, body.html = rendered.text, rendered.html
    send.explanation = {**send.explanation, "gaps": []}


def _plan_task(tx: Tx, run: Enrolment, document: SequenceFile, step: Step, rendered: Rendered | Gaps) -> None:
    contact = tx.session.get_one(Contact, run.contact_id)
    sequence = tx.session.get_one(Sequence, run.sequence_id)
    due = due_of_next(tx, run, document)
    ref = task_ref(run, step)
    if find_task_by_ref(tx, ref):
        return
    tx.session.add(
        Task(
            contact_id=contact.id,
            brand_id=sequence.brand_id,
            kind="step",
            ref=ref,
            channel=step.channel,
            title=step.title or f"{step.channel.title() or 'Task'} for {contact.name or run.email}",
            body=rendered.text if isinstance(rendered, Rendered) else "",
            due_on=due.at.astimezone(contact_zone(contact)).date(),
            assignee_id=contact.owner_id,
            created_at=tx.now,
        )
    )
    record_entry(
        tx,
        contact.id,
        "task",
        step.title or say("To do by hand: %(key)s", key=step.key),
        actor="system",
        brand_id=sequence.brand_id,
        data={"sequence": sequence.name, "step": step.key},
    )


def task_ref(run: Enrolment, step: Step) -> str:
    """Return the key that ties a task to the step of a run."""
    return f"run:{run.id}:{step.key}"


def complete_step_task(tx: Tx, task: Task) -> bool:
    """Let a run go on once the step that a person does is done; its next wait counts from then.

    Return whether the run stood at that step.
    """
    if not task.ref or not task.ref.startswith("run:"):
        return False
    _, run_id, key = task.ref.split(":", 2)
    run = tx.session.get(Enrolment, int(run_id))
    if run is None or run.state not in OPEN or run.next_at is not None:
        return False
    document = document_for(tx, run)
    flow = document.flow
    if key not in flow.index_of:
        return False
    following = document.flow.next_of(flow.index_of[key])
    # Only the step the run stands at: ticked off again later, it must not push the run past a waiting mail.
    if run.next_step != (len(flow.steps) if following is None else following):
        return False
    run.last_sent_at = task.done_at or tx.now
    schedule_next(tx, run)
    return True
