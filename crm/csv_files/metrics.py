"""Pure: reads the cells that measure an account: counts, rates, prices, days."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from crm.csv_files.conventions import COUNTS
from crm.csv_files.days import parse_day
from crm.csv_files.money import parse_money
from crm.csv_files.numbers import Mark, parse_number, parse_percent

_MOST_PEOPLE = 20_000_000_000
_MOST_RATE = 10.0
_MOST_SCORE = 1e9


@dataclass(slots=True, kw_only=True)
class Metrics:
    """Figures of one account while its row is read; None is unknown, never zero."""

    counts: dict[str, int] = field(default_factory=dict)
    engagement_rate: float | None = None
    score: float | None = None
    price: tuple[Decimal, str | None] | None = None
    last_post_on: date | None = None
    read_on: date | None = None

    def read(
        self, name: str, text: str, *, decimal: Mark | None, bare_is_percent: bool, day_first: bool | None
    ) -> bool:
        """Take in one cell that is not blank; False when it cannot be read or believed."""
        if name in COUNTS:
            return self._count(name, parse_number(text, decimal=decimal))
        if name == "engagement_rate":
            rate = parse_percent(text, decimal=decimal, bare_is_percent=bare_is_percent)
            self.engagement_rate = rate if rate is not None and 0 <= rate <= _MOST_RATE else None
            return self.engagement_rate is not None
        if name == "score":
            score = parse_number(text, decimal=decimal)
            self.score = score if score is not None and abs(score) < _MOST_SCORE else None
            return self.score is not None
        if name == "price":
            self.price = parse_money(text, decimal=decimal)
            return self.price is not None
        day = parse_day(text, day_first=day_first)
        if name == "read_on":
            self.read_on = day
        else:
            self.last_post_on = day
        return day is not None

    def _count(self, name: str, number: float | None) -> bool:
        if number is None or not 0 <= number <= _MOST_PEOPLE:
            return False
        self.counts[name] = round(number)
        return True

    def is_empty(self) -> bool:
        """Say whether no figure was read; the day of reading is none."""
        figures = (self.engagement_rate, self.score, self.price, self.last_post_on)
        return not self.counts and all(figure is None for figure in figures)
