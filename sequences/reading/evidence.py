"""Use cases: evidence that a mail left although no server said so: a copy in Sent, an answer, its bounce (A5)."""

from datetime import datetime

from kit.tx import Tx
from sequences.models import Send
from sequences.sending.outbox import record_attempt
from sequences.sending.settlement import record_sent_by_evidence

# Not only unknown ones: a worker may have died on the way, and after a restore the log itself is behind.
UNSETTLED = ("draft", "scheduled", "claimed", "sending", "unknown")


def settle_by_evidence(tx: Tx, send: Send | None, *, at: datetime, evidence: str) -> None:
    """Accept evidence, dated `at`, about a mail whose end is not known; it changes nothing about any other."""
    if send and send.state in UNSETTLED:
        settle_unknown_as_sent(tx, send, at=at, evidence=evidence)


def settle_unknown_as_sent(tx: Tx, send: Send, *, evidence: str, at: datetime | None = None) -> None:
    """Accept that a mail did leave: when it was last tried, else `at`."""
    send.state, send.reason, send.settled_at, send.lease_until = "sent", evidence, tx.now, None
    send.sent_at = send.claimed_at or at or tx.now
    record_attempt(tx, send.id, "evidence", text=evidence)
    tx.session.flush()
    record_sent_by_evidence(tx, send, evidence=evidence)
