"""Use cases: upkeep on Today: what we promised and owe, whom to talk to, who goes quiet; in one query.

Each part is a few rows that an index gives in its order; they share their columns, so the database is asked once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, Integer, String, Subquery, cast, literal, null, select, union_all

from crm.models import Contact, Promise, Pulse
from crm.promise_list import owed_by
from crm.pulses import Quiet, is_silent
from crm.rhythms import TalkDue, due_branches
from crm.upkeep_desk import UpkeepDesk
from crm.whose import is_mine
from kit.db import Instant
from kit.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A promise that is due, to whom it was given."""

    id: int
    contact: Contact
    what: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The parts, each in its order and cut at what was asked for."""

    owed: tuple[Owed, ...]
    talks: tuple[TalkDue, ...]
    quiet: tuple[Quiet, ...]


def read_board(
    tx: Tx, desk: UpkeepDesk, brand_id: int | None, today: date, *, mine: bool = True, owed: int = 8,
    talks: int = 6, quiet: int = 3,
) -> Board:  # fmt: skip
    """Return what Today shows of upkeep, for a colleague and those they stand in for, or for everyone."""
    user_ids = desk.user_ids if mine else None
    parts = [_owed(user_ids, today, owed), _quiet(tx.now, desk.user_id if mine else None, quiet)]
    parts += due_branches(tx.now, desk.rhythms, brand_id, today, user_ids=user_ids, limit=talks, own=desk.own_rhythms)
    found = union_all(*(select(part) for part in parts)).subquery()
    rows = tx.session.execute(select(Contact, found).join(found, found.c.contact_id == Contact.id)).all()
    return Board(
        owed=tuple(_promises(row for row in rows if row.kind == "promise"))[:owed],
        talks=tuple(_talks(row for row in rows if row.kind in ("stage", "own")))[:talks],
        quiet=tuple(_silent(tx.now, [row for row in rows if row.kind == "quiet"]))[:quiet],
    )


def _owed(user_ids: Sequence[int] | None, today: date, limit: int) -> Subquery:
    return (
        select(
            literal("promise", String).label("kind"), Promise.contact_id.label("contact_id"),
            Promise.id.label("number"), cast(null(), Instant).label("since"), cast(null(), Integer).label("amount"),
            Promise.what.label("words"), Promise.due_on.label("day"),
        )
        .join(Contact, Contact.id == Promise.contact_id)
        .where(Contact.erased_at.is_(None), *owed_by(user_ids, today))
        .order_by(Promise.due_on, Promise.id)
        .limit(limit)
        .subquery()
    )  # fmt: skip


def _quiet(now: datetime, mine_of: int | None, limit: int) -> Subquery:
    whose = [] if mine_of is None else [is_mine(mine_of, now)]
    return (
        select(
            literal("quiet", String).label("kind"), Pulse.contact_id.label("contact_id"),
            cast(null(), Integer).label("number"), Pulse.last_in_at.label("since"), Pulse.gap_s.label("amount"),
            cast(null(), String).label("words"), cast(null(), Date).label("day"),
        )
        .join(Contact, Contact.id == Pulse.contact_id)
        .where(Contact.erased_at.is_(None), is_silent(now), *whose)
        .order_by(Pulse.quiet_from.desc(), Pulse.contact_id)
        .limit(limit)
        .subquery()
    )  # fmt: skip


def _promises(rows: Iterable[Any]) -> list[Owed]:
    found = [Owed(id=row.number, contact=row.Contact, what=row.words, due_on=row.day) for row in rows]
    return sorted(found, key=lambda one: (one.due_on, one.id))


def _talks(rows: Iterable[Any]) -> list[TalkDue]:
    found = [
        TalkDue(contact=row.Contact, stage=row.words, since=row.since, days=row.amount, is_own=row.kind == "own")
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.due_at, one.contact.id))


def _silent(now: datetime, rows: list[Any]) -> list[Quiet]:
    found = [
        Quiet(contact=row.Contact, silent_for=now - row.since, usual=timedelta(seconds=row.amount)) for row in rows
    ]
    return sorted(found, key=lambda one: (one.quiet_from(now), one.contact.id), reverse=True)
