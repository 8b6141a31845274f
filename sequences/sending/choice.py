"""Use cases: the choice: what of a mailbox's queue may leave now, and what becomes of the rest.

Dispatch chooses by it before it hands over, and the forecast when it rehearses.
"""

from datetime import datetime, timedelta
from typing import assert_never

from sqlalchemy import update

from crm.models import Mailbox
from kit.errors import say
from kit.tx import Tx
from sequences.course.runs import stale_at
from sequences.models import Send
from sequences.sending.docket import Case, read_docket
from sequences.sending.endings import Round
from sequences.sending.gate import Gate
from sequences.sending.limits import read_pace
from sequences.sending.outbox import claim_sends, is_due, record_attempt, release_claim, settle
from sequences.sending.settlement import record_cancelled
from sequences.sending.stop_rules import ON_LEAVE, Clear, Hold, Stop
from sequences.sending.throttle import Later

HOLD_FOR = timedelta(minutes=15)
NO_ONE_CLICK = say("The brand requires one-click opt-out, and others cannot open RAPPORT_PUBLIC_URL.")


def choose(tx: Tx, round_: Round, *, team: bool = True) -> tuple[int, list[Case]]:
    """Claim what may leave now by every rule; return how many were claimed, and which of them may go on.

    The others are back in the queue with their date, or at their end.
    """
    engine = round_.engine
    mailbox = tx.session.get_one(Mailbox, round_.mailbox.id)
    by_hand = is_due(tx, mailbox.id, of="by_hand")
    pace = read_pace(tx, mailbox)
    if mailbox.paused_at or isinstance(pace.check(tx.now, by_hand=by_hand), Later):
        return 0, []
    batch = 1 if mailbox.gap_max_s or by_hand else (engine.together if engine.together > 1 else engine.batch)
    room = pace.room(tx.now)
    send_ids = claim_sends(
        tx,
        mailbox,
        round_.owner,
        limit=batch if room is None else min(batch, room),
        lease_s=engine.lease_s,
        first_mails=pace.check_first(tx.now) is None,
    )
    cases = read_docket(tx, send_ids)
    gate = Gate(tx, mailbox, cases, pace=pace, team=team)
    return len(cases), [case for case in cases if may_leave(tx, round_, gate, case)]


def may_leave(tx: Tx, round_: Round, gate: Gate, case: Case) -> bool:
    """Ask the gate; a stop ends the send, a hold or a limit gives it back with its date."""
    send_id = case.entry.id
    if case.entry.requires_one_click and case.document is not None and not round_.engine.links.is_public:
        _hold(tx, round_, case, tx.now + HOLD_FOR, NO_ONE_CLICK)
        return False
    match gate.judge(case):
        case Clear():
            return True
        case Stop() as stop:
            if settle(tx, send_id, round_.owner, "cancelled", reason=stop.sentence):
                record_cancelled(tx, tx.session.get_one(Send, send_id), stop)
        case Hold(reason=reason, sentence=sentence, until=until):
            if reason == ON_LEAVE and until:
                # The wait is ours, not theirs: the mail still makes sense when its sender is back.
                tx.session.execute(update(Send).where(Send.id == send_id).values(expires_at=stale_at(until)))
            _hold(tx, round_, case, until or tx.now + HOLD_FOR, sentence)
        case Later(at=at, reason=reason):
            _hold(tx, round_, case, at, reason)
        case verdict:
            assert_never(verdict)
    return False


def _hold(tx: Tx, round_: Round, case: Case, due_at: datetime, reason: str) -> None:
    """Give a send back until a date; each new reason is kept, so that the mail can explain itself (C9)."""
    if release_claim(tx, case.entry.id, round_.owner, due_at=due_at, reason=reason):
        round_.counts.held += 1
        if reason != case.entry.reason:
            record_attempt(tx, case.entry.id, "held", text=reason)
