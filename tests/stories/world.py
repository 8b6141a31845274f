"""A small company on fake mail servers and a fixed clock: what the stories are told with."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

from sqlalchemy import select

from crm.brands import create_brand
from crm.contacts import create_contact
from crm.mailboxes import add_mailbox, get_mailbox
from crm.models import Mailbox, Message
from crm.suppressions import list_suppressions
from kit.clock import FixedClock
from kit.seal import Seal
from kit.tx import Database, Tx
from mailer.fakes import FakeImapSession, FakeMailServer
from mailer.types import Login
from mailer.types import Server as MailHost
from sequences.course.enrolments import Verdict, enrol
from sequences.engine import Engine
from sequences.models import Attempt, Enrolment, Send
from sequences.reading.intake import poll_mailbox
from sequences.sending.dispatch import drain_mailbox
from sequences.sending.links import Links
from sequences.sending.outbox import Counts
from sequences.tick import tick
from sequences.versions.authoring import get_sequence, import_sequence, read_draft, start_sequence
from web.wiring import make_stage

MIA = "mia@pastel.test"
SECRET = "a secret of at least sixteen characters"

TWO_STEPS = """\
name: spring
brand: Pastel & Co
mailbox: mia@pastel.test
window: always
holidays: none
steps:
  - key: pitch
    kind: email
    subject: "{{ brand.name }} x {{ contact.first_name | default('you') }}"
    body: |
      Hello {{ contact.first_name | default('there') }},

      we make markers.
  - key: nudge
    kind: email
    wait: 3 business days
    thread: same
    body: |
      Just a short reminder.
