"""Use cases: the beat: every second, sweep what is due and ring for it. Any number of beats may run at once."""

import logging
import threading
from datetime import datetime, timedelta

from crm.models import Mailbox
from sequences.engine import Engine
from sequences.hints import Hints
from sequences.jobs.runner import find_due
from sequences.models import Heartbeat
from sequences.privacy.retention import is_due as is_due_today
from sequences.privacy.retention import start_if_due
from sequences.reading.knocks import is_time
from sequences.sending.outbox import is_due
from sequences.tick import list_boxes, sweep

log = logging.getLogger(__name__)

EVERY_S = 1.0
POLL_EVERY_S = 60.0


def run_beat(engine: Engine, hints: Hints, stop: threading.Event, *, every_s: float = EVERY_S) -> None:
    """Beat until told to stop; a fault is logged and the next beat tries again."""
    while not stop.wait(every_s):
        try:
            beat_once(engine, hints)
        except Exception:
            log.exception("beat_failed")


def beat_once(engine: Engine, hints: Hints, *, poll_every_s: float = POLL_EVERY_S) -> None:
    """Sweep, then ring for mailboxes that have something to send or were not read for a while, and for waiting jobs."""
    sweep(engine)
    for mailbox_id, _address in list_boxes(engine):
        has_work, should_poll = _look(engine, mailbox_id, poll_every_s)
        if has_work:
            hints.drain(mailbox_id)
        if should_poll:
            hints.poll(mailbox_id)
    with engine.database.reading() as tx:
        waiting, is_old = find_due(tx), is_due_today(tx)
    if is_old:
        with engine.database.transaction() as tx:
            start_if_due(tx)
    for job_id in waiting:
        hints.work(job_id)


def _look(engine: Engine, mailbox_id: int, poll_every_s: float) -> tuple[bool, bool]:
    with engine.database.reading() as tx:
        has_work = is_due(tx, mailbox_id)
        last = tx.session.get(Heartbeat, f"poll:{mailbox_id}")
        mailbox = tx.session.get(Mailbox, mailbox_id)
        is_paused = mailbox is None or mailbox.paused_at is not None
        return has_work and not is_paused, _is_stale(last, tx.now, poll_every_s) and is_time(tx, mailbox_id)


def _is_stale(last: Heartbeat | None, now: datetime, every_s: float) -> bool:
    """Return whether it is time to read again."""
    return last is None or last.at <= now - timedelta(seconds=every_s)
