"""Use cases: the circuit breakers of mailboxes and sequences: counting hard bounces, stopping, telling."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from crm.mailboxes import pause_mailbox
from crm.models import Mailbox
from kit.tx import Tx
from sequences.authoring import pause_sequence
from sequences.breaker import COUNTED_FOR, BounceRate, Level
from sequences.incidents import record_incident
from sequences.models import Send, Sequence


def count_hard_bounce(tx: Tx, send: Send) -> None:
    """Count a mail against its mailbox and sequence; at 5 % they stop until a person resumes them."""
    if send.hard_bounced_at is not None:
        return
    send.hard_bounced_at = tx.now
    tx.session.flush()
    mailbox = tx.session.get_one(Mailbox, send.mailbox_id)
    rate = mailbox_rate(tx, mailbox)
    if rate.level is not Level.FINE:
        words = rate.sentence(mailbox.address)
        record_incident(tx, "breaker", words, mailbox_id=mailbox.id, data={"level": rate.level.value})
        if rate.level is Level.STOP_ALL:
            pause_mailbox(tx, mailbox.id, words)
    sequence = tx.session.get(Sequence, send.sequence_id) if send.sequence_id else None
    if sequence is None:
        return
    rate = sequence_rate(tx, sequence)
    if rate.level is not Level.FINE:
        words = rate.sentence(sequence.name)
        record_incident(tx, "breaker", words, sequence_id=sequence.id, data={"level": rate.level.value})
        if rate.level is Level.STOP_ALL and sequence.state == "live":
            pause_sequence(tx, sequence)


def mailbox_rate(tx: Tx, mailbox: Mailbox) -> BounceRate:
    """Return how a mailbox did since a person last resumed it, 14 days at most."""
    return _rate(tx, Send.mailbox_id == mailbox.id, mailbox.counted_from)


def sequence_rate(tx: Tx, sequence: Sequence) -> BounceRate:
    """Return how a sequence did since a person last resumed it, 14 days at most."""
    return _rate(tx, Send.sequence_id == sequence.id, sequence.counted_from)


def first_mail_stops(tx: Tx, mailbox: Mailbox, sequence_ids: Collection[int | None]) -> dict[int | None, str]:
    """Return why no first mail may leave: by sequence, or under None for the whole mailbox."""
    numbers = [number for number in sequence_ids if number is not None]
    # Most of the time nothing bounced at all: one look at a tiny index, no counting.
    recent = select(Send.id).where(
        Send.hard_bounced_at > tx.now - COUNTED_FOR,
        or_(Send.mailbox_id == mailbox.id, Send.sequence_id.in_(numbers)),
    )
    if tx.session.scalar(recent.limit(1)) is None:
        return {}
    stops: dict[int | None, str] = {}
    rate = mailbox_rate(tx, mailbox)
    if rate.level in (Level.STOP_FIRST, Level.STOP_ALL):
        stops[None] = rate.sentence(mailbox.address)
    for sequence in tx.session.scalars(select(Sequence).where(Sequence.id.in_(numbers))):
        rate = sequence_rate(tx, sequence)
        if rate.level in (Level.STOP_FIRST, Level.STOP_ALL):
            stops[sequence.id] = rate.sentence(sequence.name)
    return stops


def _rate(tx: Tx, which: ColumnElement[bool], counted_from: datetime | None) -> BounceRate:
    since = max(tx.now - COUNTED_FOR, counted_from) if counted_from else tx.now - COUNTED_FOR
    hard = tx.session.scalar(select(func.count()).select_from(Send).where(which, Send.hard_bounced_at > since)) or 0
    if not hard:
        return BounceRate(sent=0, hard=0)
    sent = tx.session.scalar(select(func.count()).select_from(Send).where(which, Send.sent_at > since)) or 0
    refused = (
        tx.session.scalar(
            select(func.count()).select_from(Send).where(which, Send.hard_bounced_at > since, Send.sent_at.is_(None))
        )
        or 0
    )
    return BounceRate(sent=sent + refused, hard=hard)
