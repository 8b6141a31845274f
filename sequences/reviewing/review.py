"""Use cases: deciding about drafts that wait for a person's yes. Every stop is checked again at approval."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import select

from crm.contacts import lock_contact, lock_contacts, refresh_search_text
from crm.models import Change, Contact, User
from crm.timeline import record_entry
from kit.errors import ConflictError, InvalidError, NotFoundError, RefusedError, say
from kit.tx import Tx
from sequences.course import leaving
from sequences.course.planning import fill_body, make_footer
from sequences.course.runs import document_for, schedule_next, stale_at
from sequences.models import Enrolment, Send, SendBody
from sequences.pitches.merge_fields import is_field
from sequences.pitches.own_fields import CUSTOM, fill_own
from sequences.pitches.pitch import Gaps, Rendered, check_pitch, render_pitch
from sequences.reviewing.drafts import Draft, DraftRow, filled_values, get_draft, list_drafts, mark_of, subject_of
from sequences.reviewing.later import due_of, move_to, put_last
from sequences.reviewing.undoing import note_left_out, read_run
from sequences.sending.gate import check_stops
from sequences.sending.links import Links
from sequences.sending.settlement import record_cancelled
from sequences.sending.stop_rules import Hold, Stop

__all__ = ["Changes", "Draft", "DraftRow", "approve", "edit", "explain_decided", "list_drafts", "put_off",
           "revise", "save_personal_line", "skip_draft", "take_out"]  # fmt: skip

# What is a fact about the person is kept with the person; anything else is filled in for the one mail.
_OWN_FACTS = ("name", "first_name", "last_name", "city", "topic", "pronouns")
_MAX_FILL = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a person changed in a draft; None leaves a part as it is.

    `filled` are values for missing fields by their dotted names. `seen` is the mark of the draft they looked at.
    """

    subject: str | None = None
    body: str | None = None
    personal_line: str | None = None
    filled: Mapping[str, str] = field(default_factory=dict)
    seen: str = ""


def approve(tx: Tx, send_id: int, *, actor: str, undo_s: float = 0) -> Send:
    """Let a draft leave when it is due; refused while something is missing, cancelled when a stop forbids it.

    It waits `undo_s` seconds at least, in which the yes can be taken back before anybody tries to send it. What only
    holds it for now does not undo the yes: it is scheduled, and `reason` says what it waits for.
    """
    send, _ = _lock(tx, send_id)
    verdict = check_stops(tx, send)
    if isinstance(verdict, Stop):
        send.state, send.reason, send.settled_at = "cancelled", verdict.sentence, tx.now
        record_cancelled(tx, send, verdict)
        return send
    gaps = send.explanation.get("gaps") or []
    if gaps:
        raise InvalidError(say("Still missing: %(list)s.", list=", ".join(gaps)), code="gaps")
    send.state, send.approved_by = "scheduled", actor
    send.reason = verdict.sentence if isinstance(verdict, Hold) else ""
    move_to(send, max(due_of(send), tx.now + timedelta(seconds=undo_s)))
    send.expires_at = stale_at(send.due_at)
    return send


def revise(tx: Tx, send_id: int, changes: Changes, *, actor: str, links: Links) -> Draft:
    """Change the words of a draft and write it again; nothing is changed when a text is at fault.

    Raises ConflictError with the code "changed" when somebody else changed it since it was looked at.
    """
    send, run = _lock(tx, send_id)
    contact = tx.session.get_one(Contact, send.contact_id)
    body, subject = tx.session.get_one(SendBody, send.id), subject_of(document_for(tx, run), send)
    line = run.personal_line or contact.personal_line
    if changes.seen and changes.seen != mark_of(send, body.source, subject, line):
        raise ConflictError(say("Somebody else changed this draft while you had it open."), code="changed")
    written = _check_texts(changes)
    changed = [
        changes.personal_line is not None and _set_line(run, changes.personal_line, line),
        _set_texts(send, body, written, subject),
        _fill(tx, send, contact, changes.filled, actor),
    ]
    if any(changed):
        tx.session.flush()
        _render_again(tx, send, run, body, links)
    return get_draft(tx, send_id, links=links)


def save_personal_line(tx: Tx, send_id: int, line: str, *, links: Links) -> Draft:
    """Write the one true thing about this person into the draft."""
    return revise(tx, send_id, Changes(personal_line=line), actor="system", links=links)


def edit(tx: Tx, send_id: int, subject: str, body: str, *, links: Links) -> Draft:
    """Replace the text of one draft by Markdown of a person's own; merge fields still work."""
    return revise(tx, send_id, Changes(subject=subject, body=body), actor="system", links=links)


def put_off(tx: Tx, send_id: int) -> None:
    """Put a draft last in the queue; nothing is decided about it."""
    send, _ = _lock(tx, send_id)
    put_last(tx, send)


def skip_draft(tx: Tx, send_id: int, *, actor: str) -> Change:
    """Leave this step out for this person; the run goes on with the next one, counted from when this one was due."""
    send, run = _lock(tx, send_id)
    before = read_run(run)
    send.state, send.reason, send.settled_at = "cancelled", say("Left out in review."), tx.now
    record_entry(
        tx,
        send.contact_id,
        "step_skipped",
        say("Left out: %(step_key)s", step_key=send.step_key),
        actor=actor,
        brand_id=send.brand_id,
        data={"send": send.id},
    )
    # Never from the step before: the next one would be due at once (A10).
    run.last_sent_at = max(due_of(send), tx.now)
    schedule_next(tx, run)
    return note_left_out(tx, send, run, before, actor=actor)


