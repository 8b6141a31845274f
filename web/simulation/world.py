"""Wire: one world: its database, clock, servers and processes, and what may happen in the middle of their work."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random

from kit.clock import FixedClock
from kit.seal import Seal
from kit.tx import Database
from sequences.engine import Engine
from sequences.sending.links import Links
from web.simulation.audit import Auditor
from web.simulation.broken import BrokenRuleError
from web.simulation.company import BOXES, BRAND, SECRET
from web.simulation.invariants import Company
from web.simulation.ledger import Ledger, open_watched
from web.simulation.post_office import PASSWORD, Delivery, PostOffice
from web.simulation.process import Poll, Process, ProcessDatabase, Steps
from web.simulation.template import template, workplace

WORD_TAKES = timedelta(milliseconds=150)


@lru_cache(maxsize=1)
def make_seal() -> Seal:
    """Return the seal of all worlds: deriving its keys takes a while."""
    return Seal(SECRET)


class World:
    """Everything of one world. `armed` waits for a step in the middle of some work; `stall` makes words slow."""

    def __init__(self, seed: int, begins: datetime) -> None:
        self.seed = seed
        self.clock = FixedClock(begins)
        self.rng = Random(f"world {seed}")
        self.steps = Steps()
        self.counts: Counter[str] = Counter()
        self.history: list[tuple[datetime, str]] = []
        self.armed: list[tuple[int, Callable[[], None]]] = []
        self.stall: list[float] = []
        self.running: list[Process] = []
        self.path = workplace() / f"world-{seed}.sqlite3"
        shutil.copy(template(), self.path)
        self._sql = open_watched(self.path, step=lambda: self.steps.number, now=self.clock.now)
        self.office = PostOffice(
            {box.address: PASSWORD for box in BOXES},
            now=self.clock.now,
            on_word=self._on_word,
            on_read=self._on_read,
            on_offer=lambda rfc_id, _raw: self.auditor.judge_offer(rfc_id),
            on_taken=self._on_taken,
        )
        self.people = self._database(Process("people", self.steps))
        ledger = Ledger(self.path)
        self.auditor = Auditor(ledger, _company(ledger), lambda step: self.steps.by[step], self.note)
        self.box_ids = {box.address: number for number, box in self.auditor.company.boxes.items()}
        self._made = 0
        self.workers = [self.new_worker(), self.new_worker()]

    def new_worker(self) -> tuple[Process, Engine]:
        """Start a process of ours with an engine of its own."""
        self._made += 1
        process = Process(f"worker {self._made}", self.steps, on_step=self._interrupt)
        seal = make_seal()
        engine = Engine(
            database=self._database(process),
            clock=self.clock,
            transport=self.office,
            seal=seal,
            links=Links(seal=seal, public_url="http://127.0.0.1:8000", is_public=False),
            batch=self.rng.choice((3, 20, 20)),
            together=self.rng.choice((1, 4)),
        )
        return process, engine

    @contextmanager
    def as_process(self, process: Process) -> Iterator[None]:
        """Let `process` be the one that works while the block runs."""
        self.running.append(process)
        try:
            yield
        finally:
            self.running.pop()

    def note(self, at: datetime, words: str) -> None:
        """Remember what happened."""
        self.history.append((at, words))

    def close(self) -> None:
        """Throw the world away."""
        self.auditor.ledger.close()
        self._sql.dispose()
        for path in (self.path, *(Path(f"{self.path}{tail}") for tail in ("-wal", "-shm"))):
            path.unlink(missing_ok=True)

    def fire_armed(self) -> None:
        """Let everything happen now that waited for the middle of some work."""
        armed, self.armed = self.armed, []
        for _left, act in armed:
            act()

    def _database(self, process: Process) -> Database:
        return ProcessDatabase(self._sql, self.clock, Random(self.rng.getrandbits(32)), process)

    def _interrupt(self, process: Process) -> None:
        """Let happen what was to happen at this step; never in a transaction, and not in what interrupts itself."""
        if process.open_tx or not self.armed or len(self.running) > 1:
            return
        due = [act for left, act in self.armed if left <= 1]
        self.armed = [(left - 1, act) for left, act in self.armed if left > 1]
        for act in due:
            act()

    def _on_word(self) -> None:
        """Let time pass for one word on the wire, and the process risk its life."""
        process = self.running[-1]
        if process.open_tx:
            raise BrokenRuleError("no transaction across a socket", f"{process.name} speaks to a server in one")
        process.take_step()
        self.clock.advance(timedelta(seconds=self.stall.pop()) if self.stall else WORD_TAKES)

    def _on_read(self, address: str, folder: str | None) -> None:
        process = self.running[-1]
        polls = process.polls.setdefault(address, [])
        if folder is None:
            polls.append(Poll(step=self.steps.number, at=self.clock.now()))
        elif polls:
            polls[-1].opened.add(folder)

    def _on_taken(self, delivery: Delivery) -> None:
        self.auditor.note_taken(delivery)
        self._on_word()


def _company(ledger: Ledger) -> Company:
    boxes = {box.address: box for box in BOXES}
    return Company(
        boxes={row["id"]: boxes[row["address"]] for row in ledger.all("SELECT id, address FROM mailboxes")},
        stages={row["id"]: row["name"] for row in ledger.all("SELECT id, name FROM stages")},
        brand_id=ledger.one("SELECT id FROM brands WHERE name = ?", BRAND)["id"],
        fence_s=10.0,
    )