"""


class Server(FakeMailServer):
    """A fake server to which something can happen, once, just after a recipient was accepted or before a poll."""

    before_recipient: Callable[[], object] | None = None
    before_poll: Callable[[], object] | None = None

    def refusal_of(self, recipient: str) -> str | None:
        event, self.before_recipient = self.before_recipient, None
        if event:
            event()
        return super().refusal_of(recipient)

    def open_imap(self, server: MailHost, login: Login) -> FakeImapSession:
        if self.before_poll:
            self.before_poll()
        return super().open_imap(server, login)


class World:
    """One installation, one mailbox, one server."""

    def __init__(self, database: Database, clock: FixedClock, folder: Path) -> None:
        self.database = database
        self.clock = clock
        self.folder = folder
        self.written = 0
        self.server = Server(now=clock.now, accounts={MIA: "password"})
        self.seal = Seal(SECRET)
        self.engine = Engine(
            database=database,
            clock=clock,
            transport=self.server,
            seal=self.seal,
            links=Links(seal=self.seal, public_url="http://127.0.0.1:8000", is_public=False),
            make_stage=lambda now: make_stage(self.seal, now),
        )
        with database.transaction() as tx:
            create_brand(tx, "Pastel & Co", postal_address="1 Quay Street, Galway")
            self.add_mailbox(tx, MIA)

    def add_mailbox(self, tx: Tx, address: str, **changes: object) -> Mailbox:
        values: dict[str, object] = {
            "name": "Mia Lund",
            "daily_cap": None,
            "gap_min_s": 0,
            "gap_max_s": 0,
            "ramp": False,
            "window": "always",
            "zone": "Europe/Dublin",
        }
        values |= changes
        mailbox = Mailbox(
            address=address,
            smtp_url="smtp+plain://127.0.0.1:2525",
            imap_url="imap+plain://127.0.0.1:1143",
            user=address,
            auth="password",
            secret=self.seal.seal("password", about=f"mailbox:{address}"),
            **values,
        )
        return add_mailbox(tx, mailbox)

    def people(self, count: int, **facts: str) -> list[int]:
        with self.database.transaction() as tx:
            return [
                create_contact(
                    tx, name=f"Creator{n} Example", emails=[f"creator{n}@people.example"], actor="system", **facts
                ).id
                for n in range(count)
            ]

    def load(self, source: str = TWO_STEPS, *, start: bool = True) -> str:
        path = self.folder / "sequence.yaml"
        path.write_text(source)
        with self.database.transaction() as tx:
            sequence = import_sequence(tx, read_draft(path, {}))
            if start:
                start_sequence(tx, sequence.name)
            return sequence.name

    def enrol(self, contact_ids: list[int], name: str = "spring") -> list[Verdict]:
        with self.database.transaction() as tx:
            return enrol(tx, get_sequence(tx, name), contact_ids, actor="user:1")

    def tick(self) -> Counts:
        return tick(self.engine)

    def days(self, count: float) -> None:
        self.clock.advance(timedelta(days=count))

    def mails_to(self, address: str) -> list[EmailMessage]:
        parse: Callable[[bytes], EmailMessage] = BytesParser(policy=default).parsebytes  # type: ignore[assignment]
        return [parse(taken.raw) for taken in self.server.outbox if taken.recipient == address]

    def answer(
        self,
        mail: EmailMessage,
        text: str,
        *,
        headers: dict[str, str] | None = None,
        folder: str = "INBOX",
        sender: str | None = None,
        subject: str | None = None,
        thread: bool = True,
    ) -> None:
        """Let the recipient of `mail` write back."""
        self.written += 1
        reply = EmailMessage()
        reply["From"] = sender or str(mail["To"])
        reply["To"] = str(mail["From"])
        reply["Subject"] = subject or f"Re: {mail['Subject']}"
        reply["Date"] = self.clock.now()
        reply["Message-ID"] = f"<answer.{self.written}@people.example>"
        if thread:
            reply["In-Reply-To"] = str(mail["Message-ID"])
            reply["References"] = str(mail["Message-ID"])
        for name, value in (headers or {}).items():
            reply[name] = value
        reply.set_content(text)
        self.server.deliver(MIA, reply.as_bytes(), self.clock.now(), folder)

    def deliver(self, raw: bytes | str, folder: str = "INBOX") -> int:
        """Put any bytes into a folder of ours; lines may end as they are."""
        data = raw.encode() if isinstance(raw, str) else raw
        data = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        return self.server.deliver(MIA, data, self.clock.now(), folder)

    def bounce(self, mail: EmailMessage, status: str, words: str, *, action: str = "failed") -> None:
        """Let a mail server report on `mail`, its original attached."""
        self.deliver(
            "From: Mail Delivery System <MAILER-DAEMON@mx.people.example>\n"
            f"To: {MIA}\nSubject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\n"
            f"Message-ID: <bounce-{status}-{len(self.server.folder(MIA).mails)}@mx.people.example>\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"\nMIME-Version: 1.0\n\n'
            f"--b1\nContent-Type: text/plain\n\n{words}\n"
            "--b1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.people.example\n\n"
            f"Final-Recipient: rfc822; {mail['To'].addresses[0].addr_spec}\nAction: {action}\nStatus: {status}\n"
            f"Diagnostic-Code: smtp; {words}\n\n"
            f"--b1\nContent-Type: text/rfc822-headers\n\nMessage-ID: {mail['Message-ID']}\n\n--b1--\n"
        )

    @property
    def mailbox_id(self) -> int:
        with self.database.reading() as tx:
            return get_mailbox(tx, MIA).id

    def sequence_id(self, name: str = "spring") -> int:
        with self.database.reading() as tx:
            return get_sequence(tx, name).id

    def drain(self) -> Counts:
        return drain_mailbox(self.engine, self.mailbox_id)

    def poll(self) -> Counts:
        return poll_mailbox(self.engine, self.mailbox_id).counts

    def send(self, number: int = 0) -> Send:
        return self.sends()[number]

    def attempts(self, send_id: int) -> list[Attempt]:
        with self.database.reading() as tx:
            return list(tx.session.scalars(select(Attempt).where(Attempt.send_id == send_id).order_by(Attempt.id)))

    def messages(self) -> list[Message]:
        with self.database.reading() as tx:
            return list(tx.session.scalars(select(Message).order_by(Message.id)))

    def suppressed(self) -> set[str]:
        with self.database.reading() as tx:
            return {row.target for row in list_suppressions(tx)}

    def runs(self) -> list[Enrolment]:
        with self.database.reading() as tx:
            return list(tx.session.query(Enrolment).order_by(Enrolment.id))

    def sends(self) -> list[Send]:
        with self.database.reading() as tx:
            return list(tx.session.query(Send).order_by(Send.id))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)
