"""Use cases: whose an incoming mail is. Never by the subject alone.

Source: docs/architecture.md, B: our ids in In-Reply-To, then References newest first, then a plus-token in the address
it came to, then ids quoted in an original, then the sender's address, also one known only from earlier answers;
otherwise nobody's, for a person to look at. Who writes on a creator's behalf (crm.links) answers for them: in their
conversation as they would themselves; with a new mail when exactly one of their creators is in a sequence.
"""

from datetime import datetime

from sqlalchemy import select

from crm.talks import KnownMail, Talk
from mailer.types import MailKind, ParsedMail
from sequences.models import Send
from sequences.reading.arrival import BY_SENDER, Match
from sequences.reading.desk import Desk
from sequences.reading.plus_token import ids_by_token


def match_mail(desk: Desk, parsed: ParsedMail) -> Match:
    """Return whose an incoming mail is, and how that was found."""
    if parsed.kind is MailKind.BOUNCE or parsed.complaint or parsed.bounce:
        return _match_bounce(desk, parsed)
    sender = parsed.sender.email if parsed.sender else ""
    owner = desk.owners.get(sender)
    for by, ids in (
        ("In-Reply-To", parsed.in_reply_to),
        ("References", tuple(reversed(parsed.references))),
        ("plus-token", ids_by_token(parsed, desk.ours)),
        ("quoted id", parsed.quoted_ids),
    ):
        found = desk.find_mail(ids)
        if found:
            return _with_sender(desk, found, desk.talk_of(ids, found), by=by, sender=sender, owner=owner)
    person = owner or desk.aliases.get(sender)
    if person is None:
        return Match()
    return Match(
        contact_id=person,
        talk=desk.only_talk(person),
        by=BY_SENDER,
        is_stranger=owner is None,
        other_contact_id=desk.only_creator(person) if owner is not None else None,
    )


def talk_for(desk: Desk, parsed: ParsedMail, match: Match, *, at: datetime) -> Talk:
    """Return the conversation that a mail belongs to; begins one where none is known."""
    return match.talk or desk.open_talk(match.contact_id, parsed, at)


def _match_bounce(desk: Desk, parsed: ParsedMail) -> Match:
    """Return which of our mails came back: by its quoted id, else the newest one to the refused address."""
    ids = (*parsed.quoted_ids, *parsed.in_reply_to, *parsed.references)
    found = desk.find_mail(ids)
    if found:
        talk = desk.talk_of(ids, found)
        return Match(contact_id=found.contact_id, talk=talk, send_id=found.send_id, by="quoted id")
    for recipient in parsed.bounce.recipients if parsed.bounce else ():
        send = desk.tx.session.scalar(
            select(Send)
            .where(Send.email == recipient, Send.mailbox_id == desk.mailbox.id)
            .where(Send.state.in_(("sending", "unknown", "sent")))
            .order_by(Send.id.desc())
            .limit(1)
        )
        if send:
            talk = desk.learn(send)
            return Match(contact_id=send.contact_id, talk=talk, send_id=send.id, by="refused address")
        if owner := desk.owners.get(recipient):
            return Match(contact_id=owner, by="refused address")
    return Match()


def _with_sender(desk: Desk, found: KnownMail, talk: Talk | None, *, by: str, sender: str, owner: int | None) -> Match:
    """Weigh who wrote against whom we had written to: nothing is merged by itself."""
    if owner is None or owner == found.contact_id or desk.speaks_for(owner, found.contact_id):
        return Match(
            contact_id=found.contact_id,
            talk=talk,
            by=by,
            send_id=found.send_id,
            is_stranger=owner is None and bool(sender),
        )
    return Match(
        contact_id=owner,
        talk=desk.only_talk(owner),
        by=by,
        other_contact_id=found.contact_id,
        send_id=found.send_id,
    )
