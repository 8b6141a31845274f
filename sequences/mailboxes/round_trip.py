"""Use cases: a test of one mailbox: it sends itself a message and sees it arrive; how that went, and when.

Nothing here holds a transaction while it talks. The message counts towards no limit and reaches nobody else.
"""

from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime

from crm.models import Mailbox, WorkspaceSetting
from kit.errors import RefusedError, say
from kit.tx import Tx
from mailer.addresses import domain_of
from mailer.compose import compose
from mailer.errors import MailError
from mailer.message_id import new_message_id
from mailer.types import Address, Letter
from sequences.engine import Engine
from sequences.mailboxes.line import Line

_TRIES, _EACH_S = 8, 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """How a test went. `stage` is how far it came: signing_in (nothing left), sent (not seen yet) or arrived.

    The seconds count from its beginning; `fault` is what the server said.
    """

    stage: str
    sent_s: float = 0.0
    arrived_s: float = 0.0
    fault: str = ""
    at: str = ""

    @property
    def when(self) -> datetime | None:
        """When it was tried."""
        return datetime.fromisoformat(self.at) if self.at else None


def try_round(engine: Engine, mailbox: Mailbox) -> Trip:
    """Let a mailbox send itself a message, keep how that went, and return it."""
    if mailbox.disconnected_at is not None:
        raise RefusedError(say("This mailbox is disconnected. Connect it again first; nothing was sent."))
    trip = go_round(engine, mailbox)
    with engine.database.transaction() as tx:
        name, value = _name(mailbox.id), asdict(trip)
        row = tx.session.get(WorkspaceSetting, name)
        if row is None:
            tx.session.add(WorkspaceSetting(name=name, value=value))
        else:
            row.value = value
    return trip


def read_trip(tx: Tx, mailbox_id: int) -> Trip | None:
    """Return how the last test went; None before the first."""
    row = tx.session.get(WorkspaceSetting, _name(mailbox_id))
    known = {field.name for field in fields(Trip)}
    return Trip(**{name: value for name, value in row.value.items() if name in known}) if row else None


def go_round(engine: Engine, mailbox: Mailbox) -> Trip:
    """Send a message from a mailbox to itself and wait some seconds for it; nothing is kept."""
    began = engine.clock.now()
    with engine.database.reading() as tx:
        message_id = new_message_id(tx.rng, domain=domain_of(mailbox.address), now=tx.now)
    trip = Trip(stage="signing_in", at=began.isoformat())
    try:
        with Line(engine, mailbox) as line:
            _send_to_self(line, mailbox, message_id, engine)
            trip = replace(trip, stage="sent", sent_s=_since(engine, began))
            if _sees(line, message_id):
                trip = replace(trip, stage="arrived", arrived_s=_since(engine, began))
    except MailError as error:
        return replace(trip, fault=str(error))
    return trip


def _send_to_self(line: Line, mailbox: Mailbox, message_id: str, engine: Engine) -> None:
    me = Address(email=mailbox.address, name=mailbox.name)
    text = "This message was sent to see whether mail from here arrives here. You can delete it.\n"
    raw = compose(
        Letter(message_id=message_id, date=engine.clock.now(), sender=me, to=me, subject="Rapport test", text=text)
    )
    smtp = line.smtp()
    smtp.prepare(mailbox.address, mailbox.address, size=len(raw))
    smtp.transmit(raw)


def _sees(line: Line, message_id: str) -> bool:
    imap = line.imap()
    for _ in range(_TRIES):
        imap.select("INBOX")
        if imap.uids_with_message_id(message_id):
            return True
        imap.wait_for_news(_EACH_S)
    return False


def _since(engine: Engine, began: datetime) -> float:
    return round((engine.clock.now() - began).total_seconds(), 1)


def _name(mailbox_id: int) -> str:
    return f"mailbox_test:{mailbox_id}"
