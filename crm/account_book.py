"""Use cases: all accounts of a person with what is known of each: readings, current rates, sponsors. One query."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Float, Numeric, String, Subquery, cast, func, literal, null, select, union_all

from crm.account_figures import STALE_DAYS, cost_per_mille, is_stale, views_per_follower
from crm.contacts import rank
from crm.models import Handle, HandlePost, HandleRate, HandleSnapshot
from crm.people import figures_of
from crm.rate_formats import current_rates
from crm.scoring import Weighed, score_fit, shown, weigh
from crm.spread import Spread, judge_posts, judge_spread
from crm.stale_setting import stale_days_query
from kit.db import Instant
from kit.tx import Tx

READINGS, SPONSORS, RATES = 24, 6, 60
_MOST_SPREAD = 10


@dataclass(frozen=True, slots=True)
class Reading:
    """Figures as they stood at an instant, and who said so."""

    id: int
    at: datetime
    followers: float | None
    views: float | None
    engagement: float | None
    source: str


@dataclass(frozen=True, slots=True)
class RateLine:
    """A rate that holds for a format, since when, said by whom, and what a thousand views cost by it."""

    id: int
    format: str
    amount: Decimal
    currency: str
    said_on: date
    said_by: str
    cpm: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Sponsor:
    """A brand that an account was seen to work with."""

    brand: str
    seen_on: date
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account. `readings` newest first, `rates` those that hold; `views` the median of posts, else as stated."""

    handle: Handle
    readings: tuple[Reading, ...] = ()
    rates: tuple[RateLine, ...] = ()
    sponsors: tuple[Sponsor, ...] = ()
    views: float | None = None
    views_per_follower: float | None = None
    spread: Spread = "unclear"
    read_at: datetime | None = None
    is_stale: bool = False
    fit: int | None = None
    parts: tuple[Weighed, ...] = ()

    @property
    def follower_line(self) -> list[tuple[datetime, float | None]]:
        """Return the size over time."""
        return [(one.at, one.followers) for one in self.readings]

    @property
    def view_line(self) -> list[tuple[datetime, float | None]]:
        """Return the views over time, as stated."""
        return [(one.at, one.views) for one in self.readings]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBook:
    """A person's accounts, the main one first, those no longer used last; `stale_days` is the team's rule."""

    accounts: tuple[Account, ...]
    stale_days: int = STALE_DAYS

    @property
    def best(self) -> Account | None:
        """The account that fits best: its score is the person's."""
        scored = [one for one in self.accounts if one.fit is not None and one.handle.retired_at is None]
        return max(scored, key=lambda one: one.fit or 0, default=None)

    @property
    def used(self) -> tuple[Account, ...]:
        """The accounts in use."""
        return tuple(one for one in self.accounts if one.handle.retired_at is None)

    @property
    def sponsors(self) -> tuple[Sponsor, ...]:
        """The brands seen lately on any account, each once."""
        seen = sorted((one for account in self.used for one in account.sponsors), key=lambda one: one.seen_on)
        return tuple({one.brand: one for one in seen}.values())[::-1][:SPONSORS]

    @property
    def has_rates(self) -> bool:
        """Whether any account in use has a price."""
        return any(account.rates or account.handle.price_amount is not None for account in self.used)

    @property
    def read_at(self) -> datetime | None:
        """When figures of one of them were last read."""
        return max((one.read_at for one in self.used if one.read_at), default=None)


def read_accounts(tx: Tx, contact_id: int, weights: Mapping[str, int]) -> AccountBook:
    """Return a person's accounts."""
    known = _known(contact_id)
    days = stale_days_query().scalar_subquery()
    rows = tx.session.execute(
        select(Handle, days, *known.c)
        .outerjoin(known, known.c.handle_id == Handle.id)
        .where(Handle.contact_id == contact_id)
    ).all()
    handles = sorted({row[0].id: row[0] for row in rows}.values(), key=rank)
    stale_days = int(rows[0][1]) if rows and rows[0][1] is not None else STALE_DAYS
    found: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for row in rows:
        if row.kind is not None:
            found[row[0].id, row.kind].append(row)
    accounts = [
        describe(handle, {kind: found[handle.id, kind] for kind in _KINDS}, weights, tx.now, stale_days)
        for handle in handles
    ]
    return AccountBook(accounts=tuple(accounts), stale_days=stale_days)


