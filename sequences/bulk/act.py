"""Pure: what an act on many people is asked, and what it answers."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kit.tx import Tx

Trace = list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for: `value` is the stage, the tag, the colleague's number or the sequence's, by act.

    `override` is the reason for going against the rules of the team, for the act that has any.
    """

    value: str
    brand_id: int | None
    user_id: int | None
    override: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Who can take part, and who not, by the reason's code."""

    can: tuple[int, ...]
    left: Mapping[int, str] = field(default_factory=dict)

    @property
    def reasons(self) -> Counter[str]:
        """How many are left out for each reason."""
        return Counter(self.left.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What was done: one trace a person, enough to take it back, and who was left out."""

    traces: tuple[Trace, ...]
    left: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverted:
    """What was taken back, and what not: `left` by the reason's code."""

    undone: int
    left: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One kind of act. `judge` writes nothing; `apply` does it for those who can; `revert` takes traces back."""

    judge: Callable[[Tx, Collection[int], Order], Verdict]
    apply: Callable[[Tx, Collection[int], Order, str], Applied]
    revert: Callable[[Tx, Iterable[Trace], str], Reverted]
