"""Use cases: the circuit breakers of mailboxes and sequences: counting hard bounces, stopping, telling."""

from collections.abc import Collection
from collections.abc import Sequence as SequenceOf
from datetime import datetime

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select

from crm.mailboxes import pause_mailbox
from crm.models import Mailbox
from crm.together import Rows, Together
from kit.db import Instant
from kit.tx import Tx
from sequences.incidents import record_incident
from sequences.models import Send, Sequence
from sequences.sending.breaker import COUNTED_FOR, BounceRate, Level
from sequences.versions.authoring import pause_sequence

_STOPS = (Level.STOP_FIRST, Level.STOP_ALL)


def count_hard_bounce(tx: Tx, send: Send) -> None:
    """Count a mail against its mailbox and sequence; at 5 % they stop until a person resumes them."""
    if send.hard_bounced_at is not None:
        return
    send.hard_bounced_at = tx.now
    tx.session.flush()
    mailbox = tx.session.get_one(Mailbox, send.mailbox_id)
    rate = mailbox_rate(tx, mailbox)
    if rate.level is not Level.FINE:
        _act_on_mailbox(tx, mailbox, rate)
    sequence = tx.session.get(Sequence, send.sequence_id) if send.sequence_id else None
    rate = sequence_rate(tx, sequence) if sequence else rate
    if sequence and rate.level is not Level.FINE:
        _act_on_sequence(tx, sequence, rate)


def mailbox_rate(tx: Tx, mailbox: Mailbox) -> BounceRate:
    """Return how a mailbox did since a person last resumed it, 14 days at most."""
    return _rates(tx, [_of_mailbox(mailbox)])[0]


def ask_mailbox_rate(now: datetime, mailbox: Mailbox) -> Select[int, int, int]:
    """Return the question for the same, so that it can be asked beside others; `read_rate` reads the answer."""
    return _ask(now, _of_mailbox(mailbox))


def read_rate(rows: Rows) -> BounceRate:
    """Return what was asked of one mailbox or sequence."""
    ((hard, sent, refused),) = rows
    return BounceRate(sent=sent + refused, hard=hard) if hard else BounceRate(sent=0, hard=0)


def sequence_rate(tx: Tx, sequence: Sequence) -> BounceRate:
    """Return how a sequence did since a person last resumed it, 14 days at most."""
    return _rates(tx, [_of_sequence(sequence)])[0]


def read_breakers(
    tx: Tx, mailbox: Mailbox, sequence_ids: Collection[int | None], *, act: bool
) -> dict[int | None, tuple[Level, str]]:
    """Return which breakers keep mail from leaving, and their words: by sequence, under None the mailbox's own.

    With `act` they are told as incidents, and at 5 % mailbox or sequence stop until a person resumes them.
    """
    numbers = [number for number in sequence_ids if number is not None]
    # Most of the time nothing bounced at all: one look at a tiny index, no counting.
    values = {"since": tx.now - COUNTED_FOR, "box": mailbox.id, "numbers": numbers}
    if tx.run(_ANY_RECENT, values).first() is None:
        return {}
    found = [tx.session.get_one(Sequence, number) for number in sorted(numbers)]
    asked = [_of_mailbox(mailbox), *(_of_sequence(sequence) for sequence in found)]
    ours, *theirs = _rates(tx, asked)
    stops: dict[int | None, tuple[Level, str]] = {}
    if ours.level in _STOPS:
        stops[None] = ours.level, ours.sentence(mailbox.address)
        if act:
            _act_on_mailbox(tx, mailbox, ours)
    for sequence, rate in zip(found, theirs, strict=True):
        if rate.level in _STOPS:
            stops[sequence.id] = rate.level, rate.sentence(sequence.name)
            if act:
                _act_on_sequence(tx, sequence, rate)
    return stops


def _act_on_mailbox(tx: Tx, mailbox: Mailbox, rate: BounceRate) -> None:
    words = rate.sentence(mailbox.address)
    record_incident(tx, "breaker", words, mailbox_id=mailbox.id, data={"level": rate.level.value})
    if rate.level is Level.STOP_ALL:
        pause_mailbox(tx, mailbox.id, words)


def _act_on_sequence(tx: Tx, sequence: Sequence, rate: BounceRate) -> None:
    words = rate.sentence(sequence.name)
    record_incident(tx, "breaker", words, sequence_id=sequence.id, data={"level": rate.level.value})
    if rate.level is Level.STOP_ALL and sequence.state == "live":
        pause_sequence(tx, sequence)


_Counted = tuple[ColumnElement[bool], datetime | None]


def _of_mailbox(mailbox: Mailbox) -> _Counted:
    return Send.mailbox_id == mailbox.id, mailbox.counted_from


def _of_sequence(sequence: Sequence) -> _Counted:
    return Send.sequence_id == sequence.id, sequence.counted_from


def _rates(tx: Tx, asked: SequenceOf[_Counted]) -> list[BounceRate]:
    """Return how each of these did, in one query."""
    return [read_rate(rows) for rows in Together(*(_ask(tx.now, one) for one in asked)).ask(tx)]


def _ask(now: datetime, asked: _Counted) -> Select[int, int, int]:
    which, counted_from = asked
    since = max(now - COUNTED_FOR, counted_from) if counted_from else now - COUNTED_FOR
    hard = which, Send.hard_bounced_at > since
    counts = (hard, (which, Send.sent_at > since), (*hard, Send.sent_at.is_(None)))
    first, second, third = (select(func.count()).select_from(Send).where(*each).scalar_subquery() for each in counts)
    return select(first.label("hard"), second.label("sent"), third.label("refused"))


_ANY_RECENT = (
    select(Send.id)
    .where(
        Send.hard_bounced_at > bindparam("since", type_=Instant()),
        or_(Send.mailbox_id == bindparam("box"), Send.sequence_id.in_(bindparam("numbers", expanding=True))),
    )
    .limit(1)
)
