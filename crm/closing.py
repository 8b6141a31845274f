"""Use cases: a conversation is done, or sleeps until a day. Both end when the person writes again."""

from datetime import datetime

from crm.inbox import get_thread
from crm.models import Thread
from crm.timeline import record_entry
from kit.errors import InvalidError, say
from kit.tx import Tx


def close_thread(tx: Tx, thread_id: int, *, actor: str) -> Thread:
    """Say that nothing more is owed in this conversation; doing it twice changes nothing."""
    thread = get_thread(tx, thread_id)
    if thread.done_at is None or (thread.last_in_at and thread.done_at < thread.last_in_at):
        thread.done_at, thread.snoozed_until = tx.now, None
        _record(tx, thread, "done", say("Done: %(subject)s", subject=thread.subject), actor=actor)
    return thread


def reopen_thread(tx: Tx, thread_id: int, *, actor: str) -> Thread:
    """Take "done" or a snooze back."""
    thread = get_thread(tx, thread_id)
    if thread.done_at or thread.snoozed_until:
        thread.done_at = thread.snoozed_until = None
        _record(tx, thread, "reopened", say("Open again: %(subject)s", subject=thread.subject), actor=actor)
    return thread


def snooze_thread(tx: Tx, thread_id: int, until: datetime, *, actor: str) -> Thread:
    """Let a conversation rest until an instant that lies ahead."""
    thread = get_thread(tx, thread_id)
    if until <= tx.now:
        raise InvalidError(say("Choose a day that lies ahead."))
    thread.snoozed_until = until
    _record(tx, thread, "snoozed", say("Snoozed: %(subject)s", subject=thread.subject), actor=actor, until=until)
    return thread


def put_back(tx: Tx, thread: Thread, rest: list[str | None], *, actor: str) -> None:
    """Let a conversation rest as it did once: done since, asleep until, each an ISO instant or None."""
    thread.done_at, thread.snoozed_until = (datetime.fromisoformat(at) if at else None for at in rest)
    summary = (
        say("As before: %(subject)s", subject=thread.subject)
        if thread.done_at or thread.snoozed_until
        else say("Open again: %(subject)s", subject=thread.subject)
    )
    _record(tx, thread, "reopened", summary, actor=actor)


def _record(tx: Tx, thread: Thread, kind: str, summary: str, *, actor: str, until: datetime | None = None) -> None:
    if thread.contact_id is not None:
        data = {"thread": thread.id} | ({"until": until.isoformat()} if until else {})
        record_entry(tx, thread.contact_id, kind, summary, actor=actor, brand_id=thread.brand_id, data=data)
