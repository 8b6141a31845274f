"""Use cases: how often a theme is said, month by month."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from crm.models import Feedback
from crm.reports.buckets import cut
from kit.tx import Tx

MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One month (UTC) of a theme; `first` is its first day."""

    first: date
    problem: int = 0
    idea: int = 0
    praise: int = 0

    @property
    def notes(self) -> int:
        """All notes of the month."""
        return self.problem + self.idea + self.praise


def read_trend(tx: Tx, theme_id: int) -> list[Month]:
    """Return the last twelve months of a theme, empty ones too, the oldest first. One query."""
    months = _last_months(tx.now.date())
    month, note = cut(tx, Feedback.created_at, "month").label("month"), func.count(Feedback.id)
    query = (
        select(month, *(note.filter(Feedback.kind == kind) for kind in ("problem", "idea", "praise")))
        .where(Feedback.theme_id == theme_id)
        .group_by(month)
    )
    counts = {row[0]: row[1:] for row in tx.session.execute(query)}
    found = []
    for first in months:
        problem, idea, praise = counts.get(f"{first:%Y-%m}", (0, 0, 0))
        found.append(Month(first=first, problem=problem, idea=idea, praise=praise))
    return found


def _last_months(today: date) -> list[date]:
    latest = today.year * 12 + today.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(latest - MONTHS + 1, latest + 1)]
