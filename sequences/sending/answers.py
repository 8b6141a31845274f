"""Use cases: mail written by hand, on the same road as the sequences': queued, undoable for a moment, sent once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from crm.erased import erased_sentence
from crm.mailboxes import list_mailboxes
from crm.models import Brand, Contact, ContactAddress, Mailbox, Message, Thread
from crm.suppressions import find_personal_suppression
from kit.errors import ConflictError, InvalidError, NotFoundError, RefusedError, say
from kit.tx import Tx
from mailer.addresses import domain_of
from mailer.message_id import new_message_id
from sequences.models import Send, SendBody
from sequences.pitches.markdown_mail import keep_lines
from sequences.pitches.pitch import Gaps, render_typed
from sequences.pitches.pitch_value import is_blank_text
from sequences.pitches.typed_fields import OPEN_GAP, sender_values
from sequences.pitches.values import signature_text
from sequences.sending.copies_to import read_copies, require_allowed
from sequences.sending.footers import brand_footer
from sequences.sending.links import Links

UNDO_S = 10
LATEST = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail by hand before it is queued. `at` is when it may leave, None for as soon as it cannot be undone.

    `cc` is the line of those who get a copy, as it was typed.
    `to_many` marks one of several that say the same: it carries the way out, and waits for the fence as follow-ups do.
    """

    text: str
    subject: str = ""
    signed: bool = False
    at: datetime | None = None
    undo_s: float = UNDO_S
    closes: bool = False
    cc: str = ""
    to_many: Links | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Road:
    """Whom it goes to and from where."""

    contact_id: int
    brand_id: int | None
    mailbox: Mailbox
    email: str
    thread_id: int | None = None


def queue_answer(tx: Tx, thread_id: int, text: str, *, request_key: str, actor: str, undo_s: float = UNDO_S) -> Send:
    """Queue an answer in a conversation; the same `request_key` never queues twice.

    It may be taken back for `undo_s` seconds. Refused for an address that must not be contacted.
    """
    return queue_letter(tx, thread_id, Letter(text=text, undo_s=undo_s), request_key=request_key, actor=actor)


def queue_letter(tx: Tx, thread_id: int, letter: Letter, *, request_key: str, actor: str) -> Send:
    """Queue an answer as the composer has it: signed, at a chosen time."""
    found = _find(tx, request_key)
    if found:
        return found
    thread = tx.session.get(Thread, thread_id)
    if thread is None or thread.contact_id is None:
        raise NotFoundError(say("There is no such conversation."))
    _require_living(tx, thread.contact_id)
    road = _Road(
        contact_id=thread.contact_id,
        brand_id=thread.brand_id,
        mailbox=tx.session.get_one(Mailbox, thread.mailbox_id),
        email=address_of(tx, thread),
        thread_id=thread.id,
    )
    return _queue(tx, road, letter, thread.subject, request_key=request_key, actor=actor)


def queue_mail(
    tx: Tx, contact_id: int, letter: Letter, *, mailbox_id: int, brand_id: int | None, request_key: str, actor: str
) -> Send:
    """Queue a new mail to a person: a conversation begins when it has left."""
    found = _find(tx, request_key)
    if found:
        return found
    _require_living(tx, contact_id)
    mailbox = next((box for box in list_mailboxes(tx) if box.id == mailbox_id), None)
    if mailbox is None:
        raise InvalidError(say("Choose the mailbox that writes."))
    subject = " ".join(letter.subject.split())
    if not subject:
        raise InvalidError(say("Write a subject first."))
    road = _Road(contact_id=contact_id, brand_id=brand_id, mailbox=mailbox, email=preferred_address(tx, contact_id))
    return _queue(tx, road, letter, subject, request_key=request_key, actor=actor)


def cancel_answer(tx: Tx, send_id: int) -> Send:
    """Take an answer back while it has not left."""
    send = tx.session.get(Send, send_id)
    if send is None or send.enrolment_id is not None:
        raise NotFoundError(say("There is no such answer."))
    # Conditional: a worker may claim it between the look and the write.
    taken_back = tx.session.execute(
        update(Send)
        .where(Send.id == send_id, Send.state == "scheduled")
        .values(state="cancelled", reason="Taken back.", settled_at=tx.now)
        .returning(Send.id)
        .execution_options(synchronize_session="fetch")
    ).first()
    if taken_back is None:
        raise ConflictError(say("It has left already."))
    return send


