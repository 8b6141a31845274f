"""Use cases: mail of our own found in folders: copies of what Rapport sent, and what was written elsewhere (B4)."""

import hashlib

from sqlalchemy import select

from crm.models import Mailbox, Message
from crm.threads import find_by_ids, find_owner, is_known, list_open_threads, store_message, touch_thread
from crm.timeline import record_entry
from kit.tx import Tx
from mailer.types import Fetched, MailKind, ParsedMail
from sequences.evidence import settle_by_evidence
from sequences.matching import SUBJECT_MAX, Match, thread_for
from sequences.models import Send


def file_own_mail(tx: Tx, mailbox: Mailbox, fetched: Fetched, parsed: ParsedMail) -> None:
    """Log what was written outside Rapport; our own sends found in Sent are evidence and aliases, never news."""
    rfc_id = parsed.message_id
    if rfc_id:
        send = tx.session.scalar(select(Send).where(Send.rfc_id == rfc_id))
        if send:
            send.copy_filed_at = send.copy_filed_at or tx.now
            settle_by_evidence(tx, send, at=fetched.received_at, evidence="found in the Sent folder")
            return
        if known := find_by_ids(tx, [rfc_id]):
            _note_copy(tx, known)
            return
    dedupe = rfc_id or hashlib.sha256(fetched.raw).hexdigest()
    owner = next((o for person in (*parsed.to, *parsed.cc) if (o := find_owner(tx, person.email))), None)
    if owner is None or is_known(tx, mailbox.id, dedupe):
        return
    _store_manual(tx, mailbox, fetched, parsed, owner, dedupe)


def _note_copy(tx: Tx, message: Message) -> None:
    """Note that the server filed our mail under an id of its own, so that no second copy is appended."""
    send = tx.session.get(Send, message.facts["send"]) if message.facts.get("send") else None
    if send:
        send.copy_filed_at = send.copy_filed_at or tx.now


def _store_manual(tx: Tx, mailbox: Mailbox, fetched: Fetched, parsed: ParsedMail, contact_id: int, dedupe: str) -> None:
    answered = find_by_ids(tx, (*parsed.in_reply_to, *reversed(parsed.references)), mailbox_id=mailbox.id)
    threads = list_open_threads(tx, mailbox.id, contact_id)
    thread_id = answered.thread_id if answered else (threads[0].id if len(threads) == 1 else None)
    thread = thread_for(tx, mailbox, parsed, Match(contact_id=contact_id, thread_id=thread_id), at=fetched.received_at)
    message = store_message(
        tx,
        Message(
            mailbox_id=mailbox.id,
            thread_id=thread.id,
            contact_id=contact_id,
            direction="out",
            kind="manual",
            dedupe=dedupe,
            rfc_id=parsed.message_id,
            sender=mailbox.address,
            sender_name=mailbox.name,
            recipients=[person.email for person in (*parsed.to, *parsed.cc)],
            subject=parsed.subject[:SUBJECT_MAX],
            at=fetched.received_at,
            dated_at=parsed.date,
            folder="sent",
            matched_by="recipient",
        ),
        new_text=parsed.new_text,
        text=parsed.text,
        html=parsed.html,
        raw=fetched.raw,
        ids=[parsed.message_id] if parsed.message_id else [],
    )
    touch_thread(
        tx, thread, at=fetched.received_at, inbound=False, counts_as_turn=parsed.kind is not MailKind.AUTO_REPLY
    )
    record_entry(
        tx,
        contact_id,
        "mail_manual",
        parsed.subject or message.snippet,
        actor="system",
        brand_id=thread.brand_id,
        message_id=message.id,
        data={"from": mailbox.address},
    )
