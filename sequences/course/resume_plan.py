"""Use cases: going on after a pause: every date moves on by its length, into an open window; shown before it is done.

A10 holds as ever: a step counts from the mail before it, and limits are asked when a mail leaves.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update

from crm.contacts import display_name
from crm.models import Contact, Mailbox
from kit.errors import ConflictError, say
from kit.tx import Tx
from sequences.course.hours import hours_at
from sequences.course.schedule import Hours, open_from
from sequences.models import Enrolment, Send, Sequence, SequenceVersion
from sequences.versions.flow import OWN_KINDS
from sequences.versions.published import document_of, refuse_archived
from sequences.versions.sequence_file import SequenceFile

_OPEN = ("active", "held")
_WAITING = ("draft", "scheduled")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumedStep:
    """The next step of one person, before and after; `new_at` is None for a mail that is too old and is left out.

    `send_id` is None while the step is no row yet.
    """

    contact_id: int
    name: str
    email: str
    mailbox_id: int
    enrolment_id: int
    send_id: int | None
    step: str
    old_at: datetime
    new_at: datetime | None
    expires_at: datetime | None = None


class _Waiting(NamedTuple):
    """A run that waits for its next step, or for a mail of it."""

    run: Enrolment
    contact: Contact
    send: Send | None


def plan_resume(tx: Tx, sequence: Sequence) -> list[ResumedStep]:
    """Return what going on now would do to each person's next step, the earliest first; nothing is changed.

    These are the earliest dates: windows and waits are in them, limits let a few leave at a time.
    """
    refuse_archived(sequence)
    if sequence.state != "paused" or sequence.paused_at is None:
        raise ConflictError(say("%(name)s is not paused.", name=sequence.name))
    clocks = _Clocks(tx)
    steps = [_plan(tx, clocks, one, sequence.paused_at) for one in _read_waiting(tx, sequence)]
    return sorted(steps, key=lambda one: (one.new_at or one.old_at, one.enrolment_id))


def resume_sequence(tx: Tx, sequence: Sequence) -> list[ResumedStep]:
    """Go on as planned: no date comes nearer, nothing fires at once, what is too old never leaves."""
    tx.session.flush()
    runs = select(Enrolment.id).where(Enrolment.sequence_id == sequence.id, Enrolment.state.in_(_OPEN))
    tx.session.execute(runs.order_by(Enrolment.id).with_for_update())
    steps = plan_resume(tx, sequence)
    sequence.state, sequence.paused_at = "live", None
    # A person looked: what bounced before counts against it no more.
    sequence.counted_from = tx.now
    runs_on = [{"id": one.enrolment_id, "next_at": one.new_at} for one in steps if one.send_id is None]
    # What is too old comes up now, so that its re-check cancels it with the reason: it is never handed over.
    sends_on = [
        {"id": one.send_id, "due_at": one.new_at or tx.now, "expires_at": one.expires_at}
        for one in steps
        if one.send_id
    ]
    tx.session.flush()
    if runs_on:
        tx.session.execute(update(Enrolment), runs_on)
    if sends_on:
        tx.session.execute(update(Send), sends_on)
    tx.session.expire_all()
    return steps


def _read_waiting(tx: Tx, sequence: Sequence) -> list[_Waiting]:
    """Return the open runs with a date of their own, and the mails that wait."""
    is_open = (Enrolment.sequence_id == sequence.id, Enrolment.state.in_(_OPEN))
    runs = (
        select(Enrolment, Contact)
        .join(Contact, Contact.id == Enrolment.contact_id)
        .where(*is_open, Enrolment.next_at.is_not(None))
    )
    sends = (
        select(Enrolment, Contact, Send)
        .join(Contact, Contact.id == Enrolment.contact_id)
        .join(Send, Send.enrolment_id == Enrolment.id)
        .where(*is_open, Send.state.in_(_WAITING))
    )
    found = [_Waiting(run, contact, None) for run, contact in tx.session.execute(runs)]
    return found + [_Waiting(run, contact, send) for run, contact, send in tx.session.execute(sends)]


def _plan(tx: Tx, clocks: "_Clocks", one: _Waiting, paused_at: datetime) -> ResumedStep:
    run, send = one.run, one.send
    # Whoever joined during the pause has waited only since then.
    missed = tx.now - max(paused_at, run.created_at if send is None else paused_at)
    old_at = send.due_at if send else (run.next_at or tx.now)
    new_at: datetime | None = clocks.opens(run, one.contact, max(old_at + missed, tx.now), own=send is None)
    expires_at = send.expires_at + missed if send and send.expires_at else None
    if send and send.state == "scheduled" and expires_at and expires_at <= (new_at or tx.now):
        new_at = None
    return ResumedStep(
        contact_id=run.contact_id,
        name=display_name(one.contact) or run.email,
        email=run.email,
        mailbox_id=run.mailbox_id,
        enrolment_id=run.id,
        send_id=send.id if send else None,
        step=send.step_key or "" if send else clocks.step_of(run),
        old_at=old_at,
        new_at=new_at,
        expires_at=expires_at,
    )


class _Clocks:
    """The texts and hours of many runs, each read once."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._session = tx.session
        self._documents: dict[int, SequenceFile] = {}
        self._hours: dict[tuple[int, int, str | None, str | None], Hours] = {}

    def step_of(self, run: Enrolment) -> str:
        """Return the key of the step a run comes to next."""
        steps = self._document_of(run).flow.steps
        return steps[run.next_step].key if run.next_step < len(steps) else ""

    def opens(self, run: Enrolment, contact: Contact, at: datetime, *, own: bool) -> datetime:
        """Return when the window is open from an instant on; with `own`, at once for what no window binds."""
        document = self._document_of(run)
        steps = document.flow.steps
        if own and (run.next_step >= len(steps) or steps[run.next_step].kind in OWN_KINDS):
            return at
        key = (run.version_id, run.mailbox_id, contact.zone, contact.country)
        if key not in self._hours:
            mailbox = self._session.get_one(Mailbox, run.mailbox_id)
            self._hours[key] = hours_at(self._tx, document, contact.zone, contact.country, mailbox)
        return open_from(at, self._hours[key])

    def _document_of(self, run: Enrolment) -> SequenceFile:
        if run.version_id not in self._documents:
            self._documents[run.version_id] = document_of(self._session.get_one(SequenceVersion, run.version_id))
        return self._documents[run.version_id]