def take_out(tx: Tx, send_id: int, *, actor: str) -> Change:
    """Take this person out of the sequence."""
    contact_id = tx.session.scalar(select(Send.contact_id).where(Send.id == send_id))
    lock_contacts(tx, [contact_id] if contact_id else [])  # before the run, as all who take people out
    _, run = _lock(tx, send_id)
    return leaving.take_out(tx, run.sequence_id, run.id, actor=actor)


def explain_decided(tx: Tx, send_id: int) -> str:
    """Return in a sentence what became of a draft that no longer waits, and who decided."""
    send = tx.session.get(Send, send_id)
    if send is None:
        return say("There is no such draft.")
    if send.state == "cancelled":
        return say("This draft was taken back: %(reason)s", reason=send.reason)
    return say("%(name_of)s has approved this draft already.", name_of=_name_of(tx, send.approved_by))


def _lock(tx: Tx, send_id: int) -> tuple[Send, Enrolment]:
    """Return a draft and its run as they are now, closed to others: of two people at once, the second is told.

    The run first, as all who end runs do, so that nobody waits for each other.
    """
    tx.session.flush()
    run_id = tx.session.scalar(select(Send.enrolment_id).where(Send.id == send_id))
    if run_id is None:
        raise NotFoundError(say("There is no such draft."))
    run = tx.session.get_one(Enrolment, run_id, with_for_update=True, populate_existing=True)
    send = tx.session.get_one(Send, send_id, with_for_update=True, populate_existing=True)
    if send.state != "draft":
        kind = RefusedError if send.state == "cancelled" else ConflictError
        raise kind(explain_decided(tx, send_id), code="decided")
    return send, run


def _name_of(tx: Tx, actor: str) -> str:
    kind, _, number = actor.partition(":")
    user = tx.session.get(User, int(number)) if kind == "user" and number.isdigit() else None
    return user.name if user and user.name else "Somebody"


def _check_texts(changes: Changes) -> tuple[str | None, str | None]:
    subject = changes.subject.strip() if changes.subject is not None else None
    body = changes.body.replace("\r\n", "\n") if changes.body is not None else None
    faults = [fault.sentence for source in (subject, body) if source for fault in check_pitch(source)]
    if faults:
        raise InvalidError(" ".join(faults), faults=tuple(faults))
    return subject, body


def _set_line(run: Enrolment, given: str, line: str) -> bool:
    given = given.replace("\r\n", "\n").strip()
    if given == line.strip():
        return False
    run.personal_line = given
    return True


def _set_texts(send: Send, body: SendBody, written: tuple[str | None, str | None], subject: str | None) -> bool:
    own, text = written
    changed = False
    if own is not None and own != (subject or ""):
        send.explanation = {**send.explanation, "own_subject": own or None, "edited": True}
        changed = True
    if text is not None and text.strip() != body.source.strip():
        body.source = text
        send.explanation = {**send.explanation, "edited": True}
        changed = True
    return changed


def _fill(tx: Tx, send: Send, contact: Contact, filled: Mapping[str, str], actor: str) -> bool:
    """Put values where fields are missing; only what the mail asks for is taken."""
    given = {path: " ".join(text.split())[:_MAX_FILL] for path, text in filled.items() if is_field(path)}
    given = {path: text for path, text in given.items() if text and path != "contact.personal_line"}
    here = {}
    lock_contact(tx, contact.id)
    for path, text in given.items():
        name = path.removeprefix("contact.")
        if path.startswith(CUSTOM) and fill_own(tx, contact, path, text, actor=actor):
            continue
        if path.startswith(CUSTOM):
            contact.fields = {**contact.fields, path.removeprefix(CUSTOM): text}
        elif path.startswith("contact.") and name in _OWN_FACTS:
            setattr(contact, name, text)
        else:
            here[path] = text
            continue
        record_entry(tx, contact.id, "fact", f"{name.removeprefix('custom.')}: {text}", actor=actor, data={name: text})
    if here:
        send.explanation = {**send.explanation, "filled": {**send.explanation.get("filled", {}), **here}}
    if len(here) < len(given):
        refresh_search_text(tx, contact)
    return bool(given)


def _render_again(tx: Tx, send: Send, run: Enrolment, body: SendBody, links: Links) -> None:
    document = document_for(tx, run)
    values, footer = filled_values(tx, run, document, send), make_footer(tx, run, links)
    rendered = render_pitch(subject_of(document, send), body.source, values, footer=footer)
    if isinstance(rendered, Rendered) and not rendered.subject and send.thread_id is None:
        rendered = _with_opening_subject(tx, send, rendered)
    fill_body(send, body, rendered)
    tx.session.flush()


def _with_opening_subject(tx: Tx, send: Send, rendered: Rendered) -> Rendered | Gaps:
    """The mail whose conversation this one was to continue was left out: its subject opens the conversation."""
    earlier = select(Send.subject).where(Send.enrolment_id == send.enrolment_id, Send.step < send.step)
    found = send.subject or tx.session.scalar(earlier.where(Send.subject != "").order_by(Send.step.desc()).limit(1))
    return replace(rendered, subject=found) if found else Gaps(faults=(say("The subject is empty."),))
