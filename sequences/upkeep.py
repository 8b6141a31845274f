"""Use cases: what pages find ready is made ready beside the beat: figures counted anew, words of mails indexed.

None of it is due to the second, and some of it reads for seconds: planning and sending never wait for it. Any number of
keepers may run at once, and each reads first: with nothing to do, nothing is written.
"""

import logging
import threading

from crm.bests import keep_bests
from crm.lane_sums import keep_lanes
from crm.old_changes import empty_old_changes
from crm.search_index import index_waiting
from crm.today import keep_answers
from sequences.engine import Engine
from sequences.reports.keeping import keep_next

log = logging.getLogger(__name__)

EVERY_S = 1.0
# Mails whose words are indexed together: some 50 ms of the only writer; and how often in one go.
_PART, _PARTS = 250, 20


def run_keeper(engine: Engine, stop: threading.Event, *, every_s: float = EVERY_S) -> None:
    """Keep up until told to stop; a fault is logged and the next round tries again."""
    while not stop.wait(every_s):
        try:
            keep_up(engine)
        except Exception:
            log.exception("upkeep_failed")


def keep_up(engine: Engine) -> None:
    """Do one round: a part of whatever waits."""
    index_mails(engine)
    keep_lanes(engine.database)
    keep_answers(engine.database)
    keep_bests(engine.database)
    keep_next(engine)
    empty_old_changes(engine.database)


def index_mails(engine: Engine) -> bool:
    """Let search know the mails that came and left since; return whether some wait still."""
    for _ in range(_PARTS):
        with engine.database.transaction() as tx:
            if index_waiting(tx.session.connection(), most=_PART) < _PART:
                return False
    return True
