"""Use cases: the exchange: how often a person and we wrote, week by week. Machine mail never counts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import bindparam, select

from crm.models import Message
from kit.db import Instant
from kit.tx import Tx

HUMAN = ("reply", "sent", "manual")
_WEEK = timedelta(weeks=1)
_MAILS = select(Message.contact_id, Message.direction, Message.at).where(
    Message.contact_id.in_(bindparam("contact_ids", expanding=True)),
    Message.kind.in_(HUMAN),
    Message.at > bindparam("since", type_=Instant()),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Weeks as (theirs, ours), the oldest first; the newest week ends now."""

    weeks: tuple[tuple[int, int], ...]

    @property
    def came(self) -> int:
        """How often they wrote."""
        return sum(came for came, _ in self.weeks)

    @property
    def went(self) -> int:
        """How often we wrote."""
        return sum(went for _, went in self.weeks)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTimes:
    """Typical waits for an answer; None while there are too few to say."""

    theirs: timedelta | None
    ours: timedelta | None


def list_exchanges(tx: Tx, contact_ids: Iterable[int], *, weeks: int = 12) -> dict[int, Exchange]:
    """Return the exchange of each contact over the last `weeks`, in one query."""
    wanted = list(dict.fromkeys(contact_ids))
    if not wanted:
        return {}
    rows = tx.run(_MAILS, {"contact_ids": wanted, "since": tx.now - weeks * _WEEK})
    found: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for contact_id, direction, at in rows:
        found[contact_id or 0].append((direction, at))
    return {contact_id: count_weeks(found[contact_id], weeks=weeks, now=tx.now) for contact_id in wanted}


def count_weeks(mails: Iterable[tuple[str, datetime]], *, weeks: int, now: datetime) -> Exchange:
    """Return mails, given as (direction, instant), counted into the `weeks` before `now`."""
    came, went = [0] * weeks, [0] * weeks
    for direction, at in mails:
        age = int((now - at) / _WEEK)
        if 0 <= age < weeks:
            (came if direction == "in" else went)[weeks - 1 - age] += 1
    return Exchange(weeks=tuple(zip(came, went, strict=True)))


def measure_answers(mails: Iterable[tuple[str, datetime]]) -> AnswerTimes:
    """Return the median waits between a mail and the first answer to it; mails in time order."""
    waits: dict[str, list[timedelta]] = {"in": [], "out": []}
    since: tuple[str, datetime] | None = None
    for direction, at in mails:
        if since and since[0] != direction:
            waits[direction].append(at - since[1])
        if since is None or since[0] != direction:
            since = (direction, at)
    return AnswerTimes(theirs=_typical(waits["in"]), ours=_typical(waits["out"]))


def _typical(waits: list[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(wait.total_seconds() for wait in waits)) if waits else None
