"""Wire: the demo's mail world: real SMTP and IMAP on loopback, and the creators who answer when their time comes."""

import threading
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from email.utils import parseaddr

from kit.clock import Clock
from mailer.sandbox import SandboxMailWorld
from web.demo.cast import CAST, Creator
from web.demo.letters import Received, write_bounce, write_out_of_office, write_reply

OURS = "ada@brackenware.example"
PASSWORD = "sandbox"  # noqa: S105 - opens nothing but the sandbox
AWAY_DAYS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A mail that will arrive at `at`."""

    at: datetime
    raw: bytes


class DemoWorld:
    """Servers and creators. What creators write is kept until the demo's clock reaches it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._coming: list[Coming] = []
        self._received: Counter[str] = Counter()
        self._by_email = {creator.email: creator for creator in CAST}
        self._written = 0
        self.mail = SandboxMailWorld(now=clock.now, on_rcpt=self._judge_recipient, on_data=self._take)

    def start(self) -> None:
        """Listen, with our mailbox ready."""
        self.mail.start({OURS: PASSWORD})

    def stop(self) -> None:
        """Close the servers."""
        self.mail.stop()

    def deliver_due(self) -> int:
        """Put into our inbox what creators have written by now; return how many mails."""
        now = self._clock.now()
        with self._guard:
            due = sorted((one for one in self._coming if one.at <= now), key=lambda one: one.at)
            self._coming = [one for one in self._coming if one.at > now]
        for one in due:
            self.mail.deliver(OURS, one.raw, one.at)
        return len(due)

    def next_at(self) -> datetime | None:
        """Return when the next creator writes."""
        with self._guard:
            return min((one.at for one in self._coming), default=None)

    def count_received(self, email: str) -> int:
        """Return how many of our mails reached a creator."""
        return self._received[email]

    def _judge_recipient(self, _sender: str, recipient: str) -> str | None:
        creator = self._by_email.get(recipient)
        return "550 5.1.1 No such user here" if creator and creator.behaviour == "refused" else None

    def _take(self, _sender: str, recipient: str, raw: bytes) -> str | None:
        creator = self._by_email.get(recipient)
        if creator is None:
            return None
        with self._guard:
            self._received[recipient] += 1
            self._written += 1
            coming = self._react(creator, raw, self._written)
            if coming:
                self._coming.append(coming)
        return None

    def _react(self, creator: Creator, raw: bytes, number: int) -> Coming | None:
        """Return what a creator writes about a mail, if anything."""
        if creator.behaviour == "silent" or self._received[creator.email] != creator.nth:
            return None
        now = self._clock.now()
        at = now + creator.after
        mail = _read(raw, now)
        if creator.behaviour == "no_such_person":
            return Coming(at=at, raw=write_bounce(mail, raw, number=number, at=at))
        if creator.behaviour == "away":
            words = creator.words.format(back=f"{now + timedelta(days=AWAY_DAYS):%-d %B %Y}")
            return Coming(at=at, raw=write_out_of_office(mail, creator.name, words, number=number, at=at))
        reply = write_reply(mail, creator.name, creator.words, program=creator.program, number=number, at=at)
        return Coming(at=at, raw=reply)


def _read(raw: bytes, now: datetime) -> Received:
    message = message_from_bytes(raw, policy=default)
    body = message.get_body(("plain",))
    name, sender = parseaddr(str(message["From"]))
    return Received(
        sender=sender,
        sender_name=name,
        recipient=parseaddr(str(message["To"]))[1],
        subject=str(message["Subject"]),
        message_id=str(message["Message-ID"]),
        references=" ".join(str(message["References"] or "").split()),
        text=str(body.get_content()).strip() if body else "",
        at=now,
    )
