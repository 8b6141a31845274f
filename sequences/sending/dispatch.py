"""Use cases: one mailbox's outbox: claim, fence, re-check, hand over, settle. No transaction is held across a socket.

The story of a batch is `drain_mailbox`: every step either goes on or ends a send with a state and a reason. Policy
lives in gate and stop_rules; this file only puts the steps in order.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from crm.models import Mailbox
from kit.errors import say
from kit.tx import Tx
from mailer.errors import DroppedError, LoginError, MailError, ReplyError, TlsError, UnclearError
from mailer.types import Accepted, Outcome, Parcel
from sequences.engine import Engine
from sequences.leases import hold_lease, renew_lease
from sequences.mailboxes.line import Line
from sequences.models import Send
from sequences.pitches.brand_letters import answer_mailboxes
from sequences.reading.intake import poll_line, poll_mailbox
from sequences.sending.choice import HOLD_FOR, choose, may_leave
from sequences.sending.docket import Case, read_docket
from sequences.sending.endings import (
    Round,
    accept,
    end_round,
    forget,
    leave_unbegun,
    leave_unknown,
    pause,
    refuse,
    release,
)
from sequences.sending.gate import Gate
from sequences.sending.letters import Envelope, fix_bytes
from sequences.sending.limits import read_pace
from sequences.sending.outbox import (
    Counts,
    begin_transmission,
    is_due,
    settle,
)
from sequences.sending.settlement import record_failed
from sequences.sending.throttle import Later

FENCE_TRIES = 3


def drain_mailbox(engine: Engine, mailbox_id: int) -> Counts:
    """Send what a mailbox may send now; return what was done. Harmless when nothing is due or somebody else drains."""
    counts = Counts()
    with engine.database.reading() as tx:
        mailbox = tx.session.get(Mailbox, mailbox_id)
        if mailbox is None or mailbox.paused_at or not _may_send(tx, mailbox):
            return counts
    with (
        hold_lease(engine.database, f"drain:{mailbox_id}", engine.lease_s) as owner,
        Line(engine, mailbox) as line,
    ):
        if owner is None:
            return counts
        round_ = Round(engine, mailbox, line, owner, counts)
        while not round_.is_over and (batch := _claim(round_)).envelopes:
            if batch.is_begun:
                _transmit(round_, batch.envelopes, announced=False)
                continue
            for begin in range(0, len(batch.envelopes), engine.together):
                end = begin + engine.together
                with _giving_back(round_, batch.envelopes[end:]):
                    _hand_over(round_, batch.envelopes[begin:end])
    return counts


@contextmanager
def _giving_back(round_: Round, rest: Sequence[Envelope]) -> Iterator[None]:
    """Give the rest of a batch back when a fault of ours ends the round: they need not wait until the claim is old."""
    try:
        yield
    except Exception:
        with suppress(Exception):  # the first fault is the one to tell
            for envelope in rest:
                release(round_, envelope.send_id, say("Another mail met a fault of Rapport's own."))
        raise


def _may_send(tx: Tx, mailbox: Mailbox) -> bool:
    """Return whether anything is due that the pace may let go: an idle look writes nothing (C4)."""
    if not is_due(tx, mailbox.id):
        return False
    pace = read_pace(tx, mailbox)
    if isinstance(pace.check(tx.now, by_hand=is_due(tx, mailbox.id, of="by_hand")), Later):
        return False
    return pace.check_first(tx.now) is None or is_due(tx, mailbox.id, of="urgent")


@dataclass(frozen=True, slots=True)
class _Batch:
    """What one claim brought; `is_begun`: it is committed as `sending` already."""

    claimed: int
    envelopes: list[Envelope]
    is_begun: bool = False


def _claim(round_: Round) -> _Batch:
    """Take the next sends that every rule lets go; what a rule holds back moves to the date the rule names."""
    while True:
        with round_.engine.database.transaction() as tx:
            batch = _claim_once(tx, round_)
        if batch.envelopes or not batch.claimed:
            return batch


def _claim_once(tx: Tx, round_: Round) -> _Batch:
    """Claim once; what waits for no fence and no connection is committed in the same transaction."""
    engine = round_.engine
    if not renew_lease(tx, f"drain:{round_.mailbox.id}", round_.owner, engine.lease_s):
        return _Batch(0, [])
    goes_straight = engine.together > 1 and round_.line.is_smtp_ready
    # The team is asked in the transaction that commits to sending.
    claimed, kept = choose(tx, round_, team=goes_straight)
    envelopes, faulty = fix_bytes(tx, kept, tx.session.get_one(Mailbox, round_.mailbox.id), engine.links)
    for case, words in faulty:
        _fail(tx, round_, case, say("The mail could not be written: %(words)s", words=words))
    if not goes_straight or not envelopes or any(envelope.needs_fence for envelope in envelopes):
        return _Batch(claimed, envelopes)
    begun = begin_transmission(tx, [one.send_id for one in envelopes], round_.owner, lease_s=engine.lease_s)
    return _Batch(claimed, [one for one in envelopes if one.send_id in begun], is_begun=True)


def _fail(tx: Tx, round_: Round, case: Case, words: str) -> None:
    if settle(tx, case.entry.id, round_.owner, "failed", reason=words):
        record_failed(tx, tx.session.get_one(Send, case.entry.id), words=words, is_dead_address=False)
        round_.counts.failed += 1


def _hand_over(round_: Round, group: Sequence[Envelope]) -> None:
    """Bring a group of claimed sends to an end, or back into the queue with a reason."""
    ready = _pass_fence(round_, group)
    if round_.is_over:
        for envelope in ready:
            release(round_, envelope.send_id, say("The mailbox stopped sending."))
        return
    # A mail that travels alone names sender and recipient before it is committed: a refusal is then a plain one.
    is_alone = len(ready) == 1
    if not ready or not _open_line(round_, ready, announce=is_alone):
        return
    for _ in range(FENCE_TRIES):
        begun = _commit_to_send(round_, ready)
        if begun is not None:
            break
        ready = _pass_fence(round_, ready)
    else:
        begun = []
        for envelope in ready:
            release(round_, envelope.send_id, say("The inbox could not be read quickly enough."))
    if begun:
        _transmit(round_, begun, announced=is_alone)
    elif is_alone:
        forget(round_)


def _pass_fence(round_: Round, group: Sequence[Envelope]) -> list[Envelope]:
    """Read the mailbox before follow-ups (A7): the poll begins after the claim; one poll serves a batch."""
    follow_ups = [envelope for envelope in group if envelope.needs_fence]
    if not follow_ups:
        return list(group)
    claimed_at = max(envelope.claimed_at for envelope in follow_ups)
    if round_.is_read_since(claimed_at, round_.engine.clock.now()):
        return list(group)
    if not round_.fence_error:
        result = poll_line(round_.engine, round_.mailbox, round_.line)
        round_.counts.add(result.counts)
        round_.fence_error = result.error or _read_answer_boxes(round_)
        round_.polled_at = None if round_.fence_error else result.began_at
    if not round_.fence_error:
        return list(group)
    for envelope in follow_ups:
        # One try a round: a broken server is not signed in to once for every mail (B7).
        # It is freed as soon as the mailbox is read again (intake).
        release(
            round_,
            envelope.send_id,
            say("Held: the inbox could not be read (%(words)s)", words=round_.fence_error),
            HOLD_FOR,
        )
    return [envelope for envelope in group if not envelope.needs_fence]


def _read_answer_boxes(round_: Round) -> str:
    """Read the other mailboxes that a Reply-To of ours names; return why one of them could not be read."""
    with round_.engine.database.reading() as tx:
        boxes = answer_mailboxes(tx, tx.session.get_one(Mailbox, round_.mailbox.id))
    for mailbox_id in boxes:
        result = poll_mailbox(round_.engine, mailbox_id)
        round_.counts.add(result.counts)
        if result.error:
            return result.error
    return ""


def _open_line(round_: Round, ready: Sequence[Envelope], *, announce: bool) -> bool:
    """Open the connection, and announce the only mail. Nothing is handed over yet, so every failure is clear."""
    first = ready[0]
    try:
        smtp = round_.line.smtp()
        if announce:
            size, copies = len(first.raw), first.copies
            smtp.prepare(first.sender, first.recipient, size=size, smtputf8=first.smtputf8, copies=copies)
    except (LoginError, TlsError) as error:
        pause(round_, first.send_id, str(error))
    except ReplyError as error:
        refuse(round_, first, error)
    except MailError as error:
        end_round(round_, first.send_id, say("The mail server cannot be reached: %(error)s", error=error))
    else:
        return True
    for envelope in ready[1:]:
        release(round_, envelope.send_id, say("The mailbox stopped sending."))
    return False


def _commit_to_send(round_: Round, ready: Sequence[Envelope]) -> list[Envelope] | None:
    """Re-check every rule and commit `sending` in one transaction; None when the mailbox must be read again first."""
    with round_.engine.database.transaction() as tx:
        if any(envelope.needs_fence for envelope in ready) and not round_.is_read_lately(tx.now):
            return None
        mailbox = tx.session.get_one(Mailbox, round_.mailbox.id)
        cases = read_docket(tx, [envelope.send_id for envelope in ready])
        gate = Gate(tx, mailbox, cases)
        may = [case.entry.id for case in cases if may_leave(tx, round_, gate, case)]
        begun = begin_transmission(tx, may, round_.owner, lease_s=round_.engine.lease_s) if may else set()
        return [envelope for envelope in ready if envelope.send_id in begun]


def _transmit(round_: Round, begun: Sequence[Envelope], *, announced: bool) -> None:
    """Hand over what is committed, and write down what became of each."""
    outcomes = [_transmit_alone(round_, begun[0])] if announced else _transmit_many(round_, begun)
    taken: list[tuple[Envelope, Accepted]] = []
    for envelope, outcome in zip(begun, outcomes, strict=True):
        if isinstance(outcome, Accepted):
            taken.append((envelope, outcome))
    # First what was taken: a fault in writing down the others must not leave these unclear.
    accept(round_, taken)
    for envelope, outcome in zip(begun, outcomes, strict=True):
        if not isinstance(outcome, Accepted):
            _note_fault(round_, envelope, outcome)


def _transmit_alone(round_: Round, envelope: Envelope) -> Outcome:
    try:
        return round_.line.smtp_open().transmit(envelope.raw)
    except ReplyError as error:
        return error
    except MailError as error:
        # Strictly by the rule: after the commit only a server's own word is clear (A4).
        return UnclearError(str(error))


def _transmit_many(round_: Round, begun: Sequence[Envelope]) -> list[Outcome]:
    parcels = [
        Parcel(sender=one.sender, recipient=one.recipient, copies=one.copies, raw=one.raw, smtputf8=one.smtputf8)
        for one in begun
    ]
    return list(round_.line.smtp_open().transmit_many(parcels))


def _note_fault(round_: Round, envelope: Envelope, fault: ReplyError | UnclearError | DroppedError) -> None:
    if isinstance(fault, ReplyError):
        refuse(round_, envelope, fault)
    elif isinstance(fault, DroppedError):
        leave_unbegun(round_, envelope.send_id, str(fault))
    else:
        leave_unknown(round_, envelope.send_id, str(fault))
