"""Use cases: fit for many people at once: the score of crm.scoring as one expression that the database sorts by."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, Subquery, and_, case, cast, func, literal, null, select

from crm.models import Handle
from crm.scoring import FRESH, KNOWN_SHARE, PARTS, Part, day_steps


def best_fit(weights: Mapping[str, int], today: date, among: Select[*tuple[Any, ...]] | None = None) -> Subquery:
    """Return contact and score: the fit of each contact's best account; unclear accounts have none.

    `among` are the only contacts that matter.
    """
    score = func.max(_score(weights, today)).label("score")
    query = select(Handle.contact_id, score).where(Handle.retired_at.is_(None)).group_by(Handle.contact_id)
    return (query if among is None else query.where(Handle.contact_id.in_(among))).subquery("fit")


def _score(weights: Mapping[str, int], today: date) -> ColumnElement[float | None]:
    whole = float(sum(weights.values()))
    earned: Any = literal(0.0)
    known: Any = literal(0.0)
    for part in PARTS:
        weight = float(weights[part.name])
        if weight:
            worth = _worth(part, today)
            earned = earned + func.coalesce(worth, 0.0) * weight
            known = known + case((worth.is_not(None), weight), else_=0.0)
    score = earned * 100.0 / known
    # From 1 up, as it is shown (crm.scoring.shown).
    return case((known < max(KNOWN_SHARE * whole, 0.001), null()), (score < 1.0, 1.0), else_=score)


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
