"""Use cases: reading, in the transaction that would send, everything that may stop a mail (A6)."""

from collections import Counter
from datetime import date, datetime, timedelta

from sqlalchemy import case, func, select

from crm.models import Contact, ContactAddress, Mailbox, Message
from crm.pipeline import stage_name
from crm.suppressions import find_personal_suppression
from crm.zones import read_zone
from kit.tx import Tx
from sequences.hours import hours_for
from sequences.models import Enrolment, Send, Sequence
from sequences.outbox import sent_log
from sequences.runs import document_for
from sequences.schedule import open_from
from sequences.sequence_file import SequenceFile
from sequences.stop_rules import Clear, Facts, Hold, Stop, decide_stop
from sequences.throttle import DAY, Go, Later, SendingDay, decide_pace, draw_gap, ramped_cap

RAMP_MEMORY = timedelta(days=90)


def check_stops(tx: Tx, send: Send) -> Clear | Stop | Hold:
    """Decide whether a send may leave now, from what is true in this transaction."""
    contact = tx.session.get_one(Contact, send.contact_id)
    mailbox = tx.session.get(Mailbox, send.mailbox_id)
    suppression = find_personal_suppression(tx, send.contact_id, send.email)
    facts = Facts(
        now=tx.now,
        is_by_hand=send.enrolment_id is None,
        is_erased=contact.erased_at is not None,
        suppression=f"{suppression.target} ({suppression.reason})" if suppression else None,
        mailbox_is_gone=mailbox is None,
        mailbox_pause=mailbox.pause_reason if mailbox and mailbox.paused_at else None,
        expires_at=send.expires_at,
    )
    if send.enrolment_id is None:
        return decide_stop(facts)
    return decide_stop(_with_run(tx, send, facts))


def check_window(tx: Tx, send: Send, mailbox: Mailbox) -> Later | None:
    """Return when the window opens, if it is closed now. Mail written by hand leaves at any hour."""
    if send.enrolment_id is None:
        return None
    run = tx.session.get_one(Enrolment, send.enrolment_id)
    document = document_for(tx, run)
    opens = open_from(tx.now, hours_for(document, tx.session.get_one(Contact, run.contact_id), mailbox))
    if opens > tx.now:
        return Later(at=opens, reason="Outside the sending window.")
    return _check_new_limit(tx, send, document)


def check_pace(tx: Tx, mailbox: Mailbox, *, by_hand: bool = False) -> Go | Later:
    """Decide whether a mailbox may send one more now: cap, ramp, gap."""
    sent = sent_log(tx, mailbox.id, tx.now - DAY)
    cap = mailbox.daily_cap
    if mailbox.ramp:
        cap = ramped_cap(cap, _past_days(tx, mailbox))
    gap = (
        0.0
        if by_hand
        else draw_gap(
            mailbox.gap_min_s, mailbox.gap_max_s, mailbox_id=mailbox.id, sent_total=_sent_total(tx, mailbox.id)
        )
    )
    return decide_pace(sent, now=tx.now, cap=cap, gap_s=gap, what=mailbox.address)


def room_left(tx: Tx, mailbox: Mailbox) -> int | None:
    """Return how many more mails the cap of a mailbox allows now; None without a cap."""
    cap = mailbox.daily_cap
    if mailbox.ramp:
        cap = ramped_cap(cap, _past_days(tx, mailbox))
    return None if cap is None else max(0, cap - len(sent_log(tx, mailbox.id, tx.now - DAY)))


def _with_run(tx: Tx, send: Send, facts: Facts) -> Facts:
    run = tx.session.get_one(Enrolment, send.enrolment_id)
    sequence = tx.session.get_one(Sequence, run.sequence_id)
    document = document_for(tx, run)
    mailable = tx.session.scalar(select(ContactAddress.mailable).where(ContactAddress.email == send.email))
    return Facts(
        now=facts.now,
        is_erased=facts.is_erased,
        suppression=facts.suppression,
        mailbox_is_gone=facts.mailbox_is_gone,
        mailbox_pause=facts.mailbox_pause,
        expires_at=facts.expires_at,
        enrolment_state=run.state,
        enrolment_reason=run.reason,
        hold_until=run.hold_until,
        address_is_bad=mailable == "bad",
        replied_at=_replied_at(tx, run),
        stage=stage_name(tx, run.contact_id, sequence.brand_id),
        stop_on=frozenset(document.stop_on),
        sequence_state=sequence.state,
    )


def _replied_at(tx: Tx, run: Enrolment) -> datetime | None:
    return tx.session.scalar(
        select(func.max(Message.at)).where(
            Message.contact_id == run.contact_id,
            Message.direction == "in",
            Message.kind == "reply",
            Message.at >= run.created_at,
        )
    )


def _check_new_limit(tx: Tx, send: Send, document: SequenceFile) -> Later | None:
    if send.is_follow_up or document.new_limit is None:
        return None
    # What is unknown counts: it may have left.
    at = case((Send.state.in_(("sending", "unknown")), Send.claimed_at), else_=Send.sent_at)
    sent = tx.session.scalars(
        select(at)
        .where(Send.sequence_id == send.sequence_id, Send.is_follow_up.is_(False), at > tx.now - DAY)
        .order_by(at)
    )
    verdict = decide_pace(list(sent), now=tx.now, cap=document.new_limit, gap_s=0, what="new contacts of this sequence")
    return verdict if isinstance(verdict, Later) else None


def _sent_total(tx: Tx, mailbox_id: int) -> int:
    query = select(func.count(Send.id)).where(Send.mailbox_id == mailbox_id, Send.sent_at.is_not(None))
    return tx.session.scalar(query) or 0


def _past_days(tx: Tx, mailbox: Mailbox) -> list[SendingDay]:
    """Return the mailbox's past sending days on its own clock, today left out (C3)."""
    zone = read_zone(mailbox.zone)
    today = tx.now.astimezone(zone).date()
    rows = tx.session.execute(
        select(Send.sent_at, Send.bounced_at).where(Send.mailbox_id == mailbox.id, Send.sent_at > tx.now - RAMP_MEMORY)
    ).all()
    sent: Counter[date] = Counter()
    bounced: Counter[date] = Counter()
    for sent_at, bounced_at in rows:
        if sent_at is None:
            continue
        day = sent_at.astimezone(zone).date()
        sent[day] += 1
        bounced[day] += bounced_at is not None
    return [SendingDay(sent=sent[day], bounced=bounced[day]) for day in sorted(sent) if day < today]
