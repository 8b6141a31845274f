"""Use cases: the best figures of each person's accounts, kept by the beat where there are too many to compare at once.

Of up to MANY people a page compares the accounts themselves; of more, it walks an index of what was kept, and says as
of when. People who came since have no row yet.
"""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import Select, Table, and_, delete, func, insert, select

from crm.fit import best_fit
from crm.kept import ask_kept, is_due, keep, lock
from crm.lane_sums import MANY, price_of
from crm.models import Contact, ContactBest, Handle
from crm.models.best import BEST_COLUMNS
from crm.scoring import DEFAULTS
from kit.tx import Database, Tx

_NAME, _INFO = "bests", "bests"
_CHUNK = 5_000
# Whoever was added less than this before a look may still be on the way: numbers are not given in order.
_SETTLED = timedelta(minutes=5)
_BESTS = cast("Table", ContactBest.__table__)


class Kept(NamedTuple):
    """As of when the figures hold, and up to which person there are any."""

    at: datetime
    upto: int


def read_bests_state(tx: Tx) -> Kept | None:
    """Return what is kept, once a transaction; None where accounts are compared as they stand."""
    if _INFO not in tx.session.info:
        remember_bests_state(tx, tx.session.execute(ask_bests_state(tx.now)).first())
    return cast("Kept | None", tx.session.info[_INFO])


def ask_bests_state(now: datetime) -> Select[*tuple[Any, ...]]:
    """Return the question for what is kept, so that it can be asked beside others."""
    return ask_kept(_NAME, now)


def remember_bests_state(tx: Tx, row: Any) -> None:
    """Keep the answer for `read_bests_state`."""
    tx.session.info[_INFO] = Kept(row[0], row[1]["upto"]) if row is not None and row[0] is not None else None


def keep_bests(database: Database) -> bool:
    """Compare all accounts anew where that is old, some people a transaction; return whether it was done."""
    with database.reading() as tx:
        # From the last one back: the highest number of all who were there would be looked for among all.
        there = select(Contact.id).where(Contact.created_at < tx.now - _SETTLED)
        upto = tx.session.scalar(there.order_by(Contact.id.desc()).limit(1)) or 0
        if upto <= MANY or not is_due(tx, _NAME):
            return False
        began = tx.now
    for first in range(1, upto + 1, _CHUNK):
        with database.transaction() as tx:
            _compare(tx, first, min(first + _CHUNK - 1, upto))
    with database.transaction() as tx:
        keep(tx, _NAME, {"upto": upto}, at=began)
    return True


def _compare(tx: Tx, first: int, last: int) -> None:
    """Write the rows of some people that are new or different."""
    lock(tx, ContactBest)
    there = {row[0]: tuple(row) for row in tx.session.execute(select(*_BESTS.c).where(_within(first, last)))}
    found = {row[0]: tuple(row) for row in tx.session.execute(_ask(first, last, tx.now.date()))}
    changed = [row for number, row in found.items() if there.get(number) != row]
    old = [row[0] for row in changed if row[0] in there]
    for begin in range(0, len(old), 500):
        tx.session.execute(delete(_BESTS).where(_BESTS.c.contact_id.in_(old[begin : begin + 500])))
    if changed:
        names = ("contact_id", *BEST_COLUMNS, "asked", "asked_in")
        tx.session.execute(insert(_BESTS), [dict(zip(names, row, strict=True)) for row in changed])


def _within(first: int, last: int) -> Any:
    return _BESTS.c.contact_id.between(first, last)


def _ask(first: int, last: int, today: date) -> Select[*tuple[Any, ...]]:
    some = Contact.id.between(first, last)
    fit = best_fit(DEFAULTS, today, select(Contact.id).where(some))
    used = and_(Handle.contact_id == Contact.id, Handle.retired_at.is_(None))
    figures = (Handle.followers, Handle.avg_views, Handle.engagement_rate, Handle.price_amount, Handle.last_post_on)
    return (
        select(Contact.id, func.max(fit.c.score), *(func.max(figure) for figure in figures), *price_of(Contact.id))
        .outerjoin(fit, fit.c.contact_id == Contact.id)
        .outerjoin(Handle, used)
        .where(some)
        .group_by(Contact.id)
    )
