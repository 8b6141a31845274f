"""Use cases: one mail from a folder becomes facts: stored once, matched, and everything it changes, in one Tx."""

import hashlib
from datetime import UTC, datetime, time

from sqlalchemy import select

from crm.contacts import mark_address
from crm.models import Contact, Mailbox, Message, Thread
from crm.pipeline import move_by_rule
from crm.stages import HUMAN_REPLY
from crm.suppressions import suppress, suppress_contact
from crm.threads import find_owner, is_known, store_message, touch_thread
from crm.timeline import record_entry
from kit.tx import Tx
from mailer.types import Fetched, MailKind, ParsedMail
from sequences.breakers import count_hard_bounce
from sequences.evidence import settle_by_evidence
from sequences.hours import contact_zone, holiday_rule
from sequences.incidents import record_incident
from sequences.matching import BY_SENDER, SUBJECT_MAX, Match, brand_of, match_bounce, match_mail, thread_for
from sequences.models import Enrolment, Send
from sequences.opt_outs import record_opt_out
from sequences.outbox import Counts
from sequences.own_mail import file_own_mail
from sequences.proposing import propose_facts
from sequences.runs import hold_runs, stop_runs
from sequences.schedule import Wait, add_wait
from sequences.stop_rules import Clear, Hold, Incoming, Stop, decide_effect


def file_mail(
    tx: Tx, mailbox: Mailbox, role: str, fetched: Fetched, parsed: ParsedMail, ours: frozenset[str]
) -> Counts:
    """Take one mail in; known mail changes nothing. `role` is inbox, sent or junk."""
    counts = Counts()
    sender = parsed.sender.email if parsed.sender else ""
    if role == "sent" or (sender in ours and parsed.kind is MailKind.REPLY):
        file_own_mail(tx, mailbox, fetched, parsed)
        return counts
    dedupe = parsed.message_id or hashlib.sha256(fetched.raw).hexdigest()
    if is_known(tx, mailbox.id, dedupe):
        return counts
    match = _match(tx, mailbox, parsed)
    if match.contact_id is None and not _is_worth_a_look(parsed):
        return counts
    message = _store(tx, mailbox, role, fetched, parsed, match, dedupe)
    counts.received += 1
    send = tx.session.get(Send, match.send_id) if match.send_id else None
    words = f"proved by a {parsed.kind.value.replace('_', '-')}"
    settle_by_evidence(tx, send, at=fetched.received_at, evidence=words)
    if match.contact_id is not None:
        _apply(tx, message, parsed, match, counts)
        propose_facts(tx, message, parsed, ours)
    elif message.opt_out and message.sender:
        # Nobody we know asks for no more mail: the address itself is remembered.
        suppress(tx, message.sender, reason="opt_out", source=f"mail of {message.at:%d %B %Y}", actor="contact")
        counts.opt_outs += 1
    return counts


def _match(tx: Tx, mailbox: Mailbox, parsed: ParsedMail) -> Match:
    if parsed.kind is MailKind.BOUNCE or parsed.complaint or parsed.bounce:
        return match_bounce(tx, mailbox.id, parsed)
    return match_mail(tx, mailbox.id, parsed)


def _is_worth_a_look(parsed: ParsedMail) -> bool:
    """Keep a person's mail from somebody unknown for review; machines that concern nobody are passed over."""
    return parsed.kind is MailKind.REPLY or parsed.complaint


