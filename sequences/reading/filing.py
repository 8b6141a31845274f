"""Use cases: mails from a folder become facts: stored once, matched, and everything they change, in one Tx."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import update

from crm.erased import count_mails
from crm.models import Mailbox
from crm.suppressions import suppress
from crm.talks import Touched, open_talks, touch_talks
from crm.threads import make_snippet, store_rows
from kit.errors import say
from kit.tx import Tx
from mailer.types import Fetched, MailKind, ParsedMail
from sequences.models import Send
from sequences.reading.arrival import SUBJECT_MAX, Arrival, Match, dedupe_key
from sequences.reading.desk import Desk, Mail
from sequences.reading.effects import Effects, is_opt_out
from sequences.reading.evidence import settle_by_evidence
from sequences.reading.matching import match_mail, talk_for
from sequences.reading.own_mail import take_own_mail
from sequences.reading.plus_token import is_ours
from sequences.reading.promising import propose_from_found
from sequences.reading.proposing import propose_facts
from sequences.sending.outbox import Counts


def file_mail(
    tx: Tx, mailbox: Mailbox, role: str, fetched: Fetched, parsed: ParsedMail, ours: frozenset[str]
) -> Counts:
    """Take one mail in; known mail changes nothing. `role` is inbox, sent or junk."""
    return file_mails(tx, mailbox, role, [(fetched, parsed)], ours)


def file_mails(tx: Tx, mailbox: Mailbox, role: str, mails: Sequence[Mail], ours: frozenset[str]) -> Counts:
    """Take a batch in, in its order: first whose each is, then all rows at once, then what each changes.

    The number of statements hangs on what changes, not on the number of mails. IntegrityError when somebody else
    has stored one of them meanwhile.
    """
    desk = Desk.open(tx, mailbox, ours, mails)
    taken = [arrival for mail in mails if (arrival := _take(desk, role, *mail)) is not None]
    _note_copies(desk)
    count_mails(tx, desk.passed_over)
    _store(tx, taken)
    counts, effects = Counts(), Effects(desk)
    for arrival in taken:
        if arrival.is_ours:
            effects.note_manual(arrival)
            continue
        counts.received += 1
        if arrival.match.contact_id is not None:
            effects.apply(arrival, counts)
        elif arrival.row["opt_out"] and arrival.row["sender"]:
            # Nobody we know asks for no more mail: the address itself is remembered.
            source = say("mail of %(day)s", day=f"{arrival.at:%d %B %Y}")
            suppress(tx, arrival.row["sender"], reason="opt_out", source=source, actor="contact")
            counts.opt_outs += 1
    effects.finish()
    propose_facts(tx, [one for one in taken if not one.is_ours], ours)
    propose_from_found(tx, mailbox, taken)
    return counts


def _take(desk: Desk, role: str, fetched: Fetched, parsed: ParsedMail) -> Arrival | None:
    """Return a mail that is to be stored, with all that its row says; None when it is known or concerns nobody."""
    sender = parsed.sender.email if parsed.sender else ""
    if is_of_erased(desk, parsed):
        desk.passed_over += 1
        return None
    if role == "sent" or (is_ours(sender, desk.ours) and parsed.kind is MailKind.REPLY):
        return take_own_mail(desk, fetched, parsed)
    dedupe = dedupe_key(fetched, parsed)
    if dedupe in desk.stored:
        return None
    match = match_mail(desk, parsed)
    if match.contact_id in desk.erased_people:
        desk.passed_over += 1
        return None
    if match.contact_id is None and not _is_worth_a_look(parsed):
        return None
    match = _settle(desk, match, fetched, parsed)
    talk = talk_for(desk, parsed, match, at=fetched.received_at)
    row = _row(desk, role, fetched, parsed, match, dedupe) | {"mailbox_id": desk.mailbox.id}
    side = "in" if parsed.kind is MailKind.REPLY else ""
    arrival = Arrival(fetched=fetched, parsed=parsed, match=match, talk=talk, side=side, row=row)
    desk.take(arrival)
    return arrival


def is_of_erased(desk: Desk, parsed: ParsedMail) -> bool:
    """Return whether a mail is from somebody erased, about their address, or to them alone: nothing of it is kept."""
    sender = parsed.sender.email if parsed.sender else ""
    to = {person.email for person in (*parsed.to, *parsed.cc)} - desk.ours
    about = set(parsed.bounce.recipients) if parsed.bounce else set()
    return sender in desk.erased or bool(about & desk.erased) or bool(to and to <= desk.erased)


def _settle(desk: Desk, match: Match, fetched: Fetched, parsed: ParsedMail) -> Match:
    """Take a mail as evidence about ours that it answers, if nobody knew its end (A5)."""
    if match.send_id is None or not desk.is_unsettled(match.send_id):
        return match
    send = desk.tx.session.get_one(Send, match.send_id)
    words = f"proved by a {parsed.kind.value.replace('_', '-')}"
    settle_by_evidence(desk.tx, send, at=fetched.received_at, evidence=words)
    talk = desk.learn(send)
    return match if match.other_contact_id else replace(match, talk=match.talk or talk)


def _is_worth_a_look(parsed: ParsedMail) -> bool:
    """Keep a person's mail from somebody unknown for review; machines that concern nobody are passed over."""
    return parsed.kind is MailKind.REPLY or parsed.complaint


