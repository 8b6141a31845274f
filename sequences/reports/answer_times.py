"""Use cases: how long people wait for each of us: by the calendar, and in the working hours of the workspace."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from sqlalchemy import select

from crm.models import Mailbox, Message, User
from crm.reports.relationships import Answer
from crm.working_hours import working_time
from crm.working_hours_setting import read_working_hours
from kit.tx import Tx
from sequences.models import Send


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerer:
    """One of us, or nobody we know: how many answers, and the medians of the waits before them."""

    name: str
    count: int
    typical: timedelta
    working: timedelta


def measure_colleagues(tx: Tx, answers: Iterable[Answer]) -> list[Answerer]:
    """Return how long people waited for each colleague's answers, who answers most first. At most four queries.

    wait = first mail of ours after theirs - their first mail that was not answered before it. Whoever approved or
    wrote the answer in Rapport gave it; for a mail written elsewhere, whose mailbox it is.
    """
    ours = {answer.message_id: answer for answer in answers if answer.direction == "out"}
    query = (
        select(Message.id, Send.approved_by, Mailbox.owner_id)
        .join(Mailbox, Mailbox.id == Message.mailbox_id)
        .outerjoin(Send, Send.rfc_id == Message.rfc_id)
        .where(Message.id.in_(ours))
    )
    hours, waits = read_working_hours(tx), defaultdict[int | None, list[tuple[timedelta, timedelta]]](list)
    for number, approved_by, owner_id in tx.session.execute(query):
        at, begun = ours[number].at, ours[number].since
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


def _who(approved_by: str | None, owner_id: int | None) -> int | None:
    _, _, number = (approved_by or "").partition("user:")
    return int(number) if number.isdigit() else owner_id


def _median(waits: Iterable[timedelta]) -> timedelta:
    return timedelta(seconds=median(wait.total_seconds() for wait in waits))
