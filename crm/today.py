"""Use cases: the figures of a day and a week: mail by the hour, replies, what was last heard."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, union_all

from crm.exchange import HUMAN, AnswerTimes, Exchange, count_weeks, measure_answers
from crm.models import Contact, Feedback, Message
from kit.tx import Tx

_WEEK = timedelta(weeks=1)
STRIP_WEEKS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Replies of the last seven days, how that compares, and how long people typically wait for us."""

    replies: int
    before: int
    answers: AnswerTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The newest feedback, whose words it is, and how many notes wait for a theme."""

    note: Feedback
    contact: Contact | None
    new: int


def list_mail_between(tx: Tx, start: datetime, end: datetime) -> list[tuple[str, datetime]]:
    """Return human mail as (direction, instant), in time order."""
    rows = tx.session.execute(
        select(Message.direction, Message.at)
        .where(Message.kind.in_(HUMAN), Message.at >= start, Message.at < end)
        .order_by(Message.at)
    )
    return [(direction, at) for direction, at in rows]


def list_recent_mail(
    tx: Tx, *, also_of: Collection[int] = (), weeks: int = STRIP_WEEKS
) -> list[tuple[int | None, str, datetime]]:
    """Return human mail of the last two weeks as (contact, direction, instant), one person after another.

    Of some people, older mail of so many weeks too. One query.
    """
    mail = select(Message.contact_id, Message.direction, Message.at).where(Message.kind.in_(HUMAN))
    since = tx.now - 2 * _WEEK
    older = mail.where(Message.contact_id.in_(also_of), Message.at >= tx.now - weeks * _WEEK, Message.at < since)
    found = union_all(mail.where(Message.at >= since), older) if also_of else mail.where(Message.at >= since)
    rows = [(contact_id, direction, at) for contact_id, direction, at in tx.session.execute(found)]
    return sorted(rows, key=lambda row: (row[0] or 0, row[2]))


def count_strips(
    tx: Tx, mails: list[tuple[int | None, str, datetime]], contact_ids: Collection[int]
) -> dict[int, Exchange]:
    """Return the exchange of some people, from their mail."""
    return {
        contact_id: count_weeks(
            ((direction, at) for who, direction, at in mails if who == contact_id), weeks=STRIP_WEEKS, now=tx.now
        )
        for contact_id in contact_ids
    }


def measure_week(tx: Tx, mails: list[tuple[int | None, str, datetime]]) -> Week:
    """Return the last seven days against the seven before, from the mail of both; what is older does not count."""
    mails = [mail for mail in mails if mail[2] >= tx.now - 2 * _WEEK]
    came = [at for _, direction, at in mails if direction == "in"]
    recent = sum(at >= tx.now - _WEEK for at in came)
    # Answers are measured within one person's mail only: sorted by contact, a change of contact begins anew.
    waits = [measure_answers(own).ours for own in _by_contact(mails)]
    known = sorted(wait for wait in waits if wait)
    ours = known[len(known) // 2] if known else None
    return Week(replies=recent, before=len(came) - recent, answers=AnswerTimes(theirs=None, ours=ours))


def read_heard(tx: Tx) -> Heard | None:
    """Return what a person last said about a product, who, and how many notes are new. One query."""
    new = select(func.count(Feedback.id)).where(Feedback.theme_id.is_(None)).scalar_subquery()
    row = tx.session.execute(
        select(Feedback, Contact, new)
        .outerjoin(Contact, Contact.id == Feedback.contact_id)
        .order_by(Feedback.created_at.desc(), Feedback.id.desc())
        .limit(1)
    ).first()
    return Heard(note=row[0], contact=row[1], new=row[2]) if row else None


def _by_contact(mails: list[tuple[int | None, str, datetime]]) -> list[list[tuple[str, datetime]]]:
    groups: dict[int | None, list[tuple[str, datetime]]] = {}
    for contact_id, direction, at in mails:
        groups.setdefault(contact_id, []).append((direction, at))
    return list(groups.values())
