"""Use cases: what first mails led to: one funnel, by sequence, by mailbox, and by the hour on the reader's clock.

One person counts once in a sequence: with the first mail that left in the time. Whoever answered after it replied.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Subquery, and_, case, func, select

from crm.models import Contact, Mailbox, Message, Relationship, Stage
from crm.reports.buckets import cut
from crm.zones import is_zone, read_zone, zone_of_country
from kit.tx import Tx
from sequences.insight.wilson import Rate
from sequences.models import Send, Sequence

DAYS, SLOTS = 7, ((7, 9), (9, 11), (11, 13), (13, 15), (15, 17), (17, 19))
_GOOD = ("interested", "question", "counter_offer")
_AGREED = "Agreed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """How many people: written to, reached, replied, interested, agreed."""

    written: int = 0
    bounced: int = 0
    replied: int = 0
    interested: int = 0
    agreed: int = 0

    @property
    def delivered(self) -> int:
        """Those whose mail did not come back."""
        return self.written - self.bounced

    @property
    def rate(self) -> Rate:
        """Replies of those who were reached."""
        return Rate(self.replied, self.delivered)

    def __add__(self, other: "Funnel") -> "Funnel":
        """Return both together."""
        return Funnel(
            written=self.written + other.written, bounced=self.bounced + other.bounced,
            replied=self.replied + other.replied, interested=self.interested + other.interested,
            agreed=self.agreed + other.agreed,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Outreach:
    """The report: all, by sequence name and by mailbox address, the most written to first."""

    all: Funnel
    sequences: Mapping[str, Funnel]
    mailboxes: Mapping[str, Funnel]


def read_outreach(tx: Tx, since: datetime, until: datetime) -> Outreach:
    """Return what first mails led to. Two queries."""
    query = _funnels(tx, since, until, Sequence.name.expression, Mailbox.address.expression)
    return sum_outreach((name, address, numbers) for name, address, *numbers in tx.session.execute(query))


def sum_outreach(rows: Iterable[tuple[str, str, list[int]]]) -> Outreach:
    """Return the report from the numbers of each sequence and mailbox."""
    sequences: dict[str, Funnel] = defaultdict(Funnel)
    mailboxes: dict[str, Funnel] = defaultdict(Funnel)
    for name, address, numbers in rows:
        found = make_funnel(numbers)
        sequences[name] += found
        mailboxes[address] += found
    whole = sum(sequences.values(), Funnel())
    return Outreach(all=whole, sequences=largest_first(sequences), mailboxes=largest_first(mailboxes))


def read_outreach_by_field(tx: Tx, key: str, since: datetime, until: datetime) -> dict[str, Funnel]:
    """Return what first mails led to by the value of an own field, the empty one for nothing. Two queries."""
    value = func.coalesce(Contact.fields[key].as_string(), "", type_=String).label("own_value")
    query = _funnels(tx, since, until, value)
    return largest_first({row[0]: make_funnel(row[1:]) for row in tx.session.execute(query)})


def read_hours(tx: Tx, since: datetime, until: datetime) -> dict[tuple[int, int], Rate]:
    """Return reply rates by weekday (0 is Monday) and slot of two hours, on the reader's clock. One query."""
    answers, mail = answers_of(since, until), func.count(Send.id)
    hour = cut(tx, Send.sent_at, "hour").label("hour")
    query = (
        select(hour, Contact.zone, Contact.country, mail, mail.filter(answers.c.last_at >= Send.sent_at))
        .join(Contact, Contact.id == Send.contact_id)
        .outerjoin(answers, answers.c.contact_id == Send.contact_id)
        .where(*first_mails(since, until), Send.bounced_at.is_(None))
        .group_by(hour, Contact.zone, Contact.country)
    )
    cells: dict[tuple[int, int], Rate] = defaultdict(lambda: Rate(0, 0))
    for text, zone, country, count, replied in tx.session.execute(query):
        place = place_of(datetime.strptime(text, "%Y-%m-%d %H").replace(tzinfo=UTC), zone, country)
        if place is not None:
            cells[place] = Rate(cells[place].hits + replied, cells[place].of + count)
    return dict(cells)


