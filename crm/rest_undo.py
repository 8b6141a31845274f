"""Use cases: "done" and snoozes of conversations as changes that can be taken back while nobody touched them since."""

from collections.abc import Iterable
from datetime import UTC
from typing import Any

from crm.changes import Undone, record_change
from crm.closing import put_back
from crm.models import Change, Thread
from kit.errors import say
from kit.tx import Tx

KIND = "thread.rest"
Rest = list[str | None]


def read_rest(thread: Thread) -> Rest:
    """Return how a conversation rests: since when it is done, until when it sleeps."""
    return [at.astimezone(UTC).isoformat() if at else None for at in (thread.done_at, thread.snoozed_until)]


def record_rest(tx: Tx, before: Iterable[tuple[Thread, Rest]], *, actor: str, summary: str) -> Change | None:
    """Keep what was done to some conversations, given how each rested before; None when nothing changed."""
    moved = [[thread.id, rest, read_rest(thread)] for thread, rest in before if rest != read_rest(thread)]
    if not moved:
        return None
    data: dict[str, Any] = {"threads": moved}
    if len(moved) == 1:
        data["place"] = f"/inbox/{moved[0][0]}"
    return record_change(tx, KIND, actor=actor, summary=summary, count=len(moved), data=data)


def reverse_rest(tx: Tx, change: Change, actor: str) -> Undone:
    """Let conversations rest as before; those that somebody opened, closed or snoozed since stay."""
    undone = left = 0
    for thread_id, before, after in change.data["threads"]:
        thread = tx.session.get(Thread, thread_id)
        if thread is None or read_rest(thread) != after:
            left += 1
            continue
        put_back(tx, thread, before, actor=actor)
        undone += 1
    why = say("A conversation that was touched since stays as it is.") if left else ""
    return Undone(change=change, undone=undone, left=left, why=why)
