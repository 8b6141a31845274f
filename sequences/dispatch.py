"""Use cases: one mailbox's outbox: claim, fence, re-check, hand over, settle. No transaction is held across a socket.

The story of one mail is `_deliver`: every step either goes on or ends the send with a state and a reason. Policy
lives in gate and stop_rules; this file only puts the steps in order.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm.mailboxes import pause_mailbox
from crm.models import Mailbox
from kit.tx import Tx
from mailer.errors import DroppedError, LoginError, MailError, ReplyError, TlsError, UnclearError
from mailer.parse.bounce_reason import is_dead_address
from mailer.types import Accepted
from sequences.engine import Engine
from sequences.gate import check_pace, check_stops, check_window, room_left
from sequences.intake import poll_line
from sequences.leases import hold_lease
from sequences.letters import Envelope, fix_bytes
from sequences.line import Line
from sequences.models import Send
from sequences.outbox import (
    Claim,
    Counts,
    begin_transmission,
    claim_sends,
    claimable,
    record_attempt,
    release_claim,
    retry_later,
    settle,
)
from sequences.settlement import record_cancelled, record_failed, record_sent, record_unknown
from sequences.stop_rules import Clear, Hold, Stop
from sequences.throttle import Later

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
HOLD_FOR = timedelta(minutes=15)
TROUBLE_FOR = timedelta(minutes=2)
FENCE_TRIES = 3


@dataclass(slots=True)
class _Round:
    """One drain of one mailbox: its connections, its owner's name, and when the mailbox was last read."""

    engine: Engine
    mailbox: Mailbox
    line: Line
    owner: str
    counts: Counts
    polled_at: datetime | None = None
    is_over: bool = False


def drain_mailbox(engine: Engine, mailbox_id: int) -> Counts:
    """Send what a mailbox may send now; return what was done. Harmless when nothing is due or somebody else drains."""
    counts = Counts()
    with engine.database.reading() as tx:
        mailbox = tx.session.get(Mailbox, mailbox_id)
        has_work = mailbox is not None and tx.session.scalar(claimable(mailbox_id, tx.now).limit(1)) is not None
        if mailbox is None or mailbox.paused_at or not has_work or _pace_says_wait(tx, mailbox):
            return counts
    with (
        hold_lease(engine.database, f"drain:{mailbox_id}", engine.lease_s) as owner,
        Line(mailbox, engine.transport, engine.seal) as line,
    ):
        if owner is None:
            return counts
        round_ = _Round(engine, mailbox, line, owner, counts)
        while not round_.is_over and (claims := _claim(round_)):
            for claim in claims:
                _deliver(round_, claim)
    return counts


def _pace_says_wait(tx: Tx, mailbox: Mailbox) -> bool:
    by_hand = tx.session.scalar(claimable(mailbox.id, tx.now).where(Send.enrolment_id.is_(None)).limit(1)) is not None
    return isinstance(check_pace(tx, mailbox, by_hand=by_hand), Later)


def _claim(round_: _Round) -> list[Claim]:
    """Take the next sends that window and pace allow; what the window holds back moves to its opening."""
    with round_.engine.database.transaction() as tx:
        mailbox = tx.session.get_one(Mailbox, round_.mailbox.id)
        by_hand = tx.session.scalar(claimable(mailbox.id, tx.now).where(Send.enrolment_id.is_(None)).limit(1))
        if mailbox.paused_at or isinstance(check_pace(tx, mailbox, by_hand=by_hand is not None), Later):
            return []
        batch = 1 if mailbox.gap_max_s or by_hand else round_.engine.batch
        room = room_left(tx, mailbox)
        limit = batch if room is None else min(batch, room)
        claims = claim_sends(tx, mailbox, round_.owner, limit=limit, lease_s=round_.engine.lease_s)
        kept = [claim for claim in claims if not _push_out_of_window(tx, round_, claim, mailbox)]
    if claims and not kept:
        return _claim(round_)
    return kept


def _push_out_of_window(tx: Tx, round_: _Round, claim: Claim, mailbox: Mailbox) -> bool:
    later = check_window(tx, tx.session.get_one(Send, claim.send_id), mailbox)
    if later is None:
        return False
    release_claim(tx, claim.send_id, round_.owner, due_at=later.at, reason=later.reason)
    round_.counts.held += 1
    return True