def place_of(at: datetime, zone: str | None, country: str | None) -> tuple[int, int] | None:
    """Return weekday (0 is Monday) and slot of an hour of UTC on the reader's clock; None outside the slots.

    Zones that are off by half an hour count with the hour that mail left in.
    """
    hour = at.replace(minute=0, second=0, microsecond=0)
    local = hour.astimezone(read_zone((zone if is_zone(zone) else zone_of_country(country)) or "UTC"))
    slot = next((n for n, (low, high) in enumerate(SLOTS) if low <= local.hour < high), None)
    return None if slot is None else (local.weekday(), slot)


def find_best(rates: Mapping[Any, Rate]) -> Any | None:
    """Return whose range lies above all others; None while ranges overlap, and when there is nothing to compare."""
    known = {name: rate for name, rate in rates.items() if rate.of}
    if len(known) < 2:  # noqa: PLR2004 - one alone beats nobody
        return None
    for name, rate in known.items():
        if all(rate.beats(other) for key, other in known.items() if key != name):
            return name
    return None


def _funnels(tx: Tx, since: datetime, until: datetime, *by: ColumnElement[Any]) -> Select[Any]:
    """Return the query of the five numbers of a funnel, for each of `by`."""
    answers, agreed = answers_of(since, until), agreed_from(tx)
    mail = func.count(Send.id)
    return (
        select(
            *by, mail, mail.filter(Send.bounced_at.is_not(None)),
            mail.filter(answers.c.last_at >= Send.sent_at), mail.filter(answers.c.good_at >= Send.sent_at),
            mail.filter(Stage.position >= agreed) if agreed is not None else func.count(None),
        )
        .join(Sequence, Sequence.id == Send.sequence_id)
        .join(Mailbox, Mailbox.id == Send.mailbox_id)
        .join(Contact, Contact.id == Send.contact_id)
        .outerjoin(answers, answers.c.contact_id == Send.contact_id)
        .outerjoin(
            Relationship,
            and_(Relationship.contact_id == Send.contact_id, Relationship.brand_id == Send.brand_id),
        )
        .outerjoin(Stage, Stage.id == Relationship.stage_id)
        .where(*first_mails(since, until))
        .group_by(*by)
    )  # fmt: skip


def make_funnel(numbers: Iterable[int]) -> Funnel:
    """Return a funnel from its five numbers."""
    names = ("written", "bounced", "replied", "interested", "agreed")
    return Funnel(**dict(zip(names, numbers, strict=True)))


def first_mails(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return what makes a send the first mail of a run that left in a time."""
    return (
        Send.state == "sent", Send.is_follow_up.is_(False), Send.sequence_id.is_not(None), Send.sent_at >= since,
        Send.sent_at < until,
    )  # fmt: skip


def answers_of(since: datetime, until: datetime) -> Subquery:
    """Return the last answer of each person written to in a time, and the last that was more than a no.

    Only those people's mail is read, by its index: all mail there ever was would be ten times as much.
    """
    whom = select(Send.contact_id).where(Send.state == "sent", Send.sent_at >= since, Send.sent_at < until)
    query = (
        select(
            Message.contact_id,
            func.max(Message.at).label("last_at"),
            func.max(case((Message.reply_kind.in_(_GOOD), Message.at))).label("good_at"),
        )
        .where(Message.direction == "in", Message.kind == "reply", Message.contact_id.in_(whom), Message.at >= since)
        .group_by(Message.contact_id)
    )
    return query.subquery()


def agreed_from(tx: Tx) -> int | None:
    """Return the place from which a stage means a yes; None in a workspace that renamed it."""
    return tx.session.scalar(select(Stage.position).where(Stage.name == _AGREED))


def largest_first(found: Mapping[str, Funnel]) -> dict[str, Funnel]:
    """Return funnels by name, the most written to first."""
    return dict(sorted(found.items(), key=lambda pair: (-pair[1].written, pair[0])))
