"""Use cases: the order of a list of people. Of many who match, an index is walked until a page is full.

Who has no figure comes last, in either direction; among equals the number decides.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    cast,
    false,
    func,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from crm.bests import Kept, read_bests_state
from crm.fit import best_fit
from crm.models import Contact, ContactBest, Handle
from crm.people_filter import PeopleFilter
from crm.people_stretches import Figured, Numbered, Stretch
from crm.scoring import DEFAULTS
from kit.tx import Tx

T = TypeVar("T")
# Of fewer who match, it is quicker to find all of them and sort.
WALK = 500
_FIGURES: dict[str, tuple[ColumnElement[Any], ColumnElement[Any]]] = {
    "size": (Handle.followers.expression, ContactBest.followers.expression),
    "views": (Handle.avg_views.expression, ContactBest.views.expression),
    "er": (Handle.engagement_rate.expression, ContactBest.engagement.expression),
    "rate": (Handle.price_amount.expression, ContactBest.price.expression),
    "posted": (Handle.last_post_on.expression, ContactBest.posted_on.expression),
}


def is_looked_through(wanted: PeopleFilter) -> bool:
    """Return whether everybody is looked at in any case: for words, whose finds no index gives by their names.

    Those stand together, and may be far from the beginning.
    """
    return bool(wanted.q) and wanted.sort in {"name", "-name"}


def find_kept(tx: Tx, wanted: PeopleFilter) -> Kept | None:
    """Return what is kept of the figure that people are sorted by; None where accounts are compared as they stand."""
    key = wanted.sort.lstrip("-")
    usual = key == "fit" and wanted.weights == DEFAULTS
    return read_bests_state(tx) if usual or key in _FIGURES else None


def tell_as_of(tx: Tx, wanted: PeopleFilter) -> datetime | None:
    """Return as of when the figures hold that people are sorted or found by; None for now."""
    is_found_by = wanted.fit != (None, None) and wanted.weights == DEFAULTS
    kept = read_bests_state(tx) if is_found_by else find_kept(tx, wanted)
    return kept.at if kept else None


def ordered(
    tx: Tx, query: Select[T], wanted: PeopleFilter, *, matching: int | None = None, most: int | None = None
) -> Select[T]:
    """Return a query of contacts in the order asked for.

    `matching` says how many there are, where that is known, and `most` how many of them are looked at from the first.
    """
    joined, order = in_order(tx, query, wanted, matching=matching, most=most)
    return joined.order_by(*order)


def in_order(
    tx: Tx, query: Select[T], wanted: PeopleFilter, *, matching: int | None = None, most: int | None = None
) -> tuple[Select[T], tuple[ColumnElement[Any], ...]]:
    """Return a query with what its order needs, and the order; see `ordered`."""
    many = matching is not None and matching >= WALK
    kept = find_kept(tx, wanted)
    if kept is not None and many and most is not None:
        return _walk(query, wanted, kept, most)
    figure, order = order_of(tx, wanted, query.with_only_columns(Contact.id), walk=many)
    return (query if figure is None else query.outerjoin(figure, figure.c.contact_id == Contact.id)), order


def order_of(
    tx: Tx, wanted: PeopleFilter, among: Select[*tuple[Any, ...]] | None = None, *, walk: bool = False
) -> tuple[Any | None, tuple[ColumnElement[Any], ...]]:
    """Return the order asked for, and what it must be joined with by `contact_id`.

    `among` are the only contacts that matter. With `walk` an index may give the order.
    """
    key, down = wanted.sort.lstrip("-"), wanted.sort.startswith("-")
    if find_kept(tx, wanted) is not None:
        best = _kept_figure(key)
        return ContactBest.__table__, (best.is_(None), _directed(best, down=down), Contact.id.expression)
    if key == "fit":
        fit = best_fit(wanted.weights, tx.now.date(), among)
        return fit, (fit.c.score.is_(None), _directed(fit.c.score, down=down), Contact.id.expression)
    if key in _FIGURES:
        used = Handle.retired_at.is_(None)
        best = select(func.max(_FIGURES[key][0])).where(Handle.contact_id == Contact.id, used).scalar_subquery()
        return None, (best.is_(None), _directed(best, down=down), Contact.id.expression)
    if key == "added":
        return None, (_directed(Contact.created_at.expression, down=down), Contact.id.expression)
    by_index = walk and not is_looked_through(wanted)
    return None, (_directed(func.lower(Contact.name) if by_index else name_key(), down=down), Contact.id.expression)


def name_key() -> ColumnElement[Any]:
    """Return what few people are sorted by for their names.

    In other words than the index has it, or all people would be walked through by name to find those few.
    """
    return func.coalesce(func.lower(Contact.name), "")


def _walk(
    query: Select[T], wanted: PeopleFilter, kept: Kept, most: int
) -> tuple[Select[T], tuple[ColumnElement[Any], ...]]:
    """Return a query that takes its first from the index of a figure, then who has none, then who came since.

    Who comes later is looked for only where those before do not fill what is looked at.
    """
    down, best = wanted.sort.startswith("-"), _kept_figure(wanted.sort.lstrip("-"))
    number = ContactBest.contact_id
    # As a question about each, so that every planner walks the index and nothing else.
    there: Select[*tuple[Any, ...]] = query.with_only_columns(literal_column("1"))
    fits = there.where(Contact.id == number).exists()
    columns = number.label("id"), literal_column("0", Integer).label("part"), best.label("figure")
    known = select(*columns).where(best.is_not(None), fits).order_by(_directed(best, down=down), number)
    first = known.limit(most).cte().prefix_with("MATERIALIZED")
    is_short = select(func.count()).select_from(first).scalar_subquery() < most
    unknown = _last(select(number.label("id")).where(best.is_(None), fits, is_short).order_by(number), best)
    newer = aliased(Contact)
    came = select(newer.id.label("id")).where(newer.id > kept.upto, there.where(Contact.id == newer.id).exists())
    since = _last(came.where(is_short).order_by(newer.id), best)
    later: list[Subquery] = [part.limit(most).subquery() for part in (unknown, since)]
    found = union_all(select(first), *(select(part) for part in later)).subquery("found")
    order = found.c.part, _directed(found.c.figure, down=down), Contact.id.expression
    return query.join(found, found.c.id == Contact.id), order


class Spot(NamedTuple):
    """Where a person stands in the order of a list: their name or figure, and whether figures of them are kept."""

    value: Any
    is_known: bool


def ask_spot(tx: Tx, wanted: PeopleFilter, contact_id: int) -> tuple[ColumnElement[Any], ColumnElement[bool]]:
    """Return the questions for a person's `Spot`, so that they can be asked beside others."""
    column = _indexed(tx, wanted)
    if column is None:
        return null(), false()
    whose = Contact.id if find_kept(tx, wanted) is None else ContactBest.contact_id
    own = select(column).where(whose == contact_id)
    return own.scalar_subquery(), own.exists()


