"""Pure: which runs of two people who become one may go on, so that nobody gets a step twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAt:
    """One run: whose it is (the absorbed one's or not), and the steps that were done or may have been."""

    id: int
    sequence_id: int
    absorbed: bool
    is_open: bool
    had: frozenset[str]
    next_step: int
    began_at: datetime


def choose_runs_to_stop(runs: Iterable[RunAt]) -> list[RunAt]:
    """Return the open runs that must end: the other person had a step that this one could still bring.

    Of two that could both go on, the one that is further goes on.
    """
    found = list(runs)
    stopping: list[RunAt] = []
    for sequence_id in dict.fromkeys(run.sequence_id for run in found):
        some = [run for run in found if run.sequence_id == sequence_id]
        candidates = [run for run in some if run.is_open]
        fit = [run for run in candidates if had_by_others(run, some) <= run.had]
        best = min(fit, key=_order, default=None)
        stopping += [run for run in candidates if run is not best]
    return stopping


def had_by_others(run: RunAt, runs: Sequence[RunAt]) -> frozenset[str]:
    """Return the steps that the other person had in this sequence."""
    return frozenset().union(*(other.had for other in runs if other.absorbed is not run.absorbed))


def _order(run: RunAt) -> tuple[int, int, bool, datetime, int]:
    return (-len(run.had), -run.next_step, run.absorbed, run.began_at, run.id)
