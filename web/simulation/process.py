"""Wire: one process of ours that may die between any two steps, and the database it sees."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from sqlalchemy import Engine as SqlEngine

from kit.clock import FixedClock
from kit.tx import Database, Tx
from web.simulation.broken import ProcessDiedError


@dataclass(slots=True, kw_only=True)
class Poll:
    """How one process read a mailbox last: when it began, and which folders it has opened since."""

    step: int
    at: datetime
    opened: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Steps:
    """The number of the step the world is at, and which process took it."""

    number: int = 0
    by: "dict[int, Process]" = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Process:
    """A process: it dies after `dies_in` more steps; what a dead one still tries does not happen."""

    name: str
    steps: Steps
    dies_in: int | None = None
    is_dead: bool = False
    open_tx: int = 0
    polls: dict[str, list[Poll]] = field(default_factory=dict)
    on_step: "Callable[[Process], None] | None" = None

    def take_step(self) -> None:
        """Go one step on. Raises ProcessDiedError when this is where it ends."""
        self.risk_death()
        if self.on_step:
            self.on_step(self)
            self.risk_death()
        self.steps.number += 1
        self.steps.by[self.steps.number] = self

    def risk_death(self) -> None:
        """Die here if it is time; the number of the step stays, so that one transaction has one number."""
        self.require_life()
        if self.dies_in is None:
            return
        self.dies_in -= 1
        if self.dies_in <= 0:
            self.is_dead = True
            raise ProcessDiedError

    def poll_before(self, address: str, step: int) -> Poll | None:
        """Return the last reading of a mailbox that began before a step."""
        return next((poll for poll in reversed(self.polls.get(address, [])) if poll.step < step), None)

    def require_life(self) -> None:
        """Raise ProcessDiedError for a dead one."""
        if self.is_dead:
            raise ProcessDiedError


class ProcessDatabase(Database):
    """The database as one process sees it: it may die before, in and after every transaction."""

    def __init__(self, engine: SqlEngine, clock: FixedClock, rng: Random, process: Process) -> None:
        super().__init__(engine, clock, rng)
        self._process = process

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Open a transaction; a death before its end leaves nothing of it."""
        self._process.take_step()
        self._process.open_tx += 1
        try:
            with super().transaction() as tx:
                yield tx
                self._process.risk_death()
        finally:
            self._process.open_tx -= 1
        self._process.take_step()

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """Open a transaction that only reads."""
        self._process.require_life()
        self._process.open_tx += 1
        try:
            with super().reading() as tx:
                yield tx
        finally:
            self._process.open_tx -= 1
