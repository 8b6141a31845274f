"""Wire: the demo as it runs: its clock, its world, its engine, and the jump to the next event."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import func, select

from crm.models import Mailbox, User
from crm.users import open_session
from kit.clock import FastClock, FixedClock
from kit.config import load_settings
from kit.ids import new_token
from sequences.engine import Engine
from sequences.jobs.runner import run_jobs
from sequences.models import Enrolment, Send
from sequences.sending.gate import check_pace
from sequences.sending.outbox import Counts, is_due
from sequences.sending.throttle import Later
from sequences.tick import list_boxes, one_pass
from sequences.upkeep import keep_up
from web.demo.company import begin_sequence, found_company
from web.demo.story import Story, read_story
from web.demo.world import DemoWorld
from web.wiring import House, make_engine_of, open_house

# A Tuesday morning in Aarhus, 09:05 there: the sending window is open, and the week lies ahead.
BEGINS = datetime(2026, 11, 24, 8, 5, tzinfo=UTC)
DAY_PER_MINUTE = 24 * 60.0
STEP = timedelta(seconds=1)


@dataclass(slots=True)
class Play:
    """A demo under way. It is the DemoPort of the pages."""

    house: House
    engine: Engine
    world: DemoWorld
    clock: FastClock | FixedClock
    ada: User
    key: str
    session: str

    def now(self) -> datetime:
        """Return the demo's instant."""
        return self.clock.now()

    def skip(self) -> None:
        """Jump to the next event, and let it happen."""
        at = self.next_event()
        if at:
            self.clock.jump(at + STEP)
        self.step()

    def story(self) -> Story:
        """Return what there is to try now."""
        with self.house.database.reading() as tx:
            return read_story(tx)

    def enter(self, key: str) -> str | None:
        """Return Ada's session for the link that was printed. Only then does time begin: nobody misses the morning."""
        if key != self.key:
            return None
        if isinstance(self.clock, FastClock):
            self.clock.go()
        return self.session

    def step(self) -> Counts:
        """Let everything happen that is due: creators write, the engine plans, reads and sends."""
        self.world.deliver_due()
        run_jobs(self.engine)
        done = one_pass(self.engine)
        keep_up(self.engine)
        return done

    def settle(self) -> Counts:
        """Go on until nothing is due at this instant."""
        total = Counts()
        while True:
            done = self.step()
            total.add(done)
            if not (done.planned or done.sent or done.failed or done.received):
                return total

    def next_event(self) -> datetime | None:
        """Return when something happens next: a creator writes, a mail or a step is due, a hold ends."""
        now = self.now()
        with self.house.database.reading() as tx:
            dues = [
                tx.session.scalar(select(func.min(Send.due_at)).where(Send.state == "scheduled", Send.due_at > now)),
                tx.session.scalar(
                    select(func.min(Enrolment.next_at)).where(Enrolment.state == "active", Enrolment.next_at > now)
                ),
                tx.session.scalar(select(func.min(Enrolment.hold_until)).where(Enrolment.state == "held")),
            ]
        dues += [self.world.next_at(), self._next_pace()]
        return min((at for at in dues if at and at > now), default=None)

    def _next_pace(self) -> datetime | None:
        """Return when a mailbox that has mail waiting may send again."""
        times = []
        with self.house.database.reading() as tx:
            for mailbox_id, _address in list_boxes(self.engine):
                if not is_due(tx, mailbox_id):
                    continue
                pace = check_pace(tx, tx.session.get_one(Mailbox, mailbox_id))
                if isinstance(pace, Later):
                    times.append(pace.at)
        return min(times, default=None)


@contextmanager
def playing(*, fast: bool, review: bool, port: int = 0) -> Iterator[Play]:
    """Set the stage in a folder that is thrown away afterwards; nothing leaves this machine."""
    clock = FastClock(BEGINS, speed=DAY_PER_MINUTE, stands=True) if fast else FixedClock(BEGINS)
    with tempfile.TemporaryDirectory(prefix="rapport-demo-") as folder:
        settings = load_settings({"RAPPORT_HOME": str(Path(folder))}, port=port)
        house = open_house(settings, upgrade=True, clock=clock)
        house.hasher = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
        world = DemoWorld(clock)
        world.start()
        try:
            ada = found_company(house, smtp_port=world.mail.smtp_port, imap_port=world.mail.imap_port)
            begin_sequence(house, review=review)
            engine = make_engine_of(house)
            # An hour of the demo is two and a half real seconds: what is measured in real seconds is stretched.
            engine.fence_s, engine.lease_s = 3600.0, 30 * 86400.0
            with house.database.transaction() as tx:
                session = open_session(tx, tx.session.get_one(User, ada.id))
            yield Play(house, engine, world, clock, ada, new_token(), session)
        finally:
            world.stop()
            house.database.engine.dispose()


@contextmanager
def running(play: Play, *, every_s: float = 0.4) -> Iterator[None]:
    """Let the play go on by itself while the block runs."""
    stop = threading.Event()

    def go_on() -> None:
        while not stop.wait(every_s):
            play.step()

    thread = threading.Thread(target=go_on, name="demo")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