def describe(
    handle: Handle, known: Mapping[str, Iterable[Any]], weights: Mapping[str, int], now: datetime, stale_days: int
) -> Account:
    """Return an account with what its rows come to."""
    readings = sorted((_reading(row) for row in known["reading"]), key=lambda one: one.at, reverse=True)
    figures = figures_of(handle)
    stated = [one.views for one in readings if one.views is not None][:_MOST_SPREAD]
    score = score_fit(figures, weights, now.date())
    read_at = readings[0].at if readings else None
    return Account(
        handle=handle,
        readings=tuple(readings),
        rates=tuple(_rates(known["rate"], figures.views)),
        sponsors=tuple(_sponsors(known["sponsor"])),
        views=figures.views,
        views_per_follower=views_per_follower(figures.views, handle.followers),
        spread=judge_posts(handle.views_spread) or judge_spread(stated),
        read_at=read_at,
        is_stale=is_stale(read_at or handle.created_at, now, stale_days),
        fit=None if score is None else shown(score),
        parts=tuple(weigh(figures, weights, now.date())),
    )


_KINDS = ("reading", "rate", "sponsor")


def _known(contact_id: int) -> Subquery:
    """Return readings, rates and sponsored posts of a person's accounts as rows of one shape."""
    mine = select(Handle.id).where(Handle.contact_id == contact_id)
    snapshot, rate, post = HandleSnapshot, HandleRate, HandlePost
    nothing: dict[str, Any] = {
        "at": cast(null(), Instant()), "day": cast(null(), Date()), "one": cast(null(), Float()),
        "two": cast(null(), Float()), "three": cast(null(), Float()), "amount": cast(null(), Numeric(14, 2)),
        "word": cast(null(), String()), "more": cast(null(), String()),
    }  # fmt: skip

    def part(kind: str, model: Any, newest: tuple[Any, ...], most: int, *held: Any, **values: Any) -> Any:
        age = func.row_number().over(partition_by=model.handle_id, order_by=newest).label("age")
        columns = [value.label(name) for name, value in (nothing | values).items()]
        rows = select(literal(kind).label("kind"), model.handle_id, model.id.label("row_id"), *columns, age)
        inner = rows.where(model.handle_id.in_(mine), *held).subquery()
        return select(*(column for column in inner.c if column.name != "age")).where(inner.c.age <= most)

    readings = part(
        "reading", snapshot, (snapshot.taken_at.desc(), snapshot.id.desc()), READINGS, at=snapshot.taken_at,
        one=snapshot.followers, two=snapshot.avg_views, three=snapshot.engagement_rate, word=snapshot.source,
    )  # fmt: skip
    rates = part(
        "rate", rate, (rate.said_on.desc(), rate.id.desc()), RATES, day=rate.said_on, amount=rate.amount,
        word=rate.format, more=rate.currency + literal(" ") + rate.said_by,
    )  # fmt: skip
    sponsors = part(
        "sponsor", post, (post.posted_on.desc(), post.id.desc()), SPONSORS, post.sponsor != "", day=post.posted_on,
        word=post.sponsor, more=post.url,
    )  # fmt: skip
    return union_all(readings, rates, sponsors).subquery("known")


def _reading(row: Any) -> Reading:
    return Reading(row.row_id, row.at, row.one, row.two, row.three, row.word or "")


def _rates(rows: Iterable[Any], views: float | None) -> list[RateLine]:
    lines = []
    for row in rows:
        currency, _, said_by = row.more.partition(" ")
        cpm = cost_per_mille(row.amount, views)
        lines.append(RateLine(row.row_id, row.word, row.amount, currency, row.day, said_by, cpm))
    return current_rates(lines)


def _sponsors(rows: Iterable[Any]) -> list[Sponsor]:
    found = [Sponsor(row.word, row.day, row.more or "") for row in rows]
    return sorted(found, key=lambda one: one.seen_on, reverse=True)