def find_stretches(
    tx: Tx, wanted: PeopleFilter, clauses: Sequence[ColumnElement[bool]], spot: Spot
) -> tuple[Stretch, ...]:
    """Return what a long list is made of, in its order, as one person sees it; nothing where no index gives the order.

    What is found from the first on is what `ordered` finds.
    """
    column, kept = _indexed(tx, wanted), find_kept(tx, wanted)
    if column is None:
        return ()
    if kept is None:
        down = wanted.sort in {"-name", "-added"}
        return (Figured(select(Contact.id).where(*clauses), Contact.id.expression, column, down, spot.value),)
    number = ContactBest.contact_id.expression
    there: Select[*tuple[Any, ...]] = select(literal_column("1")).where(*clauses)
    fits = select(ContactBest.contact_id).where(there.where(Contact.id == number).exists())
    newer = aliased(Contact)
    came = select(newer.id).where(newer.id > kept.upto, there.where(Contact.id == newer.id).exists())
    return (
        Figured(fits.where(column.is_not(None)), number, column, wanted.sort.startswith("-"), spot.value),
        Numbered(fits.where(column.is_(None)), number, spot.is_known and spot.value is None),
        Numbered(came, newer.id.expression, not spot.is_known),
    )


def _indexed(tx: Tx, wanted: PeopleFilter) -> ColumnElement[Any] | None:
    """Return the column by which an index orders people as asked; None where accounts are compared as they stand."""
    key = wanted.sort.lstrip("-")
    if find_kept(tx, wanted) is not None:
        return _kept_figure(key)
    if key == "fit" or key in _FIGURES:
        return None
    return Contact.created_at.expression if key == "added" else func.lower(Contact.name)


def _last(query: Select[Any], best: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Return a query of numbers of people who have no figure."""
    return query.add_columns(literal_column("1", Integer).label("part"), cast(null(), best.type).label("figure"))


def _kept_figure(key: str) -> ColumnElement[Any]:
    return ContactBest.fit.expression if key == "fit" else _FIGURES[key][1]


def _directed(column: ColumnElement[Any], *, down: bool) -> ColumnElement[Any]:
    return column.desc() if down else column.asc()