def _note_copies(desk: Desk) -> None:
    """Note which of our mails lie in Sent already, so that no second copy is appended."""
    if desk.copies:
        unknown = update(Send).where(Send.id.in_(desk.copies), Send.copy_filed_at.is_(None))
        desk.tx.session.execute(unknown.values(copy_filed_at=desk.tx.now).execution_options(synchronize_session=False))


def _store(tx: Tx, taken: Sequence[Arrival]) -> None:
    open_talks(tx, {id(arrival.talk): arrival.talk for arrival in taken}.values())
    rows = [arrival.row | {"thread_id": arrival.talk.id} for arrival in taken]
    ids = [[arrival.parsed.message_id] if arrival.parsed.message_id else [] for arrival in taken]
    numbers = store_rows(tx, rows, [arrival.body for arrival in taken], ids)
    for arrival, number in zip(taken, numbers, strict=True):
        arrival.message_id = number
    touch_talks(tx, [Touched(arrival.talk, arrival.at, arrival.side) for arrival in taken])


def _row(desk: Desk, role: str, fetched: Fetched, parsed: ParsedMail, match: Match, dedupe: str) -> dict[str, object]:
    is_person = parsed.kind is MailKind.REPLY
    recipients = [person.email for person in (*parsed.to, *parsed.cc) if person.email not in desk.erased]
    return {
        "contact_id": match.contact_id,
        "direction": "in",
        "kind": parsed.kind.value,
        "dedupe": dedupe,
        "rfc_id": parsed.message_id,
        "sender": parsed.sender.email if parsed.sender else "",
        "sender_name": parsed.sender.name if parsed.sender else "",
        "recipients": recipients,
        "subject": parsed.subject[:SUBJECT_MAX],
        "snippet": make_snippet(parsed.new_text or parsed.text),
        "at": fetched.received_at,
        "dated_at": parsed.date,
        "folder": role,
        "matched_by": match.by,
        "needs_review": is_person and (match.contact_id is None or match.is_stranger),
        "reply_kind": parsed.reply_kind.value if parsed.reply_kind and is_person else None,
        "guessed_kind": parsed.reply_kind.value if parsed.reply_kind and is_person else None,
        "reply_confidence": parsed.reply_confidence if is_person else None,
        "reply_cue": parsed.cue[:200] if is_person else "",
        "opt_out": is_opt_out(parsed),
        "complaint": parsed.complaint,
        "facts": _facts(fetched, parsed) | _proposal(parsed, match),
    }


def _proposal(parsed: ParsedMail, match: Match) -> dict[str, object]:
    """Propose whoever answers for a contact as somebody linked to them; a person decides, nothing is merged."""
    if not match.is_stranger or match.contact_id is None or parsed.kind is not MailKind.REPLY or not parsed.sender:
        return {}
    return {"proposes": {"link": {"email": parsed.sender.email, "name": parsed.sender.name}}}


def _facts(fetched: Fetched, parsed: ParsedMail) -> dict[str, object]:
    facts: dict[str, object] = {
        "attachments": [
            {"filename": one.filename, "type": one.content_type, "size": len(one.content)} for one in parsed.attachments
        ]
    }
    if len(fetched.raw) < fetched.size:
        facts["cut"] = {"size": fetched.size, "kept": len(fetched.raw)}
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