def _store(
    tx: Tx, mailbox: Mailbox, role: str, fetched: Fetched, parsed: ParsedMail, match: Match, dedupe: str
) -> Message:
    thread = thread_for(tx, mailbox, parsed, match, at=fetched.received_at)
    is_person = parsed.kind is MailKind.REPLY
    message = store_message(
        tx,
        Message(
            mailbox_id=mailbox.id,
            thread_id=thread.id,
            contact_id=match.contact_id,
            direction="in",
            kind=parsed.kind.value,
            dedupe=dedupe,
            rfc_id=parsed.message_id,
            sender=parsed.sender.email if parsed.sender else "",
            sender_name=parsed.sender.name if parsed.sender else "",
            recipients=[person.email for person in (*parsed.to, *parsed.cc)],
            subject=parsed.subject[:SUBJECT_MAX],
            at=fetched.received_at,
            dated_at=parsed.date,
            folder=role,
            matched_by=match.by,
            needs_review=is_person and (match.contact_id is None or match.is_stranger),
            reply_kind=parsed.reply_kind.value if parsed.reply_kind and is_person else None,
            guessed_kind=parsed.reply_kind.value if parsed.reply_kind and is_person else None,
            reply_confidence=parsed.reply_confidence if is_person else None,
            reply_cue=parsed.cue[:200] if is_person else "",
            opt_out=_is_opt_out(parsed),
            complaint=parsed.complaint,
            facts=_facts(parsed),
        ),
        new_text=parsed.new_text,
        text=parsed.text,
        html=parsed.html,
        raw=fetched.raw,
        ids=[parsed.message_id] if parsed.message_id else [],
    )
    touch_thread(tx, thread, at=fetched.received_at, inbound=True, counts_as_turn=is_person)
    return message


def _facts(parsed: ParsedMail) -> dict[str, object]:
    facts: dict[str, object] = {
        "attachments": [
            {"filename": one.filename, "type": one.content_type, "size": len(one.content)} for one in parsed.attachments
        ]
    }
    if parsed.bounce:
        bounce = parsed.bounce
        facts["bounce"] = {
            "recipients": list(bounce.recipients),
            "status": bounce.status,
            "permanent": bounce.permanent,
            "hard": bounce.hard,
            "reason": bounce.reason.value,
            "diagnostic": bounce.diagnostic[:300],
        }
    if parsed.auto_reply:
        until = parsed.auto_reply.until
        facts["auto_reply"] = {"until": until.isoformat() if until else None, "permanent": parsed.auto_reply.permanent}
    return facts


def _is_opt_out(parsed: ParsedMail) -> bool:
    """Obey the words of a person, and the mail that List-Unsubscribe asks clients to write."""
    return parsed.opt_out or (parsed.kind is MailKind.REPLY and parsed.subject.strip().lower() == "unsubscribe")


def _apply(tx: Tx, message: Message, parsed: ParsedMail, match: Match, counts: Counts) -> None:
    contact_id = match.contact_id or 0
    incoming = _incoming(tx, contact_id, parsed)
    _note(tx, message, parsed, match)
    match decide_effect(incoming, message.at):
        case Stop(reason="opt_out"):
            source = f"mail of {message.at:%d %B %Y}"
            record_opt_out(tx, contact_id, source=source)
            if match.is_stranger:
                suppress(tx, message.sender, reason="opt_out", source=source, actor="contact")
            _stop_other(tx, match)
            counts.opt_outs += 1
            counts.replies += 1
        case Stop(reason="reply") as stop:
            # A mail that only its sender's address ties to them stops what began before it, never what came after.
            since = message.at if match.by == BY_SENDER else None
            stop_runs(tx, contact_id, stop, actor="contact", word="reply", begun_by=since)
            _stop_other(tx, match)
            counts.replies += 1
        case Stop(reason="bounce") as stop:
            _bounced(tx, contact_id, parsed, match, stop)
            counts.bounces += 1
        case Stop(reason="complaint") as stop:
            _complained(tx, contact_id, message, stop)
        case Stop() as stop:
            stop_runs(tx, contact_id, stop, actor="contact")
            counts.auto_replies += 1
        case Hold() as hold:
            hold_runs(tx, contact_id, hold, actor="contact")
            counts.auto_replies += 1
        case Clear():
            pass
    if parsed.kind is MailKind.REPLY:
        _talked(tx, message, contact_id)