def _deliver(round_: _Round, claim: Claim) -> None:
    """Bring one claimed send to an end, or back into the queue with a reason."""
    if round_.is_over:
        _release(round_, claim.send_id, "The mailbox stopped sending.", TROUBLE_FOR)
        return
    envelope = _prepare(round_, claim.send_id)
    if envelope is None or (envelope.needs_fence and not _pass_fence(round_, envelope.send_id)):
        return
    if not _announce(round_, envelope):
        return
    for _ in range(FENCE_TRIES):
        verdict = _commit_to_send(round_, envelope)
        if verdict != "stale":
            break
        if not _pass_fence(round_, envelope.send_id):
            _forget(round_)
            return
    else:
        verdict = "held"
        _release(round_, envelope.send_id, "The inbox could not be read quickly enough.", TROUBLE_FOR)
    if verdict != "go":
        _forget(round_)
        return
    _transmit(round_, envelope)


def _prepare(round_: _Round, send_id: int) -> Envelope | None:
    with round_.engine.database.transaction() as tx:
        send = tx.session.get_one(Send, send_id)
        if not _may_leave(tx, round_, send):
            return None
        mailbox = tx.session.get_one(Mailbox, round_.mailbox.id)
        try:
            return fix_bytes(tx, send, mailbox, round_.engine.links)
        except ValueError as error:
            settle(tx, send.id, round_.owner, "failed", reason=f"The mail could not be written: {error}")
            record_failed(tx, send, words=f"the mail could not be written: {error}", is_dead_address=False)
            round_.counts.failed += 1
            return None


def _may_leave(tx: Tx, round_: _Round, send: Send) -> bool:
    """Apply the stops; a stop ends the send, a hold gives it back."""
    match check_stops(tx, send):
        case Clear():
            return True
        case Stop() as stop:
            settle(tx, send.id, round_.owner, "cancelled", reason=stop.sentence)
            record_cancelled(tx, send, stop)
        case Hold(sentence=sentence, until=until):
            release_claim(tx, send.id, round_.owner, due_at=until or tx.now + HOLD_FOR, reason=sentence)
            round_.counts.held += 1
    return False


def _pass_fence(round_: _Round, send_id: int) -> bool:
    """Read the mailbox before a follow-up (A7): the poll begins after the claim; one poll serves a batch."""
    claimed_at = _claimed_at(round_, send_id)
    now = round_.engine.clock.now()
    fresh = round_.polled_at and round_.polled_at >= claimed_at
    if fresh and round_.polled_at and (now - round_.polled_at).total_seconds() <= round_.engine.fence_s:
        return True
    result = poll_line(round_.engine, round_.mailbox, round_.line)
    round_.counts.add(result.counts)
    if result.error:
        _release(round_, send_id, f"Held: the inbox could not be read ({result.error})", TROUBLE_FOR)
        return False
    round_.polled_at = result.began_at
    return True


def _claimed_at(round_: _Round, send_id: int) -> datetime:
    with round_.engine.database.reading() as tx:
        return tx.session.get_one(Send, send_id).claimed_at or tx.now


def _announce(round_: _Round, envelope: Envelope) -> bool:
    """Name sender and recipient to the server. Nothing is handed over yet, so every failure here is clear."""
    try:
        smtp = round_.line.smtp()
        smtp.prepare(envelope.sender, envelope.recipient, size=len(envelope.raw), smtputf8=envelope.smtputf8)
    except (LoginError, TlsError) as error:
        _pause(round_, envelope.send_id, str(error))
    except ReplyError as error:
        _refused(round_, envelope, error)
    except MailError as error:
        _end_round(round_, envelope.send_id, f"The mail server cannot be reached: {error}")
    else:
        return True
    return False


