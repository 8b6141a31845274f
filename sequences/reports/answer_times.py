"""Use cases: how long people wait for each of us: by the calendar, and in the working hours of the workspace."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import Subquery, func, select

from crm.exchange import HUMAN
from crm.models import Mailbox, Message, User
from crm.working_hours import working_time
from crm.working_hours_setting import read_working_hours
from kit.db import Instant
from kit.tx import Tx
from sequences.models import Send

# Of very many, the newest are enough to know a median by.
MOST = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerer:
    """One of us, or nobody we know: how many answers, and the medians of the waits before them."""

    name: str
    count: int
    typical: timedelta
    working: timedelta


def measure_colleagues(tx: Tx, since: datetime, until: datetime) -> list[Answerer]:
    """Return how long people waited for each colleague's answers, who answers most first. At most four queries.

    wait = first mail of ours after theirs - their first mail that was not answered before it. Whoever approved or
    wrote the answer in Rapport gave it; for a mail written elsewhere, whose mailbox it is.
    """
    turns = _turns(since, until)
    query = (
        select(turns.c.at, turns.c.since, Send.approved_by, Mailbox.owner_id)
        .join(Mailbox, Mailbox.id == turns.c.mailbox_id)
        .outerjoin(Send, Send.rfc_id == turns.c.rfc_id)
        .where(turns.c.direction == "out", turns.c.before == "in")
        .order_by(turns.c.at.desc())
        .limit(MOST)
    )
    hours, waits = read_working_hours(tx), defaultdict[int | None, list[tuple[timedelta, timedelta]]](list)
    for at, begun, approved_by, owner_id in tx.session.execute(query):
        waits[_who(approved_by, owner_id)].append((at - begun, working_time(begun, at, hours)))
    users = tx.session.execute(select(User.id, User.name).where(User.id.in_([who for who in waits if who])))
    names = {row[0]: row[1] for row in users}
    found = [
        Answerer(
            name=names.get(who or 0, ""), count=len(own),
            typical=_median(passed for passed, _ in own), working=_median(working for _, working in own),
        )
        for who, own in waits.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.count, one.name))


def _turns(since: datetime, until: datetime) -> Subquery:
    """Return the mails at which the word passed from one side to the other, with when it had passed before."""
    before = func.lag(Message.direction).over(partition_by=Message.contact_id, order_by=(Message.at, Message.id))
    lines = (
        select(
            Message.contact_id, Message.id, Message.direction, Message.at, Message.mailbox_id, Message.rfc_id,
            before.label("before"),
        )
        .where(Message.kind.in_(HUMAN), Message.contact_id.is_not(None), Message.at >= since, Message.at < until)
        .subquery()
    )  # fmt: skip
    begun = func.lag(lines.c.at, type_=Instant()).over(
        partition_by=lines.c.contact_id, order_by=(lines.c.at, lines.c.id)
    )
    return (
        select(
            lines.c.direction, lines.c.at, lines.c.mailbox_id, lines.c.rfc_id, lines.c.before, begun.label("since")
        )
        .where(lines.c.before.is_(None) | (lines.c.before != lines.c.direction))
        .subquery()
    )  # fmt: skip


def _who(approved_by: str | None, owner_id: int | None) -> int | None:
    _, _, number = (approved_by or "").partition("user:")
    return int(number) if number.isdigit() else owner_id


def _median(waits: Iterable[timedelta]) -> timedelta:
    return timedelta(seconds=median(wait.total_seconds() for wait in waits))
