"""Use cases: fit for many people at once: the score of crm.scoring as one expression that the database sorts by."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, Float, Select, Subquery, and_, case, cast, func, literal, null, select

from crm.models import Handle
from crm.scoring import FRESH, KNOWN_SHARE, PARTS, Part, day_steps


def best_fit(weights: Mapping[str, int], today: date, among: Select[*tuple[Any, ...]] | None = None) -> Subquery:
    """Return contact and score: the fit of each contact's best account; unclear accounts have none.

    `among` are the only contacts that matter.
    """
    each = _score(_sums(weights, _worths(weights, today, among)), weights)
    query = select(each.c.contact_id, func.max(each.c.score).label("score")).group_by(each.c.contact_id)
    return query.subquery("fit")


# Each question ends with "offset 0", so that no planner writes it into the next: what a part is worth stands there
# four times, and would be counted as often.


def _worths(weights: Mapping[str, int], today: date, among: Select[*tuple[Any, ...]] | None) -> CTE:
    """Return the worth of each part of each account that is used."""
    parts = (_worth(part, today).label(part.name) for part in PARTS if weights[part.name])
    query = select(Handle.contact_id, *parts).where(Handle.retired_at.is_(None))
    return (query if among is None else query.where(Handle.contact_id.in_(among))).offset(0).cte()


def _sums(weights: Mapping[str, int], worths: CTE) -> CTE:
    """Return what each account earned, and the weight of what is known of it."""
    earned: Any = literal(0.0)
    known: Any = literal(0.0)
    for part in PARTS:
        weight = float(weights[part.name])
        if weight:
            worth = worths.c[part.name]
            earned = earned + func.coalesce(worth, 0.0) * weight
            known = known + case((worth.is_not(None), weight), else_=0.0)
    return select(worths.c.contact_id, earned.label("earned"), known.label("known")).offset(0).cte()


def _score(sums: CTE, weights: Mapping[str, int]) -> CTE:
    whole = float(sum(weights.values()))
    score = sums.c.earned * 100.0 / sums.c.known
    # From 1 up, as it is shown (crm.scoring.shown).
    clear = case((sums.c.known < max(KNOWN_SHARE * whole, 0.001), null()), (score < 1.0, 1.0), else_=score)
    return select(sums.c.contact_id, clear.label("score")).offset(0).cte()


def _worth(part: Part, today: date) -> ColumnElement[Any]:
    if part.name == FRESH:
        return _fresh(part, today)
    value = _MEASURED[part.name]
    slope = (value - part.none) / (part.full - part.none)
    return case((value.is_(None), null()), (slope >= 1.0, 1.0), (slope <= 0.0, 0.0), else_=slope)


def _fresh(part: Part, today: date) -> ColumnElement[Any]:
    steps = [(Handle.last_post_on >= today - timedelta(days=days), worth) for days, worth in day_steps(part)]
    return case((Handle.last_post_on.is_(None), null()), *steps, else_=0.0)


_VIEWS = func.coalesce(Handle.median_views, Handle.avg_views)
_MEASURED: dict[str, ColumnElement[Any]] = {
    "engagement": Handle.engagement_rate.expression,
    "views": case(
        (and_(_VIEWS.is_not(None), Handle.followers > 0), _VIEWS / Handle.followers), else_=null()
    ),
    "price": case(
        (and_(Handle.price_amount.is_not(None), _VIEWS > 0), cast(Handle.price_amount, Float) * 1000.0 / _VIEWS),
        else_=null(),
    ),
    "size": Handle.followers.expression,
    "steady": Handle.views_spread.expression,
}  # fmt: skip
