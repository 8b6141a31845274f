"""Wire: IDLE on many mailboxes at once: one thread waits, a few others talk; what comes only rings the bell.

A lease lets one process watch a mailbox. The poll does the work, and goes on by the clock all the same: a server that
forgets to tell costs a minute. A mailbox is watched only while its polls go through, so that a broken server is not
signed in to twice (B7); a watch that breaks early waits longer each time, until one lasts.
"""

import logging
import selectors
import socket
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crm.models import Mailbox
from kit.ids import current_owner
from mailer.errors import MailError
from mailer.transport import ImapPort
from sequences.engine import Engine
from sequences.hints import Hints
from sequences.leases import drop_lease, renew_lease, take_lease
from sequences.mailboxes.line import Line
from sequences.models import Heartbeat
from sequences.tick import list_boxes

log = logging.getLogger(__name__)

SLICE = timedelta(minutes=5)  # at most 9 minutes (B7); some routers forget a silent connection sooner
LOOK_EVERY = timedelta(seconds=15)
LEASE_S = 900.0
_HANDS = 4
_WAITS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=1))


@dataclass(slots=True)
class Watch:
    """One mailbox: its line and open session while it is watched, and how often in a row it broke early."""

    mailbox_id: int
    owner: str
    line: Line | None = None
    imap: ImapPort | None = None
    sock: socket.socket | None = None
    ends_at: datetime | None = None
    failures: int = 0
    not_before: datetime | None = None
    is_busy: bool = False
    is_left: bool = False


