"""Use cases: where a mail of a sequence comes from, read for an explanation: run, version, step, mailbox, clock."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from crm.history import list_actor_names
from crm.models import Contact, Mailbox
from kit.tx import Tx
from sequences.course.hours import hours_for
from sequences.course.schedule import Hours
from sequences.models import Enrolment, Send, Sequence, SequenceVersion
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
    sequence: Sequence
    version: SequenceVersion
    document: SequenceFile
    mailbox: Mailbox
    hours: Hours
    names: dict[str, str]

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
    run = tx.session.get_one(Enrolment, send.enrolment_id)
    version = _find_version(tx, send, run)
    document = document_of(version)
    return Origin(
        send=send,
        run=run,
        sequence=tx.session.get_one(Sequence, run.sequence_id),
        version=version,
        document=document,
        mailbox=mailbox,
        hours=hours_for(tx, document, tx.session.get_one(Contact, run.contact_id), mailbox),
        names=list_actor_names(tx),
    )


def name_actor(actor: str, names: dict[str, str]) -> str:
    """Return what to call somebody who acted."""
    return names.get(actor) or {"cli": "the command line", "": "nobody"}.get(actor, actor)


def say_when(at: datetime, zone: ZoneInfo) -> str:
    """Write an instant for people, with the clock it is read on."""
    local = at.astimezone(zone)
    return f"{format_date(local)}, {local:%H:%M} ({zone.key})"


def _find_version(tx: Tx, send: Send, run: Enrolment) -> SequenceVersion:
    number = send.explanation.get("version")
    query = select(SequenceVersion).where(
        SequenceVersion.sequence_id == run.sequence_id, SequenceVersion.number == number
    )
    found = tx.session.scalars(query).first() if isinstance(number, int) else None
    return found or tx.session.get_one(SequenceVersion, run.version_id)
