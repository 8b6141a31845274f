"""Use cases: what pages find ready is made ready beside the beat: figures counted anew, words of mails indexed.

None of it is due to the second, and some of it reads for seconds: planning and sending never wait for it. Any number of
keepers may run at once, and each reads first: with nothing to do, nothing is written.
"""

import logging
import threading
from collections.abc import Callable

from crm.bests import keep_bests
from crm.lane_sums import keep_lanes
from crm.old_changes import empty_old_changes
from crm.search_index import index_waiting, is_waiting
from crm.today import keep_answers
from sequences.engine import Engine
from sequences.leases import beat, note_of
from sequences.reports.keeping import keep_next

log = logging.getLogger(__name__)

EVERY_S = 1.0
NAME = "upkeep"
# Mails whose words are indexed together: some 50 ms of the only writer; and how often in one go.
_PART, _PARTS = 250, 20


def run_keeper(engine: Engine, stop: threading.Event, *, every_s: float = EVERY_S) -> None:
    """Keep up until told to stop; a fault is logged and noted, and the next round tries again."""
    while not stop.wait(every_s):
        try:
            keep_once(engine, stop)
        except Exception:
            log.exception("upkeep_failed")


def keep_once(engine: Engine, stop: threading.Event) -> None:
    """Do one round, and note what went wrong, or that nothing does any more: who looks for faults is told."""
    note = ""
    try:
        keep_up(engine, stop=stop)
    except Exception as fault:
        note = str(fault).partition("\n")[0][:500] or type(fault).__name__
        raise
    finally:
        _note(engine, note)


def _note(engine: Engine, note: str) -> None:
    with engine.database.reading() as tx:
        if note_of(tx, NAME) == note:
            return
    with engine.database.transaction() as tx:
        beat(tx, NAME, note)


def keep_up(engine: Engine, *, stop: threading.Event | None = None) -> bool:
    """Do one round: a part of whatever waits, less when told to stop; return whether there may be more.

    A chore that fails keeps no other from being done; its fault is raised in the end.
    """
    more, faults = False, []
    for chore in _CHORES:
        if stop is not None and stop.is_set():
            break
        try:
            more |= bool(chore(engine))
        except Exception as fault:  # noqa: BLE001 - raised below
            faults.append(fault)
    if faults:
        raise faults[0] if len(faults) == 1 else ExceptionGroup("upkeep", faults)
    return more


def index_mails(engine: Engine) -> bool:
    """Let search know the mails that came and left since; return whether some wait still."""
    with engine.database.reading() as tx:
        if not is_waiting(tx.session.connection()):
            return False
    for _ in range(_PARTS):
        with engine.database.transaction() as tx:
            if index_waiting(tx.session.connection(), most=_PART) < _PART:
                return False
    return True


# Each says whether it wrote anything: then there may be more of it.
_CHORES: tuple[Callable[[Engine], object], ...] = (
    index_mails,
    lambda engine: keep_lanes(engine.database),
    lambda engine: keep_answers(engine.database),
    lambda engine: keep_bests(engine.database),
    keep_next,
    lambda engine: empty_old_changes(engine.database),
)
