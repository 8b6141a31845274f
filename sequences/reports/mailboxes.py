"""Use cases: each mailbox week by week: sent, bounced, complaints, replies."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    ScalarSelect,
    Select,
    TextClause,
    column,
    func,
    select,
    text,
    values,
)

from crm.models import Mailbox, Message
from crm.models.thread import COMPLAINT, REPLY
from kit.db import Instant
from kit.tx import Tx
from sequences.models import LEFT, Send


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
    """Return the weeks of each mailbox, in order. Two queries; weeks begin on Mondays of UTC."""
    boxes, begun = {}, {}
    for number, address, *firsts in tx.session.execute(_ask_boxes()):
        boxes[number], begun[number] = address, min((at for at in firsts if at), default=until)
    first = min([until, *(max(since, at) for at in begun.values())]).astimezone(UTC).date()
    monday = first - timedelta(days=first.weekday())
    spans = []
    while (begin := datetime.combine(monday, time(), UTC)) < until:
        end = begin + timedelta(weeks=1)
        spans += [(box, monday, max(begin, since), min(end, until)) for box in boxes if begun[box] < end]
        monday += timedelta(weeks=1)
    if not spans:
        return []
    weeks = [
        Week(address=boxes[box], monday=day, sent=sent, bounced=bounced, replies=replies, complaints=complaints)
        for box, day, sent, bounced, replies, complaints in tx.session.execute(_count_each(spans))
        if sent or replies or complaints
    ]
    return sorted(weeks, key=lambda week: (week.address, week.monday))


def sum_weeks(weeks: list[Week]) -> dict[date, Week]:
    """Return all mailboxes together, week by week."""
    found: dict[date, Week] = defaultdict(lambda: Week(address="", monday=date.min))
    for one in weeks:
        whole = found[one.monday]
        whole.monday = one.monday
        whole.sent, whole.bounced = whole.sent + one.sent, whole.bounced + one.bounced
        whole.complaints, whole.replies = whole.complaints + one.complaints, whole.replies + one.replies
    return dict(sorted(found.items()))


def _ask_boxes() -> Select[*tuple[Any, ...]]:
    """Return the question for the mailboxes, and when mail first came to each and left it: no week before is asked."""
    came = select(func.min(Message.at)).where(Message.mailbox_id == Mailbox.id).scalar_subquery()
    left = select(func.min(Send.sent_at)).where(Send.mailbox_id == Mailbox.id).scalar_subquery()
    return select(Mailbox.id, Mailbox.address, came, left)


def _count_each(spans: list[tuple[int, date, datetime, datetime]]) -> Select[*tuple[Any, ...]]:
    """Return the query that counts each span by itself: an index counts a span without reading a row."""
    span = values(
        column("box", Integer), column("monday", Date), column("begins", Instant), column("ends", Instant), name="spans"
    ).data(spans).cte("span")  # fmt: skip
    row = span.c

    def mails(*which: ColumnElement[bool] | TextClause) -> ScalarSelect[int]:
        here = Send.mailbox_id == row.box, Send.sent_at >= row.begins, Send.sent_at < row.ends
        return select(func.count()).select_from(Send).where(*here, *which).scalar_subquery()

    def came(*which: ColumnElement[bool] | TextClause) -> ScalarSelect[int]:
        here = Message.mailbox_id == row.box, Message.at >= row.begins, Message.at < row.ends
        return select(func.count()).select_from(Message).where(*here, *which).scalar_subquery()

    return select(
        row.box,
        row.monday,
        mails(text(LEFT)),
        mails(text(LEFT), Send.bounced_at.is_not(None)),
        came(text(REPLY), Message.complaint.is_(False)),
        came(text(COMPLAINT)),
    )
