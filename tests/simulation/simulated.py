"""One seed makes a world: mail servers with faults, people who answer at any moment, crashes, an operator who pauses.

The real dispatch and intake run in it on a clock that jumps. After every step the invariants are checked; a broken
one names the seed.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from random import Random

from crm.mailboxes import pause_mailbox, resume_mailbox
from crm.models import Mailbox
from kit.clock import FixedClock
from kit.tx import Database
from mailer.fakes import FaultPoint, Taken
from sequences.dispatch import drain_mailbox
from sequences.models import Enrolment, Send
from sequences.report import audience, step_numbers
from sequences.tick import one_pass, sweep
from tests.stories.world import MIA, World

BEGINS = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CAP = 14
SOURCE = """\
name: spring
brand: Pastel & Co
mailbox: mia@pastel.test
window: {days: [mon, tue, wed, thu, fri], from: "08:00", to: "17:00", zone: Europe/Dublin}
holidays: none
steps:
  - {key: one, kind: email, subject: "Hello", body: "Hello {{ contact.first_name }}."}
  - {key: two, kind: email, wait: 2 business days, thread: same, body: "Once more."}
  - {key: three, kind: email, wait: 3 days, thread: same, body: "A last time."}
"""
ANSWERS = (
    ("Yes, I would love to.", {}),
    ("Please remove me from your list.", {}),
    ("I am away until 30 November 2026.", {"Auto-Submitted": "auto-replied"}),
)


class Crash(BaseException):
    """The process dies here: nothing after it runs, as with kill -9."""


class Simulation:
    """A seeded world and its invariants."""

    def __init__(self, seed: int, database: Database, clock: FixedClock, folder: Path) -> None:
        self.rng = Random(seed)
        self.seed = seed
        self.world = World(database, clock, folder)
        self.clock = clock
        self.events: Counter[str] = Counter()
        self.readable: dict[str, datetime] = {}
        self._crash_next = False
        self.world.server._on_mail = self._judge
        self.world.engine.lease_s = 1800
        with database.transaction() as tx:
            box = tx.session.query(Mailbox).one()
            box.daily_cap, self.box_id = CAP, box.id
        self.world.load(SOURCE)
        self.people = self.world.people(24)
        self.world.enrol(self.people)

    def run(self, days: int) -> None:
        """Live for some days, an hour or so at a time."""
        until = self.clock.now() + timedelta(days=days)
        while self.clock.now() < until:
            self._meddle()
            try:
                self._pass()
            except Crash:
                self.events["crash"] += 1
            self._check()
            self.clock.advance(timedelta(minutes=self.rng.choice((1, 20, 90, 300))))

    def _pass(self) -> None:
        """Do a whole pass, or send without having read: then the fence alone stands before a follow-up."""
        if self.rng.random() < 0.5:
            one_pass(self.world.engine)
        else:
            sweep(self.world.engine)
            drain_mailbox(self.world.engine, self.box_id)

    def finish(self) -> None:
        """Heal the world and let everything come to its end."""
        self.world.server.heal()
        self._crash_next = False
        with self.world.database.transaction() as tx:
            resume_mailbox(tx, self.box_id)
        for _ in range(200):
            one_pass(self.world.engine)
            self.clock.advance(timedelta(hours=4))
            if all(run.state in ("stopped", "finished") for run in self.world.runs()):
                break
        self._check()
        leftover = [run.state for run in self.world.runs() if run.state == "active"]
        unknown = [send for send in self.world.sends() if send.state == "unknown"]
        assert len(leftover) <= len(unknown), f"seed {self.seed}: {leftover} still run"

    def _meddle(self) -> None:
        """Let one thing happen."""
        server, roll = self.world.server, self.rng.random()
        if roll < 0.12:
            self._answer()
        elif roll < 0.3:
            point = self.rng.choice(list(FaultPoint))
            code = self.rng.choice((None, 421, 451, 550)) if point.value in ("mail", "rcpt", "data", "final") else None
            if point in (FaultPoint.LOGIN, FaultPoint.IMAP_LOGIN):
                code = 535
            server.fail(point, code=code, text="scripted", times=1)
            self.events[f"fault {point.value}"] += 1
        elif roll < 0.34:
            server.folder(MIA, self.rng.choice(("INBOX", "Sent", "Junk"))).renumber()
            self.events["uidvalidity"] += 1
        elif roll < 0.37:
            with self.world.database.transaction() as tx:
                pause_mailbox(tx, self.box_id, "the operator paused it")
            self.events["pause"] += 1
        elif roll < 0.7:
            with self.world.database.transaction() as tx:
                resume_mailbox(tx, self.box_id)
        elif roll < 0.85:
            self._crash_next = True
            self.events["crash planned"] += 1

    def _answer(self) -> None:
        mails = [taken for taken in self.world.server.outbox if taken.recipient not in self.readable]
        if not mails:
            return
        taken = self.rng.choice(mails)
        words, headers = self.rng.choice(ANSWERS)
        mail = self.world.mails_to(taken.recipient)[0]
        folder = self.rng.choice(("INBOX", "INBOX", "Junk"))
        self.world.answer(mail, words, headers=dict(headers), folder=folder)
        self.events["auto-reply" if headers else "reply"] += 1
        if not headers:
            self.readable[taken.recipient] = self.clock.now()

    def _judge(self, taken: Taken) -> None:
        """Check what must hold at the very moment a mail is accepted."""
        where = f"seed {self.seed}, {self.clock.now()}"
        local = self.clock.now()
        assert local.weekday() < 5, f"{where}: sent on a weekend"
        assert 8 <= local.hour < 17, f"{where}: sent outside the window"
        assert taken.recipient not in self.readable, f"{where}: {taken.recipient} had answered"
        if self._crash_next:
            self._crash_next = False
            raise Crash

    def _check(self) -> None:
        """Check what must hold after every step."""
        where = f"seed {self.seed}, {self.clock.now()}"
        ids = Counter(
            str(message_from_bytes(taken.raw)["Message-ID"]).strip("<>") for taken in self.world.server.outbox
        )
        assert not [i for i, times in ids.items() if times > 1], f"{where}: a mail went out twice"
        sends = {send.rfc_id: send for send in self.world.sends()}
        steps = Counter((sends[i].email, sends[i].step_key) for i in ids)
        assert all(times == 1 for times in steps.values()), f"{where}: a step went out twice"
        for send in sends.values():
            delivered = send.rfc_id in ids
            if send.state == "sent":
                assert delivered, f"{where}: {send.id} is called sent and was not"
            if delivered:
                assert send.state in ("sent", "unknown", "sending"), f"{where}: {send.id} left and is {send.state}"
        day = [send.sent_at for send in sends.values() if send.sent_at]
        for at in day:
            assert sum(at - timedelta(hours=24) < other <= at for other in day) <= CAP, f"{where}: over the cap"
        with self.world.database.reading() as tx:
            everybody = tx.session.query(Enrolment).count()
            assert audience(tx, 1)["all"] == everybody
            for row in step_numbers(tx, 1):
                total = row.sent + row.waiting + row.skipped + row.failed + row.unknown
                assert total == everybody, f"{where}: step {row.key} sums to {total}"
            assert tx.session.query(Send).filter(Send.state == "claimed", Send.lease_owner.is_(None)).count() == 0
