"""Use cases: each mailbox week by week: sent, bounced, complaints, replies."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from crm.models import Mailbox, Message
from crm.reports.buckets import cut
from kit.tx import Tx
from sequences.models import Send


@dataclass(slots=True, kw_only=True)
class Week:
    """One mailbox in one week, which begins on `monday`."""

    address: str
    monday: date
    sent: int = 0
    bounced: int = 0
    complaints: int = 0
    replies: int = 0


def list_weeks(tx: Tx, since: datetime, until: datetime) -> list[Week]:
    """Return the weeks of each mailbox, in order. Three queries; days are of UTC."""
    names = {row[0]: row[1] for row in tx.session.execute(select(Mailbox.id, Mailbox.address))}
    weeks: dict[tuple[str, date], Week] = {}

    def week_of(mailbox_id: int, day: str) -> Week:
        found = date.fromisoformat(day)
        key = names[mailbox_id], found - timedelta(days=found.weekday())
        return weeks.setdefault(key, Week(address=key[0], monday=key[1]))

    for mailbox_id, day, sent, bounced in _count_sent(tx, since, until):
        week = week_of(mailbox_id, day)
        week.sent, week.bounced = week.sent + sent, week.bounced + bounced
    for mailbox_id, day, replies, complaints in _count_came(tx, since, until):
        week = week_of(mailbox_id, day)
        week.replies, week.complaints = week.replies + replies, week.complaints + complaints
    return [weeks[key] for key in sorted(weeks)]


def sum_weeks(weeks: list[Week]) -> dict[date, Week]:
    """Return all mailboxes together, week by week."""
    found: dict[date, Week] = defaultdict(lambda: Week(address="", monday=date.min))
    for one in weeks:
        whole = found[one.monday]
        whole.monday = one.monday
        whole.sent, whole.bounced = whole.sent + one.sent, whole.bounced + one.bounced
        whole.complaints, whole.replies = whole.complaints + one.complaints, whole.replies + one.replies
    return dict(sorted(found.items()))


def _count_sent(tx: Tx, since: datetime, until: datetime) -> list[tuple[int, str, int, int]]:
    day, mail = cut(tx, Send.sent_at, "day").label("day"), func.count(Send.id)
    rows = tx.session.execute(
        select(Send.mailbox_id, day, mail, mail.filter(Send.bounced_at.is_not(None)))
        .where(Send.state == "sent", Send.sent_at >= since, Send.sent_at < until)
        .group_by(Send.mailbox_id, day)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def _count_came(tx: Tx, since: datetime, until: datetime) -> list[tuple[int, str, int, int]]:
    day, mail = cut(tx, Message.at, "day").label("day"), func.count(Message.id)
    rows = tx.session.execute(
        select(
            Message.mailbox_id, day, mail.filter(Message.kind == "reply", Message.complaint.is_(False)),
            mail.filter(Message.complaint.is_(True)),
        )
        .where(Message.direction == "in", Message.at >= since, Message.at < until)
        .group_by(Message.mailbox_id, day)
    )  # fmt: skip
    return [(row[0], row[1], row[2], row[3]) for row in rows]
