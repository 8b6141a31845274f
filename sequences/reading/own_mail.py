"""Use cases: mail of our own found in folders: copies of what Rapport sent, and what was written elsewhere (B4)."""

from crm.talks import KnownMail
from crm.threads import make_snippet
from kit.errors import say
from mailer.types import Fetched, MailKind, ParsedMail
from sequences.models import Send
from sequences.reading.arrival import SUBJECT_MAX, Arrival, Match, dedupe_key
from sequences.reading.desk import Desk
from sequences.reading.evidence import settle_by_evidence
from sequences.reading.matching import talk_for


def take_own_mail(desk: Desk, fetched: Fetched, parsed: ParsedMail) -> Arrival | None:
    """Return what was written outside Rapport; our own sends found in Sent are evidence and aliases, never news."""
    rfc_id = parsed.message_id
    if rfc_id:
        if known := desk.find_send(rfc_id):
            desk.copies.add(known.id)
            if desk.is_unsettled(known.id):
                send = desk.tx.session.get_one(Send, known.id)
                settle_by_evidence(desk.tx, send, at=fetched.received_at, evidence=say("found in the Sent folder"))
                desk.learn(send)
            return None
        if mail := desk.find_mail([rfc_id]):
            # The server filed our mail under an id of its own.
            desk.copies.update([mail.send_id] if mail.send_id is not None else [])
            return None
    dedupe = dedupe_key(fetched, parsed)
    if dedupe in desk.stored:
        return None
    named = (*parsed.in_reply_to, *reversed(parsed.references))
    answered = desk.find_mail(named)
    owner = _find_owner(desk, parsed, answered)
    if owner in desk.erased_people:
        desk.passed_over += 1
        return None
    return None if owner is None else _take_manual(desk, fetched, parsed, owner, dedupe, (named, answered))


def _find_owner(desk: Desk, parsed: ParsedMail, answered: KnownMail | None) -> int | None:
    """Return whom it was written to: by address, by one they have answered from, else by the mail it answers."""
    emails = [one.email for one in (*parsed.to, *parsed.cc)]
    found = (known[email] for known in (desk.owners, desk.aliases) for email in emails if email in known)
    return next(found, answered.contact_id if answered else None)


def _take_manual(
    desk: Desk,
    fetched: Fetched,
    parsed: ParsedMail,
    contact_id: int,
    dedupe: str,
    answers: tuple[tuple[str, ...], KnownMail | None],
) -> Arrival:
    named, answered = answers
    talk = desk.talk_of(named, answered) if answered else desk.only_talk(contact_id)
    match = Match(contact_id=contact_id, talk=talk, by="recipient")
    arrival = Arrival(
        fetched=fetched,
        parsed=parsed,
        match=match,
        talk=talk_for(desk, parsed, match, at=fetched.received_at),
        side="" if parsed.kind is MailKind.AUTO_REPLY else "out",
        row=_row(desk, fetched, parsed, contact_id, dedupe),
    )
    desk.take(arrival)
    return arrival


def _row(desk: Desk, fetched: Fetched, parsed: ParsedMail, contact_id: int, dedupe: str) -> dict[str, object]:
    return {
        "mailbox_id": desk.mailbox.id,
        "contact_id": contact_id,
        "direction": "out",
        "kind": "manual",
        "dedupe": dedupe,
        "rfc_id": parsed.message_id,
        "sender": desk.mailbox.address,
        "sender_name": desk.mailbox.name,
        "recipients": [person.email for person in (*parsed.to, *parsed.cc) if person.email not in desk.erased],
        "subject": parsed.subject[:SUBJECT_MAX],
        "snippet": make_snippet(parsed.new_text or parsed.text),
        "at": fetched.received_at,
        "dated_at": parsed.date,
        "folder": "sent",
        "matched_by": "recipient",
        "needs_review": False,
        "reply_kind": None,
        "guessed_kind": None,
        "reply_confidence": None,
        "reply_cue": "",
        "opt_out": False,
        "complaint": False,
        "facts": {},
    }
