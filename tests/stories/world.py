"""A small company on fake mail servers and a fixed clock: what the stories are told with."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

from crm.brands import create_brand
from crm.contacts import create_contact
from crm.mailboxes import add_mailbox
from crm.models import Mailbox
from kit.clock import FixedClock
from kit.seal import Seal
from kit.tx import Database, Tx
from mailer.fakes import FakeMailServer
from sequences.authoring import get_sequence, import_sequence, read_draft, start_sequence
from sequences.engine import Engine
from sequences.enrolments import Verdict, enrol
from sequences.links import Links
from sequences.models import Enrolment, Send
from sequences.outbox import Counts
from sequences.tick import tick

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


class World:
    """One installation, one mailbox, one server."""

    def __init__(self, database: Database, clock: FixedClock, folder: Path) -> None:
        self.database = database
        self.clock = clock
        self.folder = folder
        self.server = FakeMailServer(now=clock.now, accounts={MIA: "password"})
        self.seal = Seal(SECRET)
        self.engine = Engine(
            database=database, clock=clock, transport=self.server, seal=self.seal,
            links=Links(seal=self.seal, public_url="http://127.0.0.1:8000", is_public=False),
        )
        with database.transaction() as tx:
            create_brand(tx, "Pastel & Co", postal_address="1 Quay Street, Galway")
            self.add_mailbox(tx, MIA)

    def add_mailbox(self, tx: Tx, address: str, **changes: object) -> Mailbox:
        values: dict[str, object] = {
            "name": "Mia Lund", "daily_cap": None, "gap_min_s": 0, "gap_max_s": 0, "ramp": False,
            "window": "always", "zone": "Europe/Dublin",
        }
        values |= changes
        mailbox = Mailbox(
            address=address, smtp_url="smtp+plain://127.0.0.1:2525", imap_url="imap+plain://127.0.0.1:1143",
            user=address, auth="password", secret=self.seal.seal("password", about=f"mailbox:{address}"), **values,
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
        self, mail: EmailMessage, text: str, *, headers: dict[str, str] | None = None, folder: str = "INBOX",
        sender: str | None = None, subject: str | None = None, thread: bool = True,
    ) -> None:
        """Let the recipient of `mail` write back."""
        reply = EmailMessage()
        reply["From"] = sender or str(mail["To"])
        reply["To"] = str(mail["From"])
        reply["Subject"] = subject or f"Re: {mail['Subject']}"
        reply["Date"] = self.clock.now()
        reply["Message-ID"] = f"<{len(self.server.folder(MIA).mails)}.{id(reply)}@people.example>"
        if thread:
            reply["In-Reply-To"] = str(mail["Message-ID"])
            reply["References"] = str(mail["Message-ID"])
        for name, value in (headers or {}).items():
            reply[name] = value
        reply.set_content(text)
        self.server.deliver(MIA, reply.as_bytes(), self.clock.now(), folder)

    def runs(self) -> list[Enrolment]:
        with self.database.reading() as tx:
            return list(tx.session.query(Enrolment).order_by(Enrolment.id))

    def sends(self) -> list[Send]:
        with self.database.reading() as tx:
            return list(tx.session.query(Send).order_by(Send.id))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)
