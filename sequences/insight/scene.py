"""Use cases: the scene of a rehearsal: the rows that decide which mail leaves when, copied into a database of its own.

Copied are the settings, whoever is in a live sequence or is to be enrolled, and the log of sent mail that limits look
at; not the texts of messages, nor the timeline. The copy may be written to as one likes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, and_, func, insert, or_, select, text, true

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
from crm.together import Rows, Together, every
from kit.db import Base
from kit.tx import Tx
from sequences.models import Enrolment, Send, SendBody, Sequence, SequenceFile, SequenceVersion
from sequences.sending.breaker import COUNTED_FOR
from sequences.sending.limits import RAMP_MEMORY

_AT_ONCE, _LONG = 1000, 3_000
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


_COUNTED = (
    "id", "sequence_id", "contact_id", "brand_id", "mailbox_id", "domain", "is_follow_up", "state", "planned_at",
    "due_at", "claimed_at", "sent_at", "bounced_at", "hard_bounced_at", "created_at",
    "lease_owner", "lease_until",
)  # fmt: skip
_NEVER_LOOKED_AT = {"email": "", "explanation": {}, "cc": []}
_INTO_LOG = insert(cast("Table", Send.__table__))


def copy_scene(source: Tx, target: Tx, contact_ids: Collection[int], *, sequence_id: int) -> None:
    """Copy what matters to the mails of the live sequences, of one more sequence, and of these contacts."""
    target.session.execute(text("PRAGMA defer_foreign_keys = ON"))
    whole = {model: true() for model in _WHOLE}
    domains = every(Suppression).where(Suppression.target.startswith("@"))
    first = (*_questions(whole), _enrolled(sequence_id), domains, _log(source.now))
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
    _copy(target, [(Suppression, domains_found)])
    known = set(target.session.scalars(select(Send.id)))
    _copy_log(target, [row for row in log if row[0] not in known])


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


def is_log_long(tx: Tx) -> bool:
    """Return whether so much left of late that copying what is counted of it takes a while."""
    by_box = Send.mailbox_id.in_(select(Mailbox.id)), Send.sent_at > tx.now - COUNTED_FOR
    return (tx.session.scalar(select(func.count()).select_from(Send).where(*by_box)) or 0) > _LONG


def _log(now: datetime) -> Select[*tuple[Any, ...]]:
    """Return the question for mails of people who are not copied: what limits, breakers and ramps count by."""
    warming = select(Mailbox.id).where(Mailbox.ramp)
    counts = or_(
        Send.sent_at > now - COUNTED_FOR,
        Send.state.in_(("sending", "unknown")),
        and_(Send.sent_at > now - RAMP_MEMORY, Send.mailbox_id.in_(warming)),
    )
    return select(*(getattr(Send, name) for name in _COUNTED)).where(counts)


def _copy_log(target: Tx, rows: Rows) -> None:
    """Copy what is counted of such mails; the rest of each is a made-up word."""
    values = [
        {
            **dict(zip(_COUNTED, row, strict=True)),
            **_NEVER_LOOKED_AT,
            "rfc_id": f"<{row[0]}>",
            "request_key": f"{row[0]}",
        }
        for row in rows
    ]
    target.run_many(_INTO_LOG, values)


def _copy(target: Tx, found: Iterable[tuple[type[Base], Rows]]) -> None:
    for model, rows in found:
        keys = [column.key for column in model.__table__.c]
        if rows:
            values = [dict(zip(keys, row, strict=True)) for row in rows]
            target.session.connection().execute(insert(cast("Table", model.__table__)), values)


def _chunks(numbers: list[int]) -> Iterator[list[int]]:
    for begin in range(0, len(numbers), _AT_ONCE):
        yield numbers[begin : begin + _AT_ONCE]
