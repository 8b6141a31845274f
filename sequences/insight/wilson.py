"""Pure: a rate with its 95 % interval (Wilson, 1927), and when two rates may be told apart."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

_Z95 = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of how many. With nobody asked, nothing is known: `low` is 0, `high` is 1, `value` is None."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """The measured share, from 0 to 1."""
        return self.hits / self.of if self.of else None

    @property
    def low(self) -> float:
        """The lower end of the interval."""
        return wilson(self.hits, self.of)[0]

    @property
    def high(self) -> float:
        """The upper end of the interval."""
        return wilson(self.hits, self.of)[1]

    def beats(self, other: "Rate") -> bool:
        """Whether this whole interval lies above the other one; while they overlap, nothing is called."""
        return self.of > 0 and other.of > 0 and self.low > other.high


def wilson(replies: int, contacts: int) -> tuple[float, float]:
    """Return the 95 % interval of a rate (Wilson's); nothing is known of nobody."""
    if contacts == 0:
        return 0.0, 1.0
    rate, square = replies / contacts, _Z95**2
    middle = (rate + square / (2 * contacts)) / (1 + square / contacts)
    half = _Z95 / (1 + square / contacts) * sqrt(rate * (1 - rate) / contacts + square / (4 * contacts**2))
    return max(0.0, middle - half), min(1.0, middle + half)