@dataclass(slots=True)
class Watcher:
    """Watches every mailbox that can be watched; `run` returns when `stop` is set and everything is closed."""

    engine: Engine
    hints: Hints
    slice_for: timedelta = SLICE
    look_every: timedelta = LOOK_EVERY
    _watches: dict[int, Watch] = field(default_factory=dict)
    _ready: deque[Watch] = field(default_factory=deque)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def run(self, stop: threading.Event, *, tick_s: float = 1.0) -> None:
        """Watch until told to stop."""
        looked_at: datetime | None = None
        with ThreadPoolExecutor(_HANDS, thread_name_prefix="watch") as hands:
            while not stop.is_set():
                now = self.engine.clock.now()
                try:
                    if looked_at is None or now - looked_at >= self.look_every:
                        looked_at = now
                        self._look_around(hands, now)
                    self._take_back()
                    self._wait(hands, now, tick_s, stop)
                except Exception:
                    # The beat polls all the same; the next round tries again.
                    log.exception("watch_failed")
                    stop.wait(tick_s)
        self._take_back()
        for watch in self._watches.values():
            self._leave(watch)
        self._selector.close()

    @property
    def watched(self) -> list[int]:
        """Return the mailboxes that are being waited for just now."""
        return sorted(watch.mailbox_id for watch in self._watches.values() if watch.sock is not None)

    def _look_around(self, hands: ThreadPoolExecutor, now: datetime) -> None:
        """Begin what may be watched, and leave what was paused or removed."""
        wanted = {number for number, _ in list_boxes(self.engine) if self._may_watch(number)}
        for number in wanted:
            watch = self._watches.setdefault(number, Watch(number, current_owner("watch")))
            is_due = watch.not_before is None or now >= watch.not_before
            if watch.imap is None and is_due and not watch.is_busy:
                self._hand_over(hands, watch)
        for number, watch in list(self._watches.items()):
            if number in wanted:
                continue
            watch.is_left = True
            if not watch.is_busy:
                self._leave(watch)
                del self._watches[number]

    def _may_watch(self, mailbox_id: int) -> bool:
        """Return whether a mailbox sends and its last poll went through; the others are only polled."""
        with self.engine.database.reading() as tx:
            mailbox = tx.session.get(Mailbox, mailbox_id)
            last = tx.session.get(Heartbeat, f"poll:{mailbox_id}")
            return mailbox is not None and mailbox.paused_at is None and last is not None and not last.note

    def _wait(self, hands: ThreadPoolExecutor, now: datetime, tick_s: float, stop: threading.Event) -> None:
        if not self._selector.get_map():
            stop.wait(tick_s)
            return
        told = {key.data.mailbox_id for key, _ in self._selector.select(tick_s)}
        for key in list(self._selector.get_map().values()):
            watch: Watch = key.data
            is_over = watch.ends_at is None or now >= watch.ends_at
            if watch.mailbox_id in told or is_over:
                self._hand_over(hands, watch)

    def _hand_over(self, hands: ThreadPoolExecutor, watch: Watch) -> None:
        """Let another thread talk to the server: nothing a server does keeps the others waiting."""
        if watch.sock is not None:
            self._selector.unregister(watch.sock)
        watch.is_busy = True
        hands.submit(self._talk, watch)

    def _talk(self, watch: Watch) -> None:
        """End a wait and begin the next one. Only here is the server spoken to."""
        try:
            has_news = watch.imap is None or watch.imap.end_idle()
            if watch.imap is None:
                has_news = self._open(watch)
            elif watch.ends_at is not None and self.engine.clock.now() >= watch.ends_at:
                watch.failures = 0  # it lasted a whole slice
                self._renew(watch)
            if has_news:
                self.hints.poll(watch.mailbox_id)
            watch.sock = watch.imap.begin_idle() if watch.imap is not None else None
            if watch.sock is None:
                self._rest(watch, broke=False)
            is_told = watch.imap is not None and watch.imap.is_told()
            watch.ends_at = self.engine.clock.now() + (timedelta(0) if is_told else self.slice_for)
        except (MailError, OSError) as error:
            log.info("watch_broke", extra={"mailbox_id": watch.mailbox_id, "error": str(error)})
            self._rest(watch, broke=True)
        except Exception:
            log.exception("watch_failed", extra={"mailbox_id": watch.mailbox_id})
            self._rest(watch, broke=True)
        finally:
            self._ready.append(watch)

    def _open(self, watch: Watch) -> bool:
        """Sign in and open the inbox; False without the lease. What came since the last poll is news."""
        if not take_lease(self.engine.database, f"watch:{watch.mailbox_id}", watch.owner, LEASE_S):
            return False
        with self.engine.database.reading() as tx:
            mailbox = tx.session.get_one(Mailbox, watch.mailbox_id)
        watch.line = Line(self.engine, mailbox)
        imap = watch.line.imap()
        imap.select(imap.folders(mailbox.folders or None).inbox)
        watch.imap = imap
        return True

    def _renew(self, watch: Watch) -> None:
        with self.engine.database.transaction() as tx:
            if not renew_lease(tx, f"watch:{watch.mailbox_id}", watch.owner, LEASE_S):
                watch.is_left = True

    def _rest(self, watch: Watch, *, broke: bool) -> None:
        """Close a watch; come back later, and later still when it broke."""
        self._close(watch)
        watch.failures += broke
        waits = _WAITS[min(watch.failures, len(_WAITS)) - 1] if broke else _WAITS[1]
        watch.not_before = self.engine.clock.now() + waits

    def _take_back(self) -> None:
        """Wait again for what the other threads have done with."""
        while self._ready:
            watch = self._ready.popleft()
            watch.is_busy = False
            if watch.is_left:
                self._leave(watch)
                self._watches.pop(watch.mailbox_id, None)
            elif watch.sock is not None:
                try:
                    self._selector.register(watch.sock, selectors.EVENT_READ, watch)
                except (ValueError, KeyError, OSError):
                    self._rest(watch, broke=True)

    def _leave(self, watch: Watch) -> None:
        if watch.sock is not None:
            with suppress(KeyError, ValueError):
                self._selector.unregister(watch.sock)
        self._close(watch)

    def _close(self, watch: Watch) -> None:
        had_line, line = watch.line is not None, watch.line
        watch.line = watch.imap = watch.sock = None
        if line is not None:
            line.hang_up()
        if had_line:
            drop_lease(self.engine.database, f"watch:{watch.mailbox_id}", watch.owner)


def run_watcher(engine: Engine, hints: Hints, stop: threading.Event) -> None:
    """Watch until told to stop."""
    Watcher(engine, hints).run(stop)
