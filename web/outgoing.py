"""Use cases: what is about to leave, what left today, what waits for a yes: the engine's rows as pages need them."""

from collections.abc import Sequence as Rows
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, func, select, text

from crm.models import Contact, Mailbox, Message
from kit.db import Instant
from kit.tx import Tx
from sequences.models import NEEDS_A_PERSON, Enrolment, Send, SendBody, Sequence

_LEAVING = ("scheduled", "claimed", "sending", "failed", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Sends of one sequence that need a person: drafts to approve, outcomes nobody knows."""

    sequence_id: int | None
    sequence: str
    drafts: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxDay:
    """A mailbox and how many mails left it today."""

    mailbox: Mailbox
    sent: int


class Whereabouts(NamedTuple):
    """Where somebody lives, for their clock."""

    zone: str | None
    country: str | None
    city: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """One person in a sequence, with the newest mail of this run."""

    enrolment: Enrolment
    name: str
    send_id: int | None = None
    is_sent: bool = False
    lives: Whereabouts


WAITING = (
    select(Send.sequence_id, Sequence.name, Send.state, func.count())
    .outerjoin(Sequence, Sequence.id == Send.sequence_id)
    # In the words of the partial index, so that no planner has to prove that it fits.
    .where(text(f"sends.{NEEDS_A_PERSON}"))
    .group_by(Send.sequence_id, Sequence.name, Send.state)
)
_LEFT = and_(
    Message.mailbox_id == Mailbox.id, Message.direction == "out", Message.at >= bindparam("since", type_=Instant())
)
_DAYS = select(Mailbox, func.count(Message.id)).outerjoin(Message, _LEFT).group_by(Mailbox.id).order_by(Mailbox.address)


def read_waiting(rows: Rows[tuple[Any, ...]]) -> list[Waiting]:
    """Return what needs a person, per sequence, the most drafts first, from the answers to `WAITING`."""
    found: dict[tuple[int | None, str], dict[str, int]] = {}
    for sequence_id, name, state, count in rows:
        found.setdefault((sequence_id, name or ""), {})[state] = count
    waiting = [
        Waiting(sequence_id=key[0], sequence=key[1], drafts=states.get("draft", 0), unknown=states.get("unknown", 0))
        for key, states in found.items()
    ]
    return sorted(waiting, key=lambda row: (-row.drafts, row.sequence))


def list_mailbox_days(tx: Tx, since: datetime) -> list[MailboxDay]:
    """Return every mailbox, by address, with what left it since `since`: sequences and answers alike."""
    return [MailboxDay(mailbox=mailbox, sent=sent) for mailbox, sent in tx.session.execute(_DAYS, {"since": since})]


def list_planned(tx: Tx, start: datetime, end: datetime) -> list[tuple[int, datetime]]:
    """Return when scheduled mail is due in a span, and from which mailbox, the earliest first."""
    query = select(Send.mailbox_id, Send.due_at).where(
        Send.state == "scheduled", Send.due_at >= start, Send.due_at < end
    )
    return [(mailbox_id, at) for mailbox_id, at in tx.session.execute(query.order_by(Send.due_at, Send.id))]


def list_leaving(tx: Tx, thread_id: int) -> list[tuple[Send, str]]:
    """Return answers of a conversation that have not left, with their text, oldest first."""
    query = (
        select(Send, SendBody.text)
        .outerjoin(SendBody, SendBody.send_id == Send.id)
        .where(Send.thread_id == thread_id, Send.request_key.is_not(None), Send.state.in_(_LEAVING))
        .order_by(Send.id)
    )
    return [(send, text or "") for send, text in tx.session.execute(query)]


def list_contact_sends(tx: Tx, contact_id: int, *, limit: int = 200) -> list[Send]:
    """Return mails to a person, the newest first; what was taken back is left out."""
    query = select(Send).where(Send.contact_id == contact_id, Send.state != "cancelled")
    return list(tx.session.scalars(query.order_by(Send.id.desc()).limit(limit)))


def list_runs(tx: Tx, contact_id: int) -> list[tuple[Enrolment, Sequence]]:
    """Return the sequences a person is or was in, newest first."""
    query = (
        select(Enrolment, Sequence)
        .join(Sequence, Sequence.id == Enrolment.sequence_id)
        .where(Enrolment.contact_id == contact_id)
        .order_by(Enrolment.id.desc())
        .limit(5)
    )
    return [(enrolment, sequence) for enrolment, sequence in tx.session.execute(query)]


def list_enrolled(tx: Tx, sequence_id: int, *, state: str = "", limit: int = 200, offset: int = 0) -> Rows[Enrolled]:
    """Return people of a sequence, who moved last first."""
    moved = func.coalesce(Enrolment.ended_at, Enrolment.last_sent_at, Enrolment.created_at).desc(), Enrolment.id
    inside = select(Enrolment.id).where(Enrolment.sequence_id == sequence_id)
    inside = inside.where(Enrolment.state == state) if state else inside
    # First who is shown, by an index, and only then what is said of them.
    shown = inside.order_by(*moved).limit(limit).offset(offset).subquery()
    newest = select(func.max(Send.id)).where(Send.enrolment_id == Enrolment.id).correlate(Enrolment).scalar_subquery()
    query = (
        select(Enrolment, Contact.name, Contact.zone, Contact.country, Contact.city, Send.id, Send.state)
        .join(Contact, Contact.id == Enrolment.contact_id)
        .outerjoin(Send, Send.id == newest)
        .where(Enrolment.id.in_(select(shown)))
        .order_by(*moved)
    )
    return [
        Enrolled(
            enrolment=run,
            name=name or run.email,
            send_id=send_id,
            is_sent=sent == "sent",
            lives=Whereabouts(zone, country, city),
        )
        for run, name, zone, country, city, send_id, sent in tx.session.execute(query)
    ]
