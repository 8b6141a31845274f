"""Answers that arrive in a real mailbox round the moment at which it is read before a follow-up.

Every instant here is the monotonic clock of this test, read after the server's own acknowledgement of an answer, and
before the first command of a poll.
"""

import smtplib
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from random import Random

from imapclient import IMAPClient

from mailer.imap import ImapSession
from mailer.transport import NetworkTransport
from mailer.types import Folders, Login, Server
from sequences.engine import Engine
from tests.servers import Dovecot

_BEFORE_S = 0.12  # how long the start of a poll is put off, at most
_AFTER_S = 0.05  # how late an answer sets out after it might have, for each mail that the poll serves


@dataclass(slots=True)
class Racer:
    """One person who answers: to which mail, when the server had the answer, and when the poll began."""

    email: str
    pitch_id: str
    polled_at: float = 0.0
    answered_at: float = 0.0
    size: int = 0


@dataclass(slots=True)
class Track:
    """Sends the next answers off at every poll; `racers` in the order in which their follow-ups leave."""

    racers: list[Racer]
    sizes: list[int]
    dovecot: Dovecot
    address: str
    engine: Engine
    rng: Random
    polls: list[float] = field(default_factory=list)
    on_the_way: list[Future[None]] = field(default_factory=list)
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(5))

    def set_size(self) -> None:
        """Let the next claim take as many mails as the next race has."""
        self.engine.batch = self.sizes[len(self.polls)] if len(self.polls) < len(self.sizes) else 1

    def poll_begins(self) -> None:
        """Send off the answers to the mails that wait for this poll, and let it begin a little later or at once."""
        number = len(self.polls)
        begin = sum(self.sizes[:number])
        here = self.racers[begin : begin + self.sizes[number]] if number < len(self.sizes) else []
        for racer in here:
            racer.size = len(here)
            delay = self.rng.uniform(0, _AFTER_S * len(here))
            self.on_the_way.append(self.pool.submit(self._answer, racer, delay, by_lmtp=self.rng.random() < 0.5))
        if here:
            threading.Event().wait(self.rng.uniform(0, _BEFORE_S))
        self.polls.append(time.monotonic())
        for racer in here:
            racer.polled_at = self.polls[-1]
        self.set_size()

    def finish(self) -> None:
        """Wait until every answer has arrived."""
        for answer in self.on_the_way:
            answer.result(20)
        self.pool.shutdown()

    def _answer(self, racer: Racer, delay: float, *, by_lmtp: bool) -> None:
        raw = _write(racer, self.address)
        threading.Event().wait(delay)
        if by_lmtp:
            with smtplib.LMTP("127.0.0.1", self.dovecot.lmtp_port, "client.test", timeout=10) as lmtp:
                lmtp.sendmail(racer.email, [self.address], raw)
                racer.answered_at = time.monotonic()
            return
        with IMAPClient("127.0.0.1", self.dovecot.imap_port, ssl=False, timeout=10) as client:
            client.login(self.address, "secret")
            client.append("INBOX", raw)
            racer.answered_at = time.monotonic()


class WatchedImap(ImapSession):
    """A real connection that says when a poll begins: with the list of folders."""

    track: Track | None = None

    def folders(self, overrides: Mapping[str, str] | None = None) -> Folders:
        if self.track:
            self.track.poll_begins()
        return super().folders(overrides)


class WatchedTransport(NetworkTransport):
    """The real transport, watched."""

    track: Track | None = None

    def open_imap(self, server: Server, login: Login) -> WatchedImap:
        session = WatchedImap.open(server, login)
        session.track = self.track
        return session


def _write(racer: Racer, address: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = racer.email, address, "Re: Lumen Markers"
    mail["Message-ID"] = f"<answer.{racer.email}>"
    mail["In-Reply-To"] = mail["References"] = f"<{racer.pitch_id}>"
    mail.set_content("Yes, please send me a set.")
    return mail.as_bytes(policy=SMTP)
