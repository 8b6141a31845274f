"""Use cases: the scene of a rehearsal: the rows that decide which mail leaves when, copied into a database of its own.

Copied are the settings, whoever is in a live sequence or is to be enrolled, and the log of sent mail that limits look
at; not the texts of messages, nor the timeline. The copy may be written to as one likes.
"""

from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, insert, or_, select, text, true

from crm.models import (
    Brand,
    Contact,
    ContactAddress,
    ContactTag,
    Handle,
    Leave,
    Mailbox,
    Message,
    Product,
    Relationship,
    Stage,
    Suppression,
    Task,
    Thread,
    User,
    WorkspaceSetting,
)
from kit.db import Base
from kit.tx import Tx
from sequences.models import Enrolment, Send, SendBody, Sequence, SequenceFile, SequenceVersion

LOG = timedelta(days=90)
_AT_ONCE = 1000
_WHOLE: tuple[type[Base], ...] = (
    WorkspaceSetting,
    User,
    Brand,
    Product,
    Stage,
    Mailbox,
    Leave,
    Sequence,
    SequenceVersion,
    SequenceFile,
)
_OF_CONTACT: tuple[type[Base], ...] = (
    ContactAddress, ContactTag, Handle, Relationship, Task, Thread, Message, Enrolment,
)  # fmt: skip


def copy_scene(source: Tx, target: Tx, contact_ids: Collection[int], *, sequence_id: int) -> None:
    """Copy what matters to the mails of the live sequences, of one more sequence, and of these contacts."""
    target.session.execute(text("PRAGMA defer_foreign_keys = ON"))
    for model in _WHOLE:
        _copy(source, target, model, true())
    people = set(contact_ids) | set(source.session.scalars(_enrolled(sequence_id)))
    for some in _chunks(sorted(people)):
        _copy(source, target, Contact, Contact.id.in_(some))
        for model in _OF_CONTACT:
            _copy(source, target, model, model.__table__.c.contact_id.in_(some))
    _copy_suppressions(source, target, people)
    _copy_sends(source, target, people)


def _enrolled(sequence_id: int) -> Any:
    competes = select(Sequence.id).where(or_(Sequence.state == "live", Sequence.id == sequence_id))
    return select(Enrolment.contact_id).where(
        Enrolment.state.in_(("active", "held")), Enrolment.sequence_id.in_(competes)
    )


def _copy_suppressions(source: Tx, target: Tx, people: Collection[int]) -> None:
    _copy(source, target, Suppression, Suppression.target.startswith("@"))
    for some in _chunks(sorted(people)):
        emails = select(ContactAddress.email).where(ContactAddress.contact_id.in_(some))
        of_them = Suppression.contact_id.in_(some) | Suppression.target.in_(emails)
        _copy(source, target, Suppression, of_them & ~Suppression.target.startswith("@"))


def _copy_sends(source: Tx, target: Tx, people: Collection[int]) -> None:
    """Copy the mails of these people with what they say, and of all others only the log."""
    for some in _chunks(sorted(people)):
        _copy(source, target, Send, Send.contact_id.in_(some))
        waiting = select(Send.id).where(Send.contact_id.in_(some), Send.state.in_(("draft", "scheduled", "claimed")))
        _copy(source, target, SendBody, SendBody.send_id.in_(waiting))
    log = or_(Send.sent_at > source.now - LOG, Send.state.in_(("sending", "unknown")))
    known = set(target.session.scalars(select(Send.id)))
    _copy(source, target, Send, log, leave_out=known)


def _copy(
    source: Tx, target: Tx, model: type[Base], which: ColumnElement[bool], *, leave_out: Collection[int] = ()
) -> None:
    table = cast("Table", model.__table__)
    rows = source.session.execute(select(table).where(which)).mappings()
    found = [dict(row) for row in rows if not leave_out or row["id"] not in leave_out]
    if found:
        target.session.connection().execute(insert(table), found)


def _chunks(numbers: list[int]) -> Iterator[list[int]]:
    for begin in range(0, len(numbers), _AT_ONCE):
        yield numbers[begin : begin + _AT_ONCE]
