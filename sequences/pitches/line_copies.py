"""Use cases: whether a personal line is as personal as it says: who else was sent it, or is about to be."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, Subquery, func, select, union_all

from crm.models import Contact
from kit.errors import say
from kit.tx import Tx
from sequences.models import Enrolment, Send

# How far back is looked: a line used before the last two thousand mails of a sequence is nobody's memory any more.
_DRAFTS, _LEAVING, _SENT, _FOUND = 2_000, 2_000, 2_000, 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Somebody else with the same line; `sent_at` None while their mail waits."""

    contact_id: int
    name: str
    sent_at: datetime | None


def find_copies(tx: Tx, lines: Collection[str], sequence_ids: Collection[int]) -> dict[str, list[Copy]]:
    """Return who has each line: in any draft, and in mails of these sequences that left or are about to. One query."""
    wanted = {line for line in lines if line}
    if not wanted:
        return {}
    recent = _recent(sequence_ids)
    line = func.coalesce(func.nullif(Enrolment.personal_line, ""), Contact.personal_line)
    rows = tx.session.execute(
        select(line, Contact.id, Contact.name, recent.c.sent_at)
        .join_from(recent, Enrolment, Enrolment.id == recent.c.enrolment_id)
        .join(Contact, Contact.id == recent.c.contact_id)
        .where(line.in_(wanted))
        .order_by(recent.c.sent_at.desc(), Contact.id)
        .limit(_FOUND)
    )
    found: dict[str, list[Copy]] = defaultdict(list)
    for text, contact_id, name, sent_at in rows:
        found[text].append(Copy(contact_id=contact_id, name=name or f"Contact {contact_id}", sent_at=sent_at))
    return found


def describe_copies(copies: Collection[Copy], contact_id: int) -> str:
    """Return in a sentence who else has a line; empty when nobody does."""
    others = [copy for copy in copies if copy.contact_id != contact_id]
    sent = next((copy for copy in others if copy.sent_at), None)
    if sent and sent.sent_at:
        return say(
            "%(name)s was sent the same personal line on %(day)s %(sent_at)s.",
            name=sent.name,
            day=sent.sent_at.day,
            sent_at=f"{sent.sent_at:%B %Y}",
        )
    return say("Another draft has the same personal line: %(name)s.", name=others[0].name) if others else ""


def _recent(sequence_ids: Collection[int]) -> Subquery:
    ours = Send.sequence_id.in_(set(sequence_ids))
    parts = (
        _part().where(Send.state == "draft").order_by(Send.due_at, Send.id).limit(_DRAFTS),
        _part()
        .where(ours, Send.sent_at.is_(None), Send.state.in_(("scheduled", "claimed", "sending", "unknown")))
        .limit(_LEAVING),
        _part().where(ours, Send.sent_at.is_not(None)).order_by(Send.sent_at.desc()).limit(_SENT),
    )
    return union_all(*(select(part.subquery()) for part in parts)).subquery()


def _part() -> Select[int | None, int, datetime | None]:
    return select(Send.enrolment_id, Send.contact_id, Send.sent_at)
