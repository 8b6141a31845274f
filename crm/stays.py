"""Use cases: how long people typically stay at a stage, from the newest moves away from it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from statistics import median
from typing import Any

from sqlalchemy import Select, select, text

from crm.models import TimelineEntry

_NEWEST = 400
_FEWEST = 3
_A_MINUTE_S = 60


def ask_moves(brand_id: int | None) -> Select[dict[str, Any]]:
    """Return the question for the newest moves, from which `typical_stays` tells."""
    return (
        select(TimelineEntry.data)
        # In the words of the partial index, so that no planner has to prove that it fits.
        .where(text("timeline_entries.kind = 'stage'"), TimelineEntry.brand_id == brand_id)
        .order_by(TimelineEntry.id.desc())
        .limit(_NEWEST)
    )


def typical_stays(moves: Iterable[dict[str, Any]]) -> dict[int, timedelta]:
    """Return the median of `stayed_s` by the stage left; moves taken back within a minute were no stay.

    A stage that fewer than three people left has none.
    """
    stays: dict[int, list[float]] = defaultdict(list)
    for move in moves:
        stayed = move.get("stayed_s")
        if isinstance(stayed, int | float) and stayed >= _A_MINUTE_S:
            stays[move["from_id"]].append(stayed)
    return {stage_id: timedelta(seconds=median(found)) for stage_id, found in stays.items() if len(found) >= _FEWEST}
