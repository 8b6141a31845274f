"""Use cases: from a send to the bytes that leave, fixed and stored before the first attempt (A3)."""

from dataclasses import dataclass

from sqlalchemy import select

from crm.contacts import display_name
from crm.models import Brand, Contact, Mailbox, Thread
from crm.threads import open_thread, reference_chain
from kit.tx import Tx
from mailer.compose import compose, needs_smtputf8
from mailer.types import Address, Attachment, Letter
from sequences.links import Links
from sequences.models import Enrolment, Send, SendBody, SequenceFile, SequenceVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What goes through the wire for one send."""

    send_id: int
    sender: str
    recipient: str
    raw: bytes
    smtputf8: bool
    needs_fence: bool


def fix_bytes(tx: Tx, send: Send, mailbox: Mailbox, links: Links) -> Envelope:
    """Return a send's envelope; its bytes are composed once and reused by every try."""
    body = tx.session.get_one(SendBody, send.id)
    thread = thread_of(tx, send)
    letter = None
    if body.raw is None:
        letter = _letter(tx, send, body, mailbox, thread, links)
        send.subject = letter.subject
        body.raw = compose(letter)
        body.in_reply_to, body.references = letter.in_reply_to, list(letter.references)
        tx.session.flush()
    return Envelope(
        send_id=send.id,
        sender=mailbox.address,
        recipient=send.email,
        raw=body.raw,
        smtputf8=needs_smtputf8(letter) if letter else not send.email.isascii(),
        needs_fence=send.is_follow_up,
    )


def thread_of(tx: Tx, send: Send) -> Thread:
    """Return the conversation of a send, opening it for a first mail."""
    if send.thread_id:
        return tx.session.get_one(Thread, send.thread_id)
    thread = open_thread(
        tx,
        mailbox_id=send.mailbox_id,
        contact_id=send.contact_id,
        brand_id=send.brand_id,
        subject=send.subject,
        at=tx.now,
    )
    send.thread_id = thread.id
    return thread


def _letter(tx: Tx, send: Send, body: SendBody, mailbox: Mailbox, thread: Thread, links: Links) -> Letter:
    chain = reference_chain(tx, thread.id)
    contact = tx.session.get_one(Contact, send.contact_id)
    is_sequence = send.enrolment_id is not None
    return Letter(
        message_id=send.rfc_id,
        date=tx.now,
        sender=Address(email=mailbox.address, name=_sender_name(tx, send, mailbox)),
        to=Address(email=send.email, name=display_name(contact) if contact.name else ""),
        subject=_subject(send, thread, is_reply=bool(chain)),
        text=body.text,
        html=_document(body.html) if body.html else None,
        in_reply_to=chain[-1] if chain else None,
        references=tuple(chain),
        attachments=_attachments(tx, send),
        unsubscribe_mailto=mailbox.address if is_sequence else None,
        unsubscribe_url=links.one_click_url(send.email) if is_sequence else None,
    )


def _sender_name(tx: Tx, send: Send, mailbox: Mailbox) -> str:
    if mailbox.name:
        return mailbox.name
    brand = tx.session.get(Brand, send.brand_id) if send.brand_id else None
    return brand.name if brand else ""


def _subject(send: Send, thread: Thread, *, is_reply: bool) -> str:
    """Keep the subject stable: clients that thread by it see one conversation."""
    if not is_reply:
        return send.subject
    base = thread.subject
    return base if base.lower().startswith("re:") else f"Re: {base}"


def _document(fragment: str) -> str:
    return f'<!doctype html>\n<html><head><meta charset="utf-8"></head><body>\n{fragment}</body></html>\n'


def _attachments(tx: Tx, send: Send) -> tuple[Attachment, ...]:
    if send.enrolment_id is None:
        return ()
    run = tx.session.get_one(Enrolment, send.enrolment_id)
    version = tx.session.get_one(SequenceVersion, run.version_id)
    names = version.document["steps"][send.step].get("attachments") or []
    if not names:
        return ()
    files = {
        file.name: file
        for file in tx.session.scalars(select(SequenceFile).where(SequenceFile.version_id == version.id))
    }
    return tuple(
        Attachment(filename=name.rpartition("/")[2], content_type=files[name].content_type, content=files[name].content)
        for name in names
    )
