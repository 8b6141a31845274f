"""Use cases: what becomes fact once a send has ended: message, thread, timeline, stage, and the run's next step."""

import re

from sqlalchemy import select

from crm.contacts import mark_address
from crm.models import Mailbox, Message, Thread
from crm.pipeline import move_by_rule
from crm.stages import FIRST_PITCH
from crm.suppressions import suppress
from crm.threads import store_message, touch_thread
from crm.timeline import record_entry
from kit.tx import Tx
from sequences.models import Enrolment, Send, SendBody, Sequence
from sequences.runs import OPEN, schedule_next, stop_run
from sequences.stop_rules import Stop

# Some servers answer the final dot with the id they gave the message: "250 Ok <id@host>".
_ID_IN_REPLY = re.compile(r"<([^<>@\s]{1,200}@[^<>@\s]{1,200})>")


def record_sent(tx: Tx, send: Send, *, server_text: str, evidence: str = "") -> Message:
    """Write down a mail that left; the run goes on from its real instant."""
    body = tx.session.get_one(SendBody, send.id)
    mailbox = tx.session.get_one(Mailbox, send.mailbox_id)
    thread = tx.session.get_one(Thread, send.thread_id)
    sent_at = send.sent_at or tx.now
    ids = [send.rfc_id, *_ID_IN_REPLY.findall(server_text)]
    message = store_message(
        tx,
        Message(
            mailbox_id=send.mailbox_id,
            thread_id=thread.id,
            contact_id=send.contact_id,
            direction="out",
            kind="sent" if send.enrolment_id else "manual",
            dedupe=send.rfc_id,
            rfc_id=send.rfc_id,
            sender=mailbox.address,
            sender_name=mailbox.name,
            recipients=[send.email],
            subject=send.subject,
            at=sent_at,
            dated_at=sent_at,
            folder="sent",
            matched_by="sent by Rapport",
            facts={"send": send.id},
        ),
        new_text=body.text,
        text=body.text,
        html=body.html or None,
        raw=None,
        ids=ids,
    )
    touch_thread(tx, thread, at=sent_at, inbound=False, counts_as_turn=True)
    _note_sent(tx, send, message, evidence)
    if send.enrolment_id:
        _advance(tx, send, message)
    return message


def record_failed(tx: Tx, send: Send, *, words: str, is_dead_address: bool) -> None:
    """Write down a mail that was refused for good; only a dead address is suppressed."""
    record_entry(
        tx,
        send.contact_id,
        "send_failed",
        f"Not accepted for {send.email}: {words}",
        actor="system",
        brand_id=send.brand_id,
        data={"send": send.id},
    )
    if is_dead_address:
        mark_address(tx, send.email, "bad")
        suppress(tx, send.email, reason="hard_bounce", source=words[:250], actor="system")
    run = tx.session.get(Enrolment, send.enrolment_id) if send.enrolment_id else None
    if run and run.state in OPEN:
        reason = "bounce" if is_dead_address else "failed"
        run.facts = {**run.facts, "bounce": {"status": None, "permanent": True, "hard": is_dead_address}}
        stop_run(tx, run, Stop(reason=reason, sentence=f"The server refused {send.email}."), actor="system")


def record_unknown(tx: Tx, send: Send, *, words: str) -> None:
    """Write down that nobody knows whether a mail left: the run waits for evidence, or for a person."""
    record_entry(
        tx,
        send.contact_id,
        "send_unknown",
        f"Unclear whether this arrived: {send.subject}",
        actor="system",
        brand_id=send.brand_id,
        data={"send": send.id, "why": words},
    )


def record_cancelled(tx: Tx, send: Send, stop: Stop) -> None:
    """End a mail that a stop caught at the last moment, and its run with it."""
    run = tx.session.get(Enrolment, send.enrolment_id) if send.enrolment_id else None
    if run and run.state in OPEN:
        stop_run(tx, run, stop, actor="system")


def _note_sent(tx: Tx, send: Send, message: Message, evidence: str) -> None:
    found = f" ({evidence})" if evidence else ""
    what = f"{send.step_key}: {send.subject}" if send.step_key else send.subject
    record_entry(
        tx,
        send.contact_id,
        "mail_sent",
        f"{what}{found}",
        actor=send.approved_by or "system",
        brand_id=send.brand_id,
        message_id=message.id,
        data={"send": send.id, "step": send.step_key, "variant": send.variant, "evidence": evidence},
    )


def _advance(tx: Tx, send: Send, message: Message) -> None:
    run = tx.session.get_one(Enrolment, send.enrolment_id)
    sequence = tx.session.get_one(Sequence, run.sequence_id)
    if not send.is_follow_up:
        move_by_rule(tx, run.contact_id, sequence.brand_id, FIRST_PITCH, cause=f"first pitch sent: {sequence.name}")
    run.last_sent_at, run.thread_id = message.at, send.thread_id
    if run.state in OPEN:
        schedule_next(tx, run)


def record_unknown_sweep(tx: Tx) -> None:
    """Write the timeline entries of sends that a sweep found abandoned in the middle of handing over."""
    for send in tx.session.scalars(select(Send).where(Send.state == "unknown", Send.settled_at == tx.now)):
        record_unknown(tx, send, words=send.reason)
