"""Use cases: what happened in a mailbox, newest first: each try to send with the server's words, and what broke."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from crm.models import Contact
from kit.tx import Tx
from sequences.models import Attempt, Heartbeat, Incident, Send

_LOOKED_AT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of the log. `outcome` as the engine notes it; `code` and `text` are the server's own."""

    at: datetime
    outcome: str
    name: str = ""
    send_id: int | None = None
    code: int | None = None
    text: str = ""
    number: int = 0


def list_tries(tx: Tx, mailbox_id: int, *, before: int | None = None, limit: int = 20) -> list[Happening]:
    """Return the newest tries to send; `before` continues below one. Only the newest 20,000 are looked through."""
    floor = select(func.max(Attempt.id) - _LOOKED_AT).scalar_subquery()
    query = (
        select(Attempt, Send.id, Contact.name, Send.email)
        .join(Send, Send.id == Attempt.send_id)
        .join(Contact, Contact.id == Send.contact_id)
        # The newest tries are few; the mails of a mailbox are all it ever sent.
        .where(func.coalesce(Send.mailbox_id, 0) == mailbox_id, Attempt.id > floor)
        .order_by(Attempt.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Attempt.id < before)
    return [
        Happening(at=one.at, outcome=one.outcome, name=name or email, send_id=number, code=one.code, text=one.text,
                  number=one.id)
        for one, number, name, email in tx.session.execute(query)
    ]  # fmt: skip


def list_troubles(tx: Tx, mailbox_id: int) -> list[Incident]:
    """Return what is open about a mailbox."""
    query = select(Incident).where(Incident.mailbox_id == mailbox_id, Incident.closed_at.is_(None))
    return list(tx.session.scalars(query.order_by(Incident.id.desc()).limit(20)))


def read_last_look(tx: Tx, mailbox_id: int) -> Happening | None:
    """Return when the inbox was last read, with what went wrong."""
    beat = tx.session.get(Heartbeat, f"poll:{mailbox_id}")
    return Happening(at=beat.at, outcome="unread" if beat.note else "read", text=beat.note) if beat else None
