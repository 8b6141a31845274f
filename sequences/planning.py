"""Use cases: from a due step to a row that may be sent, or a task a person does.

Advancing the run and inserting the send are one transaction with one unique key, so no step exists twice (A3).
"""

from dataclasses import replace

from sqlalchemy import select

from crm.models import Brand, Contact, Mailbox, Task
from crm.tasks import find_task_by_ref
from crm.timeline import record_entry
from kit.tx import Tx
from mailer.addresses import domain_of
from mailer.message_id import new_message_id
from sequences.authoring import document_of
from sequences.hours import contact_zone
from sequences.links import Links
from sequences.models import Enrolment, Send, SendBody, Sequence, SequenceVersion
from sequences.pitch import Footer, Gaps, Rendered
from sequences.runs import OPEN, document_for, due_of_next, schedule_next, stale_at
from sequences.sequence_file import SequenceFile, Step, Variant
from sequences.texts import OPT_OUT_SENTENCE, Values, draw_variant, render_variant
from sequences.values import merge_values


def plan_due(tx: Tx, links: Links, *, limit: int = 100) -> int:
    """Plan the next step of runs that are due; return how many were planned."""
    due = (
        select(Enrolment)
        .join(Sequence, Sequence.id == Enrolment.sequence_id)
        .where(Enrolment.state == "active", Enrolment.next_at <= tx.now, Sequence.state == "live")
        .order_by(Enrolment.next_at, Enrolment.id)
        .limit(limit)
        .with_for_update(of=Enrolment, skip_locked=True)
    )
    runs = list(tx.session.scalars(due))
    for run in runs:
        plan_step(tx, run, links)
    return len(runs)


def plan_step(tx: Tx, run: Enrolment, links: Links) -> None:
    """Turn a run's next step into a send or a task, and advance the run."""
    version = tx.session.get_one(SequenceVersion, run.version_id)
    document = document_of(version)
    step = document.steps[run.next_step]
    if step.kind == "task":
        _plan_task(tx, run, version, document, step)
    else:
        _plan_mail(tx, run, version, document, step, make_footer(tx, run, links))
    run.next_step += 1
    run.next_at = None
    tx.session.flush()


def make_footer(tx: Tx, run: Enrolment, links: Links) -> Footer:
    """Return what every mail to a stranger ends with: who writes, from where, and the way out."""
    sequence = tx.session.get_one(Sequence, run.sequence_id)
    brand = tx.session.get_one(Brand, sequence.brand_id)
    address = f"{brand.name}, {brand.postal_address}" if brand.postal_address else brand.name
    mailbox = tx.session.get_one(Mailbox, run.mailbox_id)
    url = links.opt_out_url(run.email, smtp_url=mailbox.smtp_url, mailbox=mailbox.address)
    return Footer(postal_address=address, opt_out_sentence=OPT_OUT_SENTENCE, opt_out_url=url)


def values_for(tx: Tx, run: Enrolment, document: SequenceFile) -> Values:
    """Return the merge fields of a run."""
    sequence = tx.session.get_one(Sequence, run.sequence_id)
    return merge_values(
        tx,
        tx.session.get_one(Contact, run.contact_id),
        tx.session.get_one(Brand, sequence.brand_id),
        tx.session.get_one(Mailbox, run.mailbox_id),
        document,
        email=run.email,
        personal_line=run.personal_line,
    )


