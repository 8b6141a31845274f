"""Use cases: what becomes fact once sends have ended: message, thread, timeline, stage, and the run's next step.

Mails that left are written down many at a time: the number of statements does not depend on the number of mails.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from crm.contacts import mark_address
from crm.models import Mailbox, Relationship
from crm.pipeline import Standing, ensure_relationship, move_many_by_rule
from crm.stages import FIRST_PITCH
from crm.suppressions import suppress
from crm.threads import SentMail, open_threads, store_sent, touch_out
from crm.timeline import record_entries, record_entry
from kit.errors import say
from kit.tx import Tx
from mailer.parse.bounce_reason import is_dead_address
from mailer.smtp_replies import find_enhanced
from mailer.types import RefusedCopy
from sequences.course.advance import advance_runs
from sequences.course.runs import OPEN, stop_run
from sequences.models import Enrolment, Send, SendBody
from sequences.sending.breakers import count_hard_bounce
from sequences.sending.docket import Case, read_docket
from sequences.sending.promised import propose_from_sent
from sequences.sending.stop_rules import Stop
from sequences.telling.closing import close_loops

PERMANENT = 500  # RFC 5321 4.2.1: 5yz
# Some servers answer the final dot with the id they gave the message: "250 Ok <id@host>".
_ID_IN_REPLY = re.compile(r"<([^<>@\s]{1,200}@[^<>@\s]{1,200})>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """One mail that left: what it was, when, and how we know; `refused`: whose copy the server did not take."""

    case: Case
    sender: str
    sender_name: str
    subject: str
    text: str
    html: str
    at: datetime
    server_text: str = ""
    evidence: str = ""
    refused: tuple[RefusedCopy, ...] = ()


def record_sent(tx: Tx, mails: Sequence[Left]) -> None:
    """Write down mails that left; their runs go on from the real instant."""
    if not mails:
        return
    threads = _threads(tx, mails)
    relationships = _relationships(tx, mails)
    messages = store_sent(tx, [_message(mail, thread) for mail, thread in zip(mails, threads, strict=True)])
    touch_out(tx, set(threads), set(relationships), max(mail.at for mail in mails))
    entries = [_entry(mail, message) for mail, message in zip(mails, messages, strict=True)]
    record_entries(tx, entries)
    for mail in mails:
        for copy in mail.refused:
            record_refused_copy(tx, mail.case.entry.contact_id, copy, brand_id=mail.case.entry.brand_id)
    propose_from_sent(tx, [(mail.case, mail.text, mail.at) for mail in mails], messages)
    close_loops(tx, {mail.case.entry.id: mail.at for mail in mails if mail.case.entry.enrolment_id is None})
    _move_stages(tx, relationships)
    advance_runs(
        tx,
        {
            mail.case.entry.enrolment_id: (mail.at, thread)
            for mail, thread in zip(mails, threads, strict=True)
            if mail.case.entry.enrolment_id is not None
        },
    )


def record_sent_by_evidence(tx: Tx, send: Send, *, evidence: str) -> None:
    """Write down one mail that left without our having been told."""
    body = tx.session.get_one(SendBody, send.id)
    mailbox = tx.session.get_one(Mailbox, send.mailbox_id)
    case = read_docket(tx, [send.id])[0]
    left = Left(
        case=case,
        sender=mailbox.address,
        sender_name=mailbox.name,
        subject=send.subject,
        text=body.text,
        html=body.html,
        at=send.sent_at or tx.now,
        evidence=evidence,
    )
    record_sent(tx, [left])
    # It was written past the session: what the session had read is read again.
    tx.session.flush()
    tx.session.expire_all()
    tx.session.refresh(send)


def record_failed(tx: Tx, send: Send, *, words: str, is_dead_address: bool) -> None:
    """Write down a mail that was refused for good; only a dead address is suppressed."""
    record_entry(
        tx,
        send.contact_id,
        "send_failed",
        say("Not accepted for %(email)s: %(words)s", email=send.email, words=words),
        actor="system",
        brand_id=send.brand_id,
        data={"send": send.id},
    )
    if is_dead_address:
        mark_address(tx, send.email, "bad")
        suppress(tx, send.email, reason="hard_bounce", source=words[:250], actor="system")
        count_hard_bounce(tx, send)
    run = tx.session.get(Enrolment, send.enrolment_id) if send.enrolment_id else None
    if run and run.state in OPEN:
        reason = "bounce" if is_dead_address else "failed"
        run.facts = {**run.facts, "bounce": {"status": None, "permanent": True, "hard": is_dead_address}}
        stop_run(
            tx,
            run,
            Stop(reason=reason, sentence=say("The server refused %(email)s.", email=send.email)),
            actor="system",
        )


def record_refused_copy(tx: Tx, contact_id: int, copy: RefusedCopy, *, brand_id: int | None) -> None:
    """Write down who got no copy of a mail that left; it is not sent again for their sake."""
    words = f"{copy.code} {copy.text}"
    summary = say("No copy went to %(email)s: %(words)s", email=copy.email, words=words)
    record_entry(tx, contact_id, "copy_refused", str(summary), actor="system", brand_id=brand_id)
    is_permanent = copy.code >= PERMANENT
    if is_permanent and is_dead_address(find_enhanced(copy.text), copy.text, permanent=True):
        mark_address(tx, copy.email, "bad")
        suppress(tx, copy.email, reason="hard_bounce", source=words[:250], actor="system")


def record_unknown(tx: Tx, send: Send, *, words: str) -> None:
    """Write down that nobody knows whether a mail left: the run waits for evidence, or for a person."""
    record_entry(
        tx,
        send.contact_id,
        "send_unknown",
        say("Unclear whether this arrived: %(subject)s", subject=send.subject),
        actor="system",
        brand_id=send.brand_id,
        data={"send": send.id, "why": words},
    )


def record_cancelled(tx: Tx, send: Send, stop: Stop) -> None:
    """End a mail that a stop caught at the last moment, and its run with it."""
    run = tx.session.get(Enrolment, send.enrolment_id) if send.enrolment_id else None
    if run and run.state in OPEN:
        stop_run(tx, run, stop, actor="system")


def record_unknown_sweep(tx: Tx) -> None:
    """Write the timeline entries of sends that a sweep found abandoned in the middle of handing over."""
    for send in tx.session.scalars(select(Send).where(Send.state == "unknown", Send.settled_at == tx.now)):
        record_unknown(tx, send, words=send.reason)


def _threads(tx: Tx, mails: Sequence[Left]) -> list[int]:
    """Return the conversation of each mail; first mails open one."""
    first = [mail for mail in mails if mail.case.entry.thread_id is None]
    opened = open_threads(
        tx,
        [
            {
                "mailbox_id": mail.case.entry.mailbox_id,
                "contact_id": mail.case.entry.contact_id,
                "brand_id": mail.case.entry.brand_id,
                "subject": mail.subject,
                "last_at": mail.at,
            }
            for mail in first
        ],
    )
    new = {mail.case.entry.id: thread for mail, thread in zip(first, opened, strict=True)}
    if new:
        tx.run_many(_SET_THREAD, [{"key": key, "thread": thread} for key, thread in new.items()])
    return [mail.case.entry.thread_id or new[mail.case.entry.id] for mail in mails]


def _relationships(tx: Tx, mails: Sequence[Left]) -> dict[int, Case]:
    """Return the relationship of each mail, as far as it has one."""
    found: dict[int, Case] = {}
    for mail in mails:
        entry = mail.case.entry
        if entry.relationship_id is not None:
            found[entry.relationship_id] = mail.case
        elif entry.brand_id is not None:
            found[ensure_relationship(tx, entry.contact_id, entry.brand_id).id] = mail.case
    return found


def _message(mail: Left, thread_id: int) -> SentMail:
    entry = mail.case.entry
    return SentMail(
        send_id=entry.id,
        mailbox_id=entry.mailbox_id,
        thread_id=thread_id,
        contact_id=entry.contact_id,
        kind="sent" if entry.enrolment_id else "manual",
        rfc_id=entry.rfc_id,
        also_known_as=tuple(_ID_IN_REPLY.findall(mail.server_text)) if "@" in mail.server_text else (),
        sender=mail.sender,
        sender_name=mail.sender_name,
        recipients=(entry.email, *(one for one in entry.cc if one not in {copy.email for copy in mail.refused})),
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        at=mail.at,
    )


def _entry(mail: Left, message_id: int) -> dict[str, Any]:
    entry = mail.case.entry
    found = f" ({mail.evidence})" if mail.evidence else ""
    what = f"{entry.step_key}: {mail.subject}" if entry.step_key else mail.subject
    return {
        "contact_id": entry.contact_id,
        "kind": "mail_sent",
        "summary": f"{what}{found}",
        "actor": entry.approved_by or "system",
        "brand_id": entry.brand_id,
        "message_id": message_id,
        "data": {"send": entry.id, "step": entry.step_key, "variant": entry.variant, "evidence": mail.evidence},
    }


def _move_stages(tx: Tx, relationships: dict[int, Case]) -> None:
    """Move those who got their first pitch, from the stage they stand at now."""
    first = {
        number: case
        for number, case in relationships.items()
        if case.entry.enrolment_id is not None and not case.entry.is_follow_up
    }
    if not first:
        return
    rows = tx.session.execute(
        select(Relationship.id, Relationship.contact_id, Relationship.brand_id, Relationship.stage_id).where(
            Relationship.id.in_(first)
        )
    )
    by_sequence: dict[str, dict[int, Standing]] = {}
    for number, contact_id, brand_id, stage_id in rows:
        name = first[number].entry.sequence_name or ""
        by_sequence.setdefault(name, {})[number] = Standing(contact_id, brand_id, stage_id)
    for name, standings in by_sequence.items():
        move_many_by_rule(tx, standings, FIRST_PITCH, cause=say("first pitch sent: %(name)s", name=name))


_SET_THREAD = update(Send).where(Send.id == bindparam("key")).values(thread_id=bindparam("thread"))
