"""Use cases: a pitch put last in the queue, or held a moment after a yes; its first date is kept."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from kit.tx import Tx
from sequences.models import Send

_FIRST_DUE = "first_due_at"


def due_of(send: Send) -> datetime:
    """Return when a mail was to leave, however often it was put off."""
    kept = send.explanation.get(_FIRST_DUE)
    return datetime.fromisoformat(kept) if kept else send.due_at


def put_last(tx: Tx, send: Send) -> None:
    """Let a draft come after all that wait now. The queue is walked by the date, so the real one is kept beside it."""
    last = tx.session.scalar(select(func.max(Send.due_at)).where(Send.state == "draft", Send.id != send.id))
    if last is None or last < send.due_at:
        return
    move_to(send, last + timedelta(seconds=1))


def move_to(send: Send, at: datetime) -> None:
    """Set a later date, and keep the first one."""
    if at != send.due_at:
        send.explanation = {**send.explanation, _FIRST_DUE: due_of(send).isoformat()}
        send.due_at = at
