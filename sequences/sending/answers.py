"""Use cases: mail written by hand, on the same road as the sequences': queued, undoable for a moment, sent once."""

from datetime import timedelta

from sqlalchemy import select, update

from crm.models import Contact, ContactAddress, Mailbox, Message, Thread
from crm.suppressions import find_personal_suppression
from kit.errors import ConflictError, InvalidError, NotFoundError, RefusedError, say
from kit.tx import Tx
from mailer.addresses import domain_of
from mailer.message_id import new_message_id
from sequences.models import Send, SendBody
from sequences.pitches.pitch import Gaps, render_typed

UNDO_S = 10


def queue_answer(tx: Tx, thread_id: int, text: str, *, request_key: str, actor: str, undo_s: float = UNDO_S) -> Send:
    """Queue an answer in a conversation; the same `request_key` never queues twice.

    It may be taken back for `undo_s` seconds. Refused for an address that must not be contacted.
    """
    found = tx.session.scalar(select(Send).where(Send.request_key == request_key))
    if found:
        return found
    thread = tx.session.get(Thread, thread_id)
    if thread is None or thread.contact_id is None:
        raise NotFoundError(say("There is no such conversation."))
    email = _address_of(tx, thread)
    suppression = find_personal_suppression(tx, thread.contact_id, email)
    if suppression:
        raise RefusedError(
            say(
                "%(email)s must not be contacted (%(reason)s). Lift that first, with a reason.",
                email=email,
                reason=suppression.reason,
            )
        )
    rendered = _render(text)
    mailbox = tx.session.get_one(Mailbox, thread.mailbox_id)
    due_at = tx.now + timedelta(seconds=undo_s)
    send = Send(
        request_key=request_key,
        contact_id=thread.contact_id,
        brand_id=thread.brand_id,
        mailbox_id=mailbox.id,
        thread_id=thread.id,
        email=email,
        domain=domain_of(email),
        subject=thread.subject,
        state="scheduled",
        rfc_id=new_message_id(tx.rng, domain=mailbox.address.rpartition("@")[2], now=tx.now),
        planned_at=due_at,
        due_at=due_at,
        approved_by=actor,
        created_at=tx.now,
        explanation={"by_hand": True},
    )
    tx.session.add(send)
    tx.session.flush()
    tx.session.add(SendBody(send_id=send.id, source=text, text=rendered[0], html=rendered[1]))
    return send


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


def _address_of(tx: Tx, thread: Thread) -> str:
    """Return where to answer: the address they last wrote from, else their preferred one."""
    last = tx.session.scalar(
        select(Message.sender)
        .where(Message.thread_id == thread.id, Message.direction == "in", Message.kind == "reply")
        .order_by(Message.at.desc())
        .limit(1)
    )
    contact = tx.session.get_one(Contact, thread.contact_id)
    if last:
        return last
    own = select(ContactAddress.email).where(ContactAddress.contact_id == contact.id).order_by(ContactAddress.position)
    email = tx.session.scalar(own.limit(1))
    if email is None:
        raise InvalidError(say("There is no address to answer to."))
    return email


def _render(text: str) -> tuple[str, str]:
    rendered = render_typed(text)
    if isinstance(rendered, Gaps):
        raise InvalidError(" ".join(rendered.faults))
    return rendered.text, rendered.html
