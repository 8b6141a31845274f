"""Use cases: where a mail of a sequence comes from, read for an explanation: run, version, step, mailbox, clock."""

from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from crm.history import name_numbers
from crm.models import Contact, Mailbox, Task, TimelineEntry, User
from crm.together import Rows, Together
from kit.errors import say
from kit.tx import Tx
from sequences.course.hours import hours_for
from sequences.course.schedule import Hours
from sequences.models import Attempt, Enrolment, Send, Sequence, SequenceVersion
from sequences.pitches.pitch_value import format_date
from sequences.versions.published import document_of
from sequences.versions.sequence_file import SequenceFile, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One part of a derivation: `about` names it for programs, `question` for people."""

    about: str
    question: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a mail of a sequence comes from. `index` and `step` are None when its version has no such step."""

    send: Send
    run: Enrolment
    contact: Contact
    sequence: Sequence
    version: SequenceVersion
    document: SequenceFile
    mailbox: Mailbox
    hours: Hours
    names: dict[str, str]
    records: "Records"

    @property
    def index(self) -> int | None:
        """The number of its step in the version that wrote it."""
        return self.document.flow.index_of.get(self.send.step_key or "")

    @property
    def step(self) -> Step | None:
        """The step that wrote it."""
        return None if self.index is None else self.document.flow.steps[self.index]


def read_origin(tx: Tx, send: Send, mailbox: Mailbox) -> Origin:
    """Read where a mail of a run comes from: the version that wrote it, even if the run follows another one by now."""
    query = select(Enrolment, Sequence, Contact, SequenceVersion).where(Enrolment.id == send.enrolment_id)
    query = query.join(Sequence, Sequence.id == Enrolment.sequence_id).join(Contact, Contact.id == Enrolment.contact_id)
    query = query.join(SequenceVersion, SequenceVersion.id == Enrolment.version_id)
    run, sequence, contact, follows = tx.session.execute(query).one()
    version = _find_version(tx, send, follows)
    document = document_of(version)
    records = read_records(tx, send, run)
    return Origin(
        send=send,
        run=run,
        contact=contact,
        sequence=sequence,
        version=version,
        document=document,
        mailbox=mailbox,
        hours=hours_for(tx, document, contact, mailbox),
        names=name_numbers(records.users),
        records=records,
    )


class Records(NamedTuple):
    """What is stored about a run beside its mail: its other mails, what was done by hand, tries, ways taken, names."""

    mails: Rows
    tasks: Rows
    attempts: Rows
    branches: Rows
    users: Rows


def read_records(tx: Tx, send: Send, run: Enrolment) -> Records:
    """Return what an explanation looks at, in one query."""
    values = {"send": send.id, "run": run.id, "tasks": f"run:{run.id}:%", "contact": run.contact_id}
    return Records(*(sorted(rows, key=itemgetter(0)) for rows in _RECORDS.ask(tx, values)))


_RECORDS = Together(
    select(Send.id, Send.step_key, Send.state, Send.sent_at, Send.due_at, Send.settled_at).where(
        Send.enrolment_id == bindparam("run"), Send.id != bindparam("send")
    ),
    select(Task.id, Task.ref, Task.done_at).where(Task.ref.like(bindparam("tasks"))),
    select(Attempt.id, Attempt.at, Attempt.outcome, Attempt.stage, Attempt.code, Attempt.text).where(
        Attempt.send_id == bindparam("send")
    ),
    select(TimelineEntry.id, TimelineEntry.data, TimelineEntry.summary).where(
        TimelineEntry.contact_id == bindparam("contact"), TimelineEntry.kind == "sequence_branch"
    ),
    select(User.id, User.name),
)


def name_actor(actor: str, names: dict[str, str]) -> str:
    """Return what to call somebody who acted."""
    programs: dict[str, str] = {"cli": say("the command line"), "": say("nobody")}
    return names.get(actor) or programs.get(actor, actor)


def say_when(at: datetime, zone: ZoneInfo) -> str:
    """Write an instant for people, with the clock it is read on."""
    local = at.astimezone(zone)
    return f"{format_date(local)}, {local:%H:%M} ({zone.key})"


def _find_version(tx: Tx, send: Send, follows: SequenceVersion) -> SequenceVersion:
    number = send.explanation.get("version")
    if not isinstance(number, int) or number == follows.number:
        return follows
    query = select(SequenceVersion).where(
        SequenceVersion.sequence_id == follows.sequence_id, SequenceVersion.number == number
    )
    return tx.session.scalars(query).first() or follows
