"""Use cases: a person settles a mail whose end nobody knows."""

from kit.errors import ConflictError, InvalidError, NotFoundError, say
from kit.tx import Tx
from sequences.course.runs import stale_at
from sequences.models import Send
from sequences.reading.evidence import settle_unknown_as_sent
from sequences.sending.outbox import record_attempt

VERDICTS = ("sent", "again")


def resolve_unknown(tx: Tx, send_id: int, *, verdict: str, actor: str) -> Send:
    """Treat an unknown mail as `sent`, or send it `again`; only a person may do either."""
    send = tx.session.get(Send, send_id)
    if send is None:
        raise NotFoundError(say("There is no mail with the number %(send_id)s.", send_id=send_id))
    if send.state != "unknown":
        raise ConflictError(
            say("Mail %(send_id)s is %(state)s, so there is nothing to decide.", send_id=send_id, state=send.state)
        )
    if verdict not in VERDICTS:
        raise InvalidError(say("Decide one of: %(list)s.", list=", ".join(VERDICTS)))
    if verdict == "sent":
        settle_unknown_as_sent(tx, send, evidence=say("decided by %(actor)s", actor=actor))
        return send
    # The bytes and the id stay: if the first copy did arrive, mail programs show the two as one.
    send.state, send.reason, send.due_at, send.lease_owner = (
        "scheduled",
        say("Sent again by %(actor)s.", actor=actor),
        tx.now,
        None,
    )
    send.settled_at, send.expires_at = None, stale_at(tx.now)
    record_attempt(tx, send.id, "again", text=say("decided by %(actor)s", actor=actor))
    return send
