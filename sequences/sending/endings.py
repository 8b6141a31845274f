"""Use cases: how a try to hand over mails ends: sent, refused, unclear, given back, or the round is over (A8)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, insert

from crm.mailboxes import pause_mailbox
from crm.models import Mailbox
from kit.errors import say
from kit.tx import Tx
from mailer.errors import MailError, ReplyError
from mailer.parse.bounce_reason import is_dead_address
from mailer.types import Accepted
from sequences.engine import Engine
from sequences.incidents import record_incident
from sequences.mailboxes.line import Line
from sequences.models import Attempt, Send
from sequences.sending.letters import Envelope
from sequences.sending.outbox import (
    Counts,
    record_attempt,
    release_claim,
    retry_later,
    settle,
    settle_sent,
    take_back,
)
from sequences.sending.settlement import Left, record_failed, record_sent, record_unknown

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
TROUBLE_FOR = timedelta(minutes=2)
TOO_LARGE = 552  # RFC 1870 6.1: said of this mail's size, not of its sender


@dataclass(slots=True)
class Round:
    """One drain of one mailbox: its connections, its owner's name, and when the mailbox was last read, or why not."""

    engine: Engine
    mailbox: Mailbox
    line: Line
    owner: str
    counts: Counts
    polled_at: datetime | None = None
    is_over: bool = False
    fence_error: str = ""

    def is_read_since(self, claimed_at: datetime, now: datetime) -> bool:
        """Whether the mailbox was read after `claimed_at`, and recently enough (A7)."""
        return self.polled_at is not None and self.polled_at >= claimed_at and self.is_read_lately(now)

    def is_read_lately(self, now: datetime) -> bool:
        """Whether the last reading is no older than the fence allows."""
        return self.polled_at is not None and (now - self.polled_at).total_seconds() <= self.engine.fence_s


def accept(round_: Round, taken: Sequence[tuple[Envelope, Accepted]]) -> None:
    """Write down what the server took."""
    if not taken:
        return
    with round_.engine.database.transaction() as tx:
        settled = settle_sent(tx, [envelope.send_id for envelope, _ in taken], round_.owner)
        kept = [(envelope, accepted) for envelope, accepted in taken if envelope.send_id in settled]
        _record_attempts(tx, kept)
        record_sent(tx, [_left(envelope, accepted, tx.now) for envelope, accepted in kept])
    round_.counts.sent += len(taken)
    for envelope, _ in taken:
        log.info("send_sent", extra={"send_id": envelope.send_id})


def refuse(round_: Round, envelope: Envelope, error: ReplyError) -> None:
    """Classify by the server's own code first (A8)."""
    send_id = envelope.send_id
    words = f"{error.code} {error.text}"
    if error.stage in ("connect", "ehlo"):
        end_round(round_, send_id, say("The mail server is not ready: %(words)s", words=words))
        return
    if error.stage == "mail" and not error.temporary and error.code != TOO_LARGE:
        pause(
            round_,
            send_id,
            say("The server refuses mail from %(sender)s: %(words)s", sender=envelope.sender, words=words),
        )
        return
    with round_.engine.database.transaction() as tx:
        record_attempt(tx, send_id, "refused", stage=error.stage, code=error.code, text=error.text)
        send = tx.session.get_one(Send, send_id)
        if error.temporary and send.attempts < MAX_ATTEMPTS:
            send.attempts += error.stage in ("mail", "rcpt") and send.state == "claimed"
            tx.session.flush()
            due_at = tx.now + TROUBLE_FOR * 2 ** min(send.attempts, 8)
            retry_later(
                tx,
                send_id,
                round_.owner,
                due_at=due_at,
                reason=say("The server asks to try later: %(words)s", words=words),
            )
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
    forget(round_)


def leave_unknown(round_: Round, send_id: int, words: str) -> None:
    """Write down that nobody knows whether the server took it (A4)."""
    with round_.engine.database.transaction() as tx:
        record_attempt(tx, send_id, "unknown", stage="final", text=words)
        if settle(tx, send_id, round_.owner, "unknown", reason=words):
            record_unknown(tx, tx.session.get_one(Send, send_id), words=words)
    round_.counts.unknown += 1
    round_.line.hang_up()


def leave_unbegun(round_: Round, send_id: int, words: str) -> None:
    """Give back a mail of a group whose turn on the wire never came: not a byte of it was handed over."""
    with round_.engine.database.transaction() as tx:
        reason = say("The connection ended before its turn: %(words)s", words=words)
        if take_back(tx, send_id, round_.owner, due_at=tx.now + TROUBLE_FOR, reason=reason):
            round_.counts.held += 1


def pause(round_: Round, send_id: int, words: str) -> None:
    """Stop the whole mailbox: the fault is ours, so nobody's mail fails for it."""
    with round_.engine.database.transaction() as tx:
        pause_mailbox(tx, round_.mailbox.id, words)
        record_incident(
            tx,
            "login",
            say("%(address)s is paused: %(words)s", address=round_.mailbox.address, words=words),
            mailbox_id=round_.mailbox.id,
        )
    log.error("mailbox_paused", extra={"mailbox_id": round_.mailbox.id})
    end_round(round_, send_id, say("The mailbox is paused: %(words)s", words=words))


def end_round(round_: Round, send_id: int, words: str) -> None:
    """Give a mail back untried and try no other in this round."""
    round_.is_over = True
    if words not in round_.counts.errors:
        round_.counts.errors.append(words)
    release(round_, send_id, words)


def release(round_: Round, send_id: int, words: str, wait: timedelta = TROUBLE_FOR) -> None:
    """Give a mail back untried: it waits, and says why."""
    with round_.engine.database.transaction() as tx:
        due_at = tx.now + wait
        if release_claim(tx, send_id, round_.owner, due_at=due_at, reason=words) or take_back(
            tx, send_id, round_.owner, due_at=due_at, reason=words
        ):
            round_.counts.held += 1


def forget(round_: Round) -> None:
    """Take an announced mail back on a connection that stays open."""
    try:
        smtp = round_.line.smtp_open()
        if smtp.is_usable:
            smtp.reset()
    except MailError:
        round_.line.hang_up()


def _record_attempts(tx: Tx, kept: Sequence[tuple[Envelope, Accepted]]) -> None:
    rows = [
        {"send_id": one.send_id, "at": tx.now, "outcome": "sent", "code": said.code, "text": said.text[:500]}
        for one, said in kept
    ]
    tx.run_many(_ADD_ATTEMPTS, rows)


def _left(envelope: Envelope, accepted: Accepted, at: datetime) -> Left:
    return Left(
        case=envelope.case,
        sender=envelope.sender,
        sender_name=envelope.sender_name,
        subject=envelope.subject,
        text=envelope.text,
        html=envelope.html,
        at=at,
        server_text=accepted.text,
        refused=accepted.refused,
    )


_ADD_ATTEMPTS = insert(cast("Table", Attempt.__table__))
