"""Use cases: a person settles a mail whose end nobody knows."""

from kit.errors import ConflictError, NotFoundError
from kit.tx import Tx
from sequences.filing import settle_unknown_as_sent
from sequences.models import Send
from sequences.outbox import record_attempt


def resolve_unknown(tx: Tx, send_id: int, *, verdict: str, actor: str) -> Send:
    """Treat an unknown mail as `sent`, or send it `again`; only a person may do either."""
    send = tx.session.get(Send, send_id)
    if send is None:
        raise NotFoundError(f"There is no mail with the number {send_id}.")
    if send.state != "unknown":
        raise ConflictError(f"Mail {send_id} is {send.state}, so there is nothing to decide.")
    if verdict == "sent":
        settle_unknown_as_sent(tx, send, evidence=f"decided by {actor}")
        return send
    # The bytes and the id stay: if the first copy did arrive, mail programs show the two as one.
    send.state, send.reason, send.due_at, send.lease_owner = "scheduled", f"Sent again by {actor}.", tx.now, None
    record_attempt(tx, send.id, "again", text=f"decided by {actor}")
    return send
