"""Use cases: the review queue: drafts that wait for a person's yes. Every stop is checked again at approval."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from crm.contacts import display_name
from crm.models import Contact, Mailbox
from crm.timeline import record_entry
from kit.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from kit.tx import Tx
from sequences.gate import check_stops
from sequences.links import Links
from sequences.models import Enrolment, Send, SendBody, Sequence, SequenceVersion
from sequences.pitch import check_pitch, render_pitch
from sequences.planning import fill_body, make_footer, values_for
from sequences.runs import document_for, schedule_next, stale_at, stop_run
from sequences.settlement import record_cancelled
from sequences.stop_rules import Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One mail to read before it leaves. `gaps` keep it from leaving; `warnings` are worth a thought."""

    send_id: int
    contact_id: int
    contact_name: str
    sequence_name: str
    step_key: str
    email: str
    subject: str
    personal_line: str
    text: str
    html: str
    due_at: datetime
    mailbox_address: str
    gaps: tuple[str, ...]
    warnings: tuple[str, ...]


def list_drafts(tx: Tx, *, limit: int = 200) -> list[Draft]:
    """Return what waits for approval, the earliest due first."""
    rows = tx.session.execute(
        select(Send, SendBody, Contact, Enrolment, Sequence, Mailbox)
        .join(SendBody, SendBody.send_id == Send.id)
        .join(Contact, Contact.id == Send.contact_id)
        .join(Enrolment, Enrolment.id == Send.enrolment_id)
        .join(Sequence, Sequence.id == Enrolment.sequence_id)
        .join(Mailbox, Mailbox.id == Send.mailbox_id)
        .where(Send.state == "draft")
        .order_by(Send.due_at, Send.id)
        .limit(limit)
    ).all()
    lines = _lines_used([(row[3].personal_line or row[2].personal_line) for row in rows])
    return [_draft(*row, lines=lines) for row in rows]


def approve(tx: Tx, send_id: int, *, actor: str) -> Send:
    """Let a draft leave when it is due; refused while something is missing or a stop forbids it."""
    send = _get_draft(tx, send_id)
    verdict = check_stops(tx, send)
    if isinstance(verdict, Stop):
        send.state, send.reason, send.settled_at = "cancelled", verdict.sentence, tx.now
        record_cancelled(tx, send, verdict)
        return send
    gaps = send.explanation.get("gaps") or []
    if gaps:
        raise InvalidError(f"Still missing: {', '.join(gaps)}.")
    send.state, send.approved_by = "scheduled", actor
    send.due_at = max(send.due_at, tx.now)
    send.expires_at = stale_at(send.due_at)
    return send


def save_personal_line(tx: Tx, send_id: int, line: str, *, links: Links) -> Draft:
    """Write the one true thing about this person into the draft."""
    send = _get_draft(tx, send_id)
    run = tx.session.get_one(Enrolment, send.enrolment_id)
    run.personal_line = line.strip()
    tx.session.flush()
    _render_again(tx, send, run, links)
    return _one(tx, send_id)


def edit(tx: Tx, send_id: int, subject: str, body: str, *, links: Links) -> Draft:
    """Replace the text of one draft by Markdown of a person's own; merge fields still work."""
    send = _get_draft(tx, send_id)
    faults = [fault.sentence for source in (subject, body) for fault in check_pitch(source)]
    if faults:
        raise InvalidError(" ".join(faults), faults=tuple(faults))
    run = tx.session.get_one(Enrolment, send.enrolment_id)
    tx.session.get_one(SendBody, send.id).source = body
    send.explanation = {**send.explanation, "own_subject": subject.strip() or None, "edited": True}
    _render_again(tx, send, run, links)
    return _one(tx, send_id)


def skip_draft(tx: Tx, send_id: int, *, actor: str) -> None:
    """Leave this step out for this person; the run goes on with the next one, counted from when this one was due."""
    send = _get_draft(tx, send_id)
    send.state, send.reason, send.settled_at = "cancelled", "Left out in review.", tx.now
    run = tx.session.get_one(Enrolment, send.enrolment_id)
    record_entry(
        tx,
        send.contact_id,
        "step_skipped",
        f"Left out: {send.step_key}",
        actor=actor,
        brand_id=send.brand_id,
        data={"send": send.id},
    )
    # Never from the step before: the next one would be due at once (A10).
    run.last_sent_at = max(send.due_at, tx.now)
    schedule_next(tx, run)


def take_out(tx: Tx, send_id: int, *, actor: str) -> None:
    """Take this person out of the sequence."""
    send = _get_draft(tx, send_id)
    run = tx.session.get_one(Enrolment, send.enrolment_id)
    stop_run(tx, run, Stop(reason="taken_out", sentence="Taken out in review."), actor=actor)


def _get_draft(tx: Tx, send_id: int) -> Send:
    send = tx.session.get(Send, send_id)
    if send is None:
        raise NotFoundError("There is no such draft.")
    if send.state == "cancelled":
        raise RefusedError(f"This draft was taken back: {send.reason}")
    if send.state != "draft":
        raise ConflictError("Somebody has approved this draft already.")
    return send


def _render_again(tx: Tx, send: Send, run: Enrolment, links: Links) -> None:
    version = tx.session.get_one(SequenceVersion, run.version_id)
    document = document_for(tx, run)
    step = document.steps[send.step]
    text = next((one for one in step.texts() if one.key == send.variant), step.texts()[0])
    body = tx.session.get_one(SendBody, send.id)
    source = body.source or version.bodies[text.body]
    subject = send.explanation.get("own_subject") or text.subject
    footer = make_footer(tx, run, links)
    rendered = render_pitch(subject, source, values_for(tx, run, document), footer=footer)
    fill_body(send, body, rendered)
    tx.session.flush()


def _one(tx: Tx, send_id: int) -> Draft:
    return next(draft for draft in list_drafts(tx, limit=10_000) if draft.send_id == send_id)


def _draft(
    send: Send,
    body: SendBody,
    contact: Contact,
    run: Enrolment,
    sequence: Sequence,
    mailbox: Mailbox,
    *,
    lines: dict[str, int],
) -> Draft:
    line = run.personal_line or contact.personal_line
    warnings = ["Another draft has the same personal line."] if line and lines[line] > 1 else []
    gaps = tuple(send.explanation.get("gaps") or ())
    return Draft(
        send_id=send.id,
        contact_id=contact.id,
        contact_name=display_name(contact),
        sequence_name=sequence.name,
        step_key=send.step_key or "",
        email=send.email,
        subject=send.subject,
        personal_line=line,
        text=body.text or (body.source if gaps else ""),
        html=body.html,
        due_at=send.due_at,
        mailbox_address=mailbox.address,
        gaps=gaps,
        warnings=tuple(warnings),
    )


def _lines_used(lines: list[str]) -> dict[str, int]:
    return {line: lines.count(line) for line in set(lines)}