def _stop_other(tx: Tx, match: Match) -> None:
    """Stop the runs of the one we had written to, when somebody else we know answered."""
    if match.other_contact_id is not None:
        stop = Stop(reason="reply", sentence="Somebody else answered.")
        stop_runs(tx, match.other_contact_id, stop, actor="contact", word="reply")


def _talked(tx: Tx, message: Message, contact_id: int) -> None:
    thread = tx.session.get_one(Thread, message.thread_id)
    thread.snoozed_until = None
    if thread.brand_id:
        move_by_rule(tx, contact_id, thread.brand_id, HUMAN_REPLY, cause="they answered")


def _incoming(tx: Tx, contact_id: int, parsed: ParsedMail) -> Incoming:
    contact = tx.session.get_one(Contact, contact_id)
    until = parsed.auto_reply.until if parsed.auto_reply else None
    back = None
    if until:
        # One business day after the stated day, at nine on their clock: an inbox of two weeks comes first.
        zone = contact_zone(contact)
        begin = datetime.combine(until, time(9), tzinfo=zone).astimezone(UTC)
        back = add_wait(begin, Wait(amount=1, unit="business days"), zone, holiday_rule(contact.country))
    return Incoming(
        kind=parsed.kind,
        opt_out=_is_opt_out(parsed),
        complaint=parsed.complaint,
        is_hard_bounce=bool(parsed.bounce and parsed.bounce.hard),
        is_permanent_auto_reply=bool(parsed.auto_reply and parsed.auto_reply.permanent),
        back_on=back,
        reply_kind=parsed.reply_kind,
    )


def _bounced(tx: Tx, contact_id: int, parsed: ParsedMail, match: Match, stop: Stop) -> None:
    send = tx.session.get(Send, match.send_id) if match.send_id else None
    bounce = parsed.bounce
    if bounce is None:
        return
    email = send.email if send else next((one for one in bounce.recipients if find_owner(tx, one) == contact_id), None)
    if send:
        send.bounced_at = tx.now
        if bounce.hard:
            count_hard_bounce(tx, send)
    if email and bounce.hard:
        mark_address(tx, email, "bad")
        suppress(tx, email, reason="hard_bounce", source=bounce.diagnostic[:250], actor="system")
    facts = {"bounce": {"status": bounce.status, "permanent": bounce.permanent, "hard": bounce.hard}}
    for run in tx.session.scalars(select(Enrolment).where(Enrolment.contact_id == contact_id)):
        if email is None or run.email == email:
            run.facts = {**run.facts, **facts}
    stop_runs(tx, contact_id, stop, actor="system", email=email, word="bounce")


def _complained(tx: Tx, contact_id: int, message: Message, stop: Stop) -> None:
    suppress_contact(tx, contact_id, reason="complaint", source=f"report of {message.at:%d %B %Y}", actor="contact")
    stop_runs(tx, contact_id, stop, actor="contact")
    record_incident(
        tx,
        "complaint",
        f"{message.snippet[:80] or message.subject[:80]}: somebody marked our mail as spam.",
        mailbox_id=message.mailbox_id,
        contact_id=contact_id,
    )


def _note(tx: Tx, message: Message, parsed: ParsedMail, match: Match) -> None:
    kinds = {MailKind.REPLY: "reply", MailKind.AUTO_REPLY: "auto_reply", MailKind.BOUNCE: "bounce"}
    kind = kinds.get(parsed.kind, "mail_in")
    data = {"reply_kind": message.reply_kind, "cue": message.reply_cue, "matched_by": match.by, **message.facts}
    if match.is_stranger:
        data["from"] = message.sender
    record_entry(
        tx,
        match.contact_id or 0,
        kind,
        message.snippet or message.subject or "(no text)",
        actor="contact",
        brand_id=brand_of(tx, match),
        message_id=message.id,
        data=data,
    )
    if match.other_contact_id:
        record_entry(
            tx,
            match.other_contact_id,
            "answered_by_other",
            f"{message.sender} answered our mail",
            actor="contact",
            message_id=message.id,
            data={"contact": match.contact_id},
        )
