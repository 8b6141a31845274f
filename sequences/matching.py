"""Use cases: whose an incoming mail is. Never by the subject alone.

Source: docs/architecture.md, B: our ids in In-Reply-To, then References newest first, then ids quoted in an
original, then the sender's address; otherwise nobody's, for a person to look at.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from crm.models import Mailbox, Message, Thread
from crm.threads import find_by_ids, find_owner, list_open_threads, open_thread
from kit.tx import Tx
from mailer.types import ParsedMail
from sequences.models import Send

BY_SENDER = "sender's address"
SUBJECT_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Whose a mail is. `other_contact_id` is whom it answers, when somebody else answered."""

    contact_id: int | None = None
    thread_id: int | None = None
    by: str = ""
    send_id: int | None = None
    is_stranger: bool = False
    other_contact_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    contact_id: int | None
    thread_id: int | None
    send_id: int | None


def match_mail(tx: Tx, mailbox_id: int, parsed: ParsedMail) -> Match:
    """Return whose an incoming mail is, and how that was found."""
    sender = parsed.sender.email if parsed.sender else ""
    owner = find_owner(tx, sender) if sender else None
    for by, ids in (
        ("In-Reply-To", parsed.in_reply_to),
        ("References", tuple(reversed(parsed.references))),
        ("quoted id", parsed.quoted_ids),
    ):
        found = _find(tx, mailbox_id, ids)
        if found:
            return _with_sender(found, by, sender, owner, mailbox_id, tx)
    if owner is None:
        return Match()
    threads = list_open_threads(tx, mailbox_id, owner)
    return Match(contact_id=owner, thread_id=threads[0].id if len(threads) == 1 else None, by=BY_SENDER)


def match_bounce(tx: Tx, mailbox_id: int, parsed: ParsedMail) -> Match:
    """Return which of our mails came back: by its quoted id, else the newest one to the refused address."""
    found = _find(tx, mailbox_id, (*parsed.quoted_ids, *parsed.in_reply_to, *parsed.references))
    if found:
        return Match(contact_id=found.contact_id, thread_id=found.thread_id, send_id=found.send_id, by="quoted id")
    for recipient in parsed.bounce.recipients if parsed.bounce else ():
        send = tx.session.scalar(
            select(Send)
            .where(Send.email == recipient, Send.mailbox_id == mailbox_id)
            .where(Send.state.in_(("sending", "unknown", "sent")))
            .order_by(Send.id.desc())
            .limit(1)
        )
        owner = send.contact_id if send else find_owner(tx, recipient)
        if owner:
            return Match(
                contact_id=owner,
                thread_id=send.thread_id if send else None,
                send_id=send.id if send else None,
                by="refused address",
            )
    return Match()


def thread_for(tx: Tx, mailbox: Mailbox, parsed: ParsedMail, match: Match, *, at: datetime) -> Thread:
    """Return the conversation that a mail belongs to; opens one where none is known."""
    if match.thread_id:
        return tx.session.get_one(Thread, match.thread_id)
    return open_thread(
        tx,
        mailbox_id=mailbox.id,
        contact_id=match.contact_id,
        brand_id=brand_of(tx, match),
        subject=parsed.subject[:SUBJECT_MAX],
        at=at,
    )


def brand_of(tx: Tx, match: Match) -> int | None:
    """Return the brand that a contact was last written to for."""
    if match.contact_id is None:
        return None
    return tx.session.scalar(
        select(Send.brand_id).where(Send.contact_id == match.contact_id).order_by(Send.id.desc()).limit(1)
    )


def _find(tx: Tx, mailbox_id: int, ids: tuple[str, ...]) -> _Found | None:
    if not ids:
        return None
    message: Message | None = find_by_ids(tx, ids, mailbox_id=mailbox_id)
    if message:
        return _Found(
            contact_id=message.contact_id,
            thread_id=message.thread_id,
            send_id=message.facts.get("send"),
        )
    # A mail whose outcome is not settled yet has no message: an answer to it is the best evidence there is.
    send = tx.session.scalar(select(Send).where(Send.rfc_id.in_(ids)).order_by(Send.id.desc()).limit(1))
    if send is None:
        return None
    return _Found(contact_id=send.contact_id, thread_id=send.thread_id, send_id=send.id)


def _with_sender(found: _Found, by: str, sender: str, owner: int | None, mailbox_id: int, tx: Tx) -> Match:
    """Weigh who wrote against whom we had written to: nothing is merged by itself."""
    if owner is None or owner == found.contact_id:
        return Match(
            contact_id=found.contact_id,
            thread_id=found.thread_id,
            by=by,
            send_id=found.send_id,
            is_stranger=owner is None and bool(sender),
        )
    threads = list_open_threads(tx, mailbox_id, owner)
    return Match(
        contact_id=owner,
        thread_id=threads[0].id if len(threads) == 1 else None,
        by=by,
        other_contact_id=found.contact_id,
        send_id=found.send_id,
    )
