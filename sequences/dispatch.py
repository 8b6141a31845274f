"""Use cases: one mailbox's outbox: claim, fence, re-check, hand over, settle. No transaction is held across a socket.

The story of one mail is `_deliver`: every step either goes on or ends the send with a state and a reason. Policy
lives in gate and stop_rules; this file only puts the steps in order.
"""

from datetime import datetime, timedelta

from crm.models import Mailbox
from kit.tx import Tx
from mailer.errors import DroppedError, LoginError, MailError, ReplyError, TlsError, UnclearError
from sequences.endings import Round, accept, end_round, forget, leave_unknown, pause, refuse, release
from sequences.engine import Engine
from sequences.gate import check_pace, check_stops, check_window, room_left
from sequences.intake import poll_line
from sequences.leases import hold_lease, renew_lease
from sequences.letters import Envelope, fix_bytes
from sequences.line import Line
from sequences.models import Send
from sequences.outbox import UNREAD, Claim, Counts, begin_transmission, claim_sends, claimable, release_claim, settle
from sequences.settlement import record_cancelled, record_failed
from sequences.stop_rules import Clear, Hold, Stop
from sequences.throttle import Later

HOLD_FOR = timedelta(minutes=15)
FENCE_TRIES = 3


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
        round_ = Round(engine, mailbox, line, owner, counts)
        while not round_.is_over and (claims := _claim(round_)):
            for claim in claims:
                _deliver(round_, claim)
    return counts


def _pace_says_wait(tx: Tx, mailbox: Mailbox) -> bool:
    by_hand = tx.session.scalar(claimable(mailbox.id, tx.now).where(Send.enrolment_id.is_(None)).limit(1)) is not None
    return isinstance(check_pace(tx, mailbox, by_hand=by_hand), Later)


def _claim(round_: Round) -> list[Claim]:
    """Take the next sends that window and pace allow; what the window holds back moves to its opening."""
    while True:
        claims, kept = _claim_once(round_)
        if kept or not claims:
            return kept


def _claim_once(round_: Round) -> tuple[list[Claim], list[Claim]]:
    """Return what was claimed, and what of it was not pushed out of the window again."""
    with round_.engine.database.transaction() as tx:
        if not renew_lease(tx, f"drain:{round_.mailbox.id}", round_.owner, round_.engine.lease_s):
            return [], []
        mailbox = tx.session.get_one(Mailbox, round_.mailbox.id)
        by_hand = tx.session.scalar(claimable(mailbox.id, tx.now).where(Send.enrolment_id.is_(None)).limit(1))
        if mailbox.paused_at or isinstance(check_pace(tx, mailbox, by_hand=by_hand is not None), Later):
            return [], []
        batch = 1 if mailbox.gap_max_s or by_hand else round_.engine.batch
        room = room_left(tx, mailbox)
        limit = batch if room is None else min(batch, room)
        claims = claim_sends(tx, mailbox, round_.owner, limit=limit, lease_s=round_.engine.lease_s)
        return claims, [claim for claim in claims if not _is_pushed_out(tx, round_, claim.send_id)]


def _is_pushed_out(tx: Tx, round_: Round, send_id: int) -> bool:
    send, mailbox = tx.session.get_one(Send, send_id), tx.session.get_one(Mailbox, round_.mailbox.id)
    later = check_window(tx, send, mailbox)
    if later is None:
        return False
    release_claim(tx, send_id, round_.owner, due_at=later.at, reason=later.reason)
    round_.counts.held += 1
    return True


def _deliver(round_: Round, claim: Claim) -> None:
    """Bring one claimed send to an end, or back into the queue with a reason."""
    if round_.is_over:
        release(round_, claim.send_id, "The mailbox stopped sending.")
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
            forget(round_)
            return
    else:
        verdict = "held"
        release(round_, envelope.send_id, "The inbox could not be read quickly enough.")
    if verdict != "go":
        forget(round_)
        return
    _transmit(round_, envelope)


def _prepare(round_: Round, send_id: int) -> Envelope | None:
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


def _may_leave(tx: Tx, round_: Round, send: Send) -> bool:
    """Apply the stops; a stop ends the send, a hold gives it back. A batch may outlast the window or a limit."""
    match check_stops(tx, send):
        case Clear():
            return not _is_pushed_out(tx, round_, send.id)
        case Stop() as stop:
            settle(tx, send.id, round_.owner, "cancelled", reason=stop.sentence)
            record_cancelled(tx, send, stop)
        case Hold(sentence=sentence, until=until):
            release_claim(tx, send.id, round_.owner, due_at=until or tx.now + HOLD_FOR, reason=sentence)
            round_.counts.held += 1
    return False


def _pass_fence(round_: Round, send_id: int) -> bool:
    """Read the mailbox before a follow-up (A7): the poll begins after the claim; one poll serves a batch."""
    claimed_at = _claimed_at(round_, send_id)
    now = round_.engine.clock.now()
    fresh = round_.polled_at and round_.polled_at >= claimed_at
    if fresh and round_.polled_at and (now - round_.polled_at).total_seconds() <= round_.engine.fence_s:
        return True
    if not round_.fence_error:
        result = poll_line(round_.engine, round_.mailbox, round_.line)
        round_.counts.add(result.counts)
        round_.polled_at = None if result.error else result.began_at
        round_.fence_error = result.error
    if round_.fence_error:
        # One try a round: a broken server is not signed in to once for every mail (B7).
        # It is freed as soon as the mailbox is read again (intake).
        release(round_, send_id, f"{UNREAD} ({round_.fence_error})", HOLD_FOR)
    return not round_.fence_error


def _claimed_at(round_: Round, send_id: int) -> datetime:
    with round_.engine.database.reading() as tx:
        return tx.session.get_one(Send, send_id).claimed_at or tx.now


def _announce(round_: Round, envelope: Envelope) -> bool:
    """Name sender and recipient to the server. Nothing is handed over yet, so every failure here is clear."""
    try:
        smtp = round_.line.smtp()
        smtp.prepare(envelope.sender, envelope.recipient, size=len(envelope.raw), smtputf8=envelope.smtputf8)
    except (LoginError, TlsError) as error:
        pause(round_, envelope.send_id, str(error))
    except ReplyError as error:
        refuse(round_, envelope, error)
    except MailError as error:
        end_round(round_, envelope.send_id, f"The mail server cannot be reached: {error}")
    else:
        return True
    return False


def _commit_to_send(round_: Round, envelope: Envelope) -> str:
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


def _transmit(round_: Round, envelope: Envelope) -> None:
    try:
        accepted = round_.line.smtp_open().transmit(envelope.raw)
    except ReplyError as error:
        refuse(round_, envelope, error)
    except (UnclearError, DroppedError, MailError) as error:
        leave_unknown(round_, envelope.send_id, str(error))
    else:
        accept(round_, envelope.send_id, accepted)
