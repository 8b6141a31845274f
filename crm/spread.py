"""Use cases: spread: whether an account's views are steady from one reading to the next, or swing.

Where single posts are known, they say it; else dated readings of average views, of which at least three are needed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from statistics import fmean, pstdev
from typing import Literal

from sqlalchemy import Select, bindparam, func, select

from crm.account_figures import STEADY_BELOW
from crm.models import HandleSnapshot
from kit.tx import Tx

Spread = Literal["steady", "swings", "unclear"]
_FEWEST, _NEWEST = 3, 10
_STEADY_BELOW = 0.25


def judge_spread(views: Sequence[float]) -> Spread:
    """Return how much readings differ: steady while their deviation stays under a quarter of their mean."""
    mean = fmean(views) if views else 0.0
    if len(views) < _FEWEST or mean <= 0:
        return "unclear"
    return "steady" if pstdev(views) / mean < _STEADY_BELOW else "swings"


def judge_posts(spread: float | None) -> Spread | None:
    """Return what the variation of the last ten posts says (crm.account_figures); None while it is not known."""
    if spread is None:
        return None
    return "steady" if spread < STEADY_BELOW else "swings"


def list_spreads(tx: Tx, handle_ids: Iterable[int]) -> dict[int, Spread]:
    """Return the spread of each account over its ten newest readings, in one query."""
    wanted = list(handle_ids)
    if not wanted:
        return {}
    found: dict[int, list[float]] = defaultdict(list)
    for handle_id, views in tx.run(_ask_newest(), {"handle_ids": wanted}):
        found[handle_id].append(views)
    return {handle_id: judge_spread(found[handle_id]) for handle_id in wanted}


@lru_cache(maxsize=1)
def _ask_newest() -> Select[int, float | None]:
    age = func.row_number().over(
        partition_by=HandleSnapshot.handle_id, order_by=(HandleSnapshot.taken_at.desc(), HandleSnapshot.id.desc())
    )
    whose = HandleSnapshot.handle_id.in_(bindparam("handle_ids", expanding=True))
    newest = (
        select(HandleSnapshot.handle_id, HandleSnapshot.avg_views, age.label("age"))
        .where(whose, HandleSnapshot.avg_views.is_not(None))
        .subquery()
    )
    return select(newest.c.handle_id, newest.c.avg_views).where(newest.c.age <= _NEWEST)
