"""Use cases: the scene of a rehearsal: the rows that decide which mail leaves when, copied into a database of its own.

Copied are the settings, whoever is in a live sequence or is to be enrolled, and the log of sent mail that limits look
at; not the texts of messages, nor the timeline. The copy may be written to as one likes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, insert, or_, select, text, true

from crm.models import (
    Brand,
    Contact,
    ContactAddress,
    ContactTag,
    Handle,
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
from kit.together import Rows, Together, every
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
    since = or_(Send.sent_at > source.now - LOG, Send.state.in_(("sending", "unknown")))
    whole = {model: true() for model in _WHOLE}
    domains = every(Suppression).where(Suppression.target.startswith("@"))
    first = (*_questions(whole), _enrolled(sequence_id), domains, every(Send).where(since))
    *tables, enrolled, domains_found, log = Together(*first).ask(source)
    _copy(target, zip(_WHOLE, tables, strict=True))
    people = set(contact_ids) | {row[0] for row in enrolled}
    for some in _chunks(sorted(people)):
        of_contact: dict[type[Base], ColumnElement[bool]] = {
            Contact: Contact.id.in_(some),
            **{model: model.__table__.c.contact_id.in_(some) for model in _OF_CONTACT},
            Suppression: _suppressed(some),
            Send: Send.contact_id.in_(some),
            SendBody: _waiting(some),
        }
        _copy(target, zip(of_contact, Together(*_questions(of_contact)).ask(source), strict=True))
    known = set(target.session.scalars(select(Send.id)))
    place = list(Send.__table__.c.keys()).index("id")
    _copy(target, [(Suppression, domains_found), (Send, [row for row in log if row[place] not in known])])


def _enrolled(sequence_id: int) -> Any:
    competes = select(Sequence.id).where(or_(Sequence.state == "live", Sequence.id == sequence_id))
    return select(Enrolment.contact_id).where(
        Enrolment.state.in_(("active", "held")), Enrolment.sequence_id.in_(competes)
    )


def _suppressed(some: Collection[int]) -> ColumnElement[bool]:
    """What forbids mail to these people, at their addresses too; whole domains are copied by themselves."""
    emails = select(ContactAddress.email).where(ContactAddress.contact_id.in_(some))
    of_them = Suppression.contact_id.in_(some) | Suppression.target.in_(emails)
    return of_them & ~Suppression.target.startswith("@")


def _waiting(some: Collection[int]) -> ColumnElement[bool]:
    """Of the mails of these people, what waits keeps its words; of all others only the log is copied."""
    waiting = select(Send.id).where(Send.contact_id.in_(some), Send.state.in_(("draft", "scheduled", "claimed")))
    return SendBody.send_id.in_(waiting)


def _questions(wanted: Mapping[type[Base], ColumnElement[bool]]) -> tuple[Select[*tuple[Any, ...]], ...]:
    return tuple(every(model).where(which) for model, which in wanted.items())


def _copy(target: Tx, found: Iterable[tuple[type[Base], Rows]]) -> None:
    for model, rows in found:
        keys = [column.key for column in model.__table__.c]
        if rows:
            values = [dict(zip(keys, row, strict=True)) for row in rows]
            target.session.connection().execute(insert(cast("Table", model.__table__)), values)


def _chunks(numbers: list[int]) -> Iterator[list[int]]:
    for begin in range(0, len(numbers), _AT_ONCE):
        yield numbers[begin : begin + _AT_ONCE]