def _commit_to_send(round_: _Round, envelope: Envelope) -> str:
    """Re-check every stop and commit `sending` in one transaction: go, stale (poll again) or held."""
    with round_.engine.database.transaction() as tx:
        if envelope.needs_fence:
            age = (tx.now - (round_.polled_at or tx.now)).total_seconds()
            if round_.polled_at is None or age > round_.engine.fence_s:
                return "stale"
        send = tx.session.get_one(Send, envelope.send_id)
        if not _may_leave(tx, round_, send):
            return "held"
        return "go" if begin_transmission(tx, send.id, round_.owner, lease_s=round_.engine.lease_s) else "held"


def _transmit(round_: _Round, envelope: Envelope) -> None:
    try:
        accepted = round_.line.smtp_open().transmit(envelope.raw)
    except ReplyError as error:
        _refused(round_, envelope, error)
    except (UnclearError, DroppedError, MailError) as error:
        _unknown(round_, envelope.send_id, str(error))
    else:
        _accepted(round_, envelope.send_id, accepted)


def _accepted(round_: _Round, send_id: int, accepted: Accepted) -> None:
    with round_.engine.database.transaction() as tx:
        if settle(tx, send_id, round_.owner, "sent"):
            record_attempt(tx, send_id, "sent", code=accepted.code, text=accepted.text)
            send = tx.session.get_one(Send, send_id)
            record_sent(tx, send, server_text=accepted.text)
    round_.counts.sent += 1
    log.info("send_sent", extra={"send_id": send_id})


def _refused(round_: _Round, envelope: Envelope, error: ReplyError) -> None:
    """Classify by the server's own code first (A8)."""
    send_id = envelope.send_id
    words = f"{error.code} {error.text}"
    if error.stage in ("connect", "ehlo"):
        _end_round(round_, send_id, f"The mail server is not ready: {words}")
        return
    if error.stage == "mail" and not error.temporary:
        _pause(round_, send_id, f"The server refuses mail from {envelope.sender}: {words}")
        return
    with round_.engine.database.transaction() as tx:
        record_attempt(tx, send_id, "refused", stage=error.stage, code=error.code, text=error.text)
        send = tx.session.get_one(Send, send_id)
        if error.temporary and send.attempts < MAX_ATTEMPTS:
            send.attempts += error.stage in ("mail", "rcpt")
            tx.session.flush()
            due_at = tx.now + TROUBLE_FOR * 2 ** min(send.attempts, 8)
            retry_later(tx, send_id, round_.owner, due_at=due_at, reason=f"The server asks to try later: {words}")
            round_.counts.held += 1
        else:
            settle(tx, send_id, round_.owner, "failed", reason=words)
            dead = (
                error.stage == "rcpt"
                and not error.temporary
                and is_dead_address(error.enhanced, error.text, permanent=True)
            )
            record_failed(tx, send, words=words, is_dead_address=dead)
            round_.counts.failed += 1
    _forget(round_)


def _unknown(round_: _Round, send_id: int, words: str) -> None:
    with round_.engine.database.transaction() as tx:
        record_attempt(tx, send_id, "unknown", stage="final", text=words)
        if settle(tx, send_id, round_.owner, "unknown", reason=words):
            record_unknown(tx, tx.session.get_one(Send, send_id), words=words)
    round_.counts.unknown += 1
    round_.line.hang_up()


def _pause(round_: _Round, send_id: int, words: str) -> None:
    """Stop the whole mailbox: the fault is ours, so nobody's mail fails for it."""
    with round_.engine.database.transaction() as tx:
        pause_mailbox(tx, round_.mailbox.id, words)
    log.error("mailbox_paused", extra={"mailbox_id": round_.mailbox.id})
    _end_round(round_, send_id, f"The mailbox is paused: {words}")


def _end_round(round_: _Round, send_id: int, words: str) -> None:
    round_.is_over = True
    round_.counts.errors.append(words)
    _release(round_, send_id, words, TROUBLE_FOR)


def _release(round_: _Round, send_id: int, words: str, wait: timedelta) -> None:
    with round_.engine.database.transaction() as tx:
        if release_claim(tx, send_id, round_.owner, due_at=tx.now + wait, reason=words):
            round_.counts.held += 1


def _forget(round_: _Round) -> None:
    """Take an announced mail back on a connection that stays open."""
    try:
        smtp = round_.line.smtp_open()
        if smtp.is_usable:
            smtp.reset()
    except MailError:
        round_.line.hang_up()
