"""Pure: what the figures of an account come to. A missing input gives None, which a page shows as a dash.

Sources: engagement is interactions / views, CPM is 1000 x price / views, as the trade counts them (they are written out
beside every figure on the page). Spread is the coefficient of variation, the population's standard deviation divided by
the mean (ISO 3534-1:2006, 2.38), of the views of the last ten posts. Rhythm is the median of the days between
neighbouring posts, which one long holiday does not move.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import fmean, median, pstdev

LAST_POSTS = 10
FEWEST = 3
STEADY_BELOW = 0.5  # the views of single posts differ more than averages do (crm.spread)
STALE_DAYS = 30


def views_per_follower(views: float | None, followers: float | None) -> float | None:
    """Return views / followers."""
    return views / followers if views is not None and followers else None


def engagement(interactions: float | None, views: float | None) -> float | None:
    """Return interactions / views, a fraction."""
    return interactions / views if interactions is not None and views else None


def median_views(views: Iterable[float | None]) -> float | None:
    """Return the median of the views of the last ten posts, given newest first."""
    known = _last(views)
    return float(median(known)) if known else None


def spread_of_views(views: Iterable[float | None]) -> float | None:
    """Return standard deviation / mean of the views of the last ten posts, given newest first; three are needed."""
    known = _last(views)
    mean = fmean(known) if known else 0.0
    return pstdev(known) / mean if len(known) >= FEWEST and mean > 0 else None


def usual_gap_days(days: Sequence[date]) -> float | None:
    """Return the median number of days between the last ten posts, given newest first; three are needed."""
    ordered = sorted(days, reverse=True)[:LAST_POSTS]
    if len(ordered) < FEWEST:
        return None
    return float(median((later - earlier).days for later, earlier in pairwise(ordered)))


def cost_per_mille(amount: Decimal | float | None, views: float | None) -> Decimal | None:
    """Return 1000 x price / views, in the currency of the price, to the cent."""
    if amount is None or not views:
        return None
    return (Decimal(str(amount)) * 1000 / Decimal(str(views))).quantize(Decimal("0.01"))


def is_stale(read_at: datetime | None, now: datetime, days: int = STALE_DAYS) -> bool:
    """Return whether figures were read more than `days` days ago, or never."""
    return read_at is None or now - read_at > timedelta(days=days)


def latest_day(now: datetime) -> date:
    """Return the day it is where days begin first: what somebody reads there today is not read in the future."""
    return (now + timedelta(hours=14)).date()


def _last(views: Iterable[float | None]) -> list[float]:
    return [one for one in views if one is not None][:LAST_POSTS]