def preferred_address(tx: Tx, contact_id: int) -> str:
    """Return the address a person is written to first."""
    own = select(ContactAddress.email).where(
        ContactAddress.contact_id == contact_id, ContactAddress.retired_at.is_(None)
    )
    email = tx.session.scalar(own.order_by(ContactAddress.position, ContactAddress.id).limit(1))
    if email is None:
        raise InvalidError(say("There is no address to answer to."))
    return email


def address_of(tx: Tx, thread: Thread) -> str:
    """Return where to answer: the address they last wrote from, else their preferred one."""
    last = tx.session.scalar(
        select(Message.sender)
        .where(Message.thread_id == thread.id, Message.direction == "in", Message.kind == "reply")
        .order_by(Message.at.desc())
        .limit(1)
    )
    return last or preferred_address(tx, thread.contact_id or 0)


def _require_living(tx: Tx, contact_id: int) -> None:
    contact = tx.session.get(Contact, contact_id)
    if contact is None:
        raise NotFoundError(say("There is no such person."))
    if contact.erased_at:
        raise RefusedError(erased_sentence(), code="erased")


def _find(tx: Tx, request_key: str) -> Send | None:
    return tx.session.scalar(select(Send).where(Send.request_key == request_key))


def _queue(tx: Tx, road: _Road, letter: Letter, subject: str, *, request_key: str, actor: str) -> Send:
    suppression = find_personal_suppression(tx, road.contact_id, road.email)
    if suppression:
        raise RefusedError(
            say(
                "%(email)s must not be contacted (%(reason)s). Lift that first, with a reason.",
                email=road.email,
                reason=suppression.reason,
            )
        )
    copies = read_copies(letter.cc, recipient=road.email)
    require_allowed(tx, copies)
    text, html = _render(tx, road, letter)
    due_at = _due_at(tx.now, letter)
    send = Send(
        request_key=request_key,
        contact_id=road.contact_id,
        brand_id=road.brand_id,
        mailbox_id=road.mailbox.id,
        thread_id=road.thread_id,
        email=road.email,
        domain=domain_of(road.email),
        cc=list(copies),
        subject=subject,
        is_follow_up=letter.to_many is not None,
        state="scheduled",
        rfc_id=new_message_id(tx.rng, domain=road.mailbox.address.rpartition("@")[2], now=tx.now),
        planned_at=due_at,
        due_at=due_at,
        approved_by=actor,
        created_at=tx.now,
        explanation={"by_hand": True, "closes": letter.closes, "later": letter.at is not None},
    )
    tx.session.add(send)
    tx.session.flush()
    tx.session.add(SendBody(send_id=send.id, source=letter.text, text=text, html=html))
    return send


def _due_at(now: datetime, letter: Letter) -> datetime:
    soonest = now + timedelta(seconds=letter.undo_s)
    if letter.at is None:
        return soonest
    if letter.at <= now:
        raise InvalidError(say("The time to send lies in the past. Choose a later one, or send now."))
    if letter.at > now + LATEST:
        raise InvalidError(say("Choose a time within a year."))
    return max(letter.at, soonest)


def _render(tx: Tx, road: _Road, letter: Letter) -> tuple[str, str]:
    if OPEN_GAP in letter.text:
        raise InvalidError(say("A field is still open: write over the words in ⟦ ⟧ first."))
    brand = tx.session.get(Brand, road.brand_id) if road.brand_id else None
    text, footer = letter.text, None
    if brand and letter.to_many is not None:
        footer = brand_footer(brand, road.mailbox, road.email, letter.to_many)
    if brand and letter.signed and brand.signature and not is_blank_text(text):
        signature = signature_text(brand, sender_values(road.mailbox, brand))
        text = f"{text.rstrip()}\n\n{keep_lines(signature)}" if signature else text
    rendered = render_typed(text, footer=footer)
    if isinstance(rendered, Gaps):
        raise InvalidError(say(" ".join(rendered.faults)))
    return rendered.text, rendered.html