def _plan_mail(
    tx: Tx, run: Enrolment, version: SequenceVersion, document: SequenceFile, step: Step, footer: Footer
) -> None:
    values = values_for(tx, run, document)
    text = draw_variant(version, step, values, tx.rng)
    rendered = render_variant(version, text, values, footer=footer)
    due = due_of_next(tx, run, document)
    earlier = _earlier_mails(tx, run)
    send = _insert_send(tx, run, step, text, is_follow_up=any(mail.state != "cancelled" for mail in earlier))
    send.planned_at, send.due_at, send.expires_at = due.at, max(due.at, tx.now), stale_at(max(due.at, tx.now))
    send.explanation = {
        "wait": str(step.waits) if step.waits else "none",
        "wanted_at": due.wanted_at.isoformat(),
        "shifts": list(due.shifts),
        "version": version.number,
    }
    if isinstance(rendered, Rendered) and not rendered.subject and send.thread_id is None:
        # The mail whose thread this one was to continue was left out: its subject opens the conversation.
        rendered = _with_subject_of(earlier, rendered)
    needs_review = step.review == "required" or isinstance(rendered, Gaps)
    send.state = "draft" if needs_review else "scheduled"
    tx.session.add(send)
    tx.session.flush()
    body = SendBody(send_id=send.id, source=version.bodies[text.body])
    tx.session.add(body)
    fill_body(send, body, rendered)


def _earlier_mails(tx: Tx, run: Enrolment) -> list[Send]:
    query = select(Send).where(Send.enrolment_id == run.id, Send.step < run.next_step)
    return list(tx.session.scalars(query.order_by(Send.step.desc())))


def _with_subject_of(earlier: list[Send], rendered: Rendered) -> Rendered | Gaps:
    subject = next((mail.subject for mail in earlier if mail.subject), "")
    return replace(rendered, subject=subject) if subject else Gaps(faults=("The subject is empty.",))


def fill_body(send: Send, body: SendBody, rendered: Rendered | Gaps) -> None:
    """Put a rendering into a send; what is missing keeps it a draft with the list of gaps."""
    if isinstance(rendered, Gaps):
        body.text, body.html = "", ""
        send.explanation = {**send.explanation, "gaps": [*rendered.fields, *rendered.faults]}
        return
    send.subject = rendered.subject
    body.text, body.html = rendered.text, rendered.html
    send.explanation = {**send.explanation, "gaps": []}


def _insert_send(tx: Tx, run: Enrolment, step: Step, text: Variant, *, is_follow_up: bool) -> Send:
    sequence = tx.session.get_one(Sequence, run.sequence_id)
    mailbox = tx.session.get_one(Mailbox, run.mailbox_id)
    return Send(
        enrolment_id=run.id,
        step_key=step.key,
        step=run.next_step,
        sequence_id=run.sequence_id,
        contact_id=run.contact_id,
        brand_id=sequence.brand_id,
        mailbox_id=run.mailbox_id,
        thread_id=run.thread_id if step.thread == "same" else None,
        email=run.email,
        domain=domain_of(run.email),
        variant=text.key,
        is_follow_up=is_follow_up,
        rfc_id=new_message_id(tx.rng, domain=mailbox.address.rpartition("@")[2], now=tx.now),
        created_at=tx.now,
    )


def _plan_task(tx: Tx, run: Enrolment, version: SequenceVersion, document: SequenceFile, step: Step) -> None:
    values = values_for(tx, run, document)
    text = draw_variant(version, step, values, tx.rng)
    rendered = render_variant(version, text, values, footer=None)
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
        step.title or f"To do by hand: {step.key}",
        actor="system",
        brand_id=sequence.brand_id,
        data={"sequence": sequence.name, "step": step.key},
    )


def task_ref(run: Enrolment, step: Step) -> str:
    """Return the key that ties a task to the step of a run."""
    return f"run:{run.id}:{step.key}"


def complete_step_task(tx: Tx, task: Task) -> None:
    """Let a run go on once the step that a person does is done; its next wait counts from now."""
    if not task.ref or not task.ref.startswith("run:"):
        return
    _, run_id, key = task.ref.split(":", 2)
    run = tx.session.get(Enrolment, int(run_id))
    if run is None or run.state not in OPEN or run.next_at is not None:
        return
    # Only the step the run stands at: ticked off again later, it must not push the run past a waiting mail.
    if document_for(tx, run).steps[run.next_step - 1].key == key:
        run.last_sent_at = tx.now
        schedule_next(tx, run)
