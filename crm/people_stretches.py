"""Pure: the stretches that a long list of people is made of, and the steps from a person on through them, either way.

Each step is a question that an index answers from one place on, the nearest first; it stops as soon as it has enough.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, or_

Step = Select[int]


class Stretch(Protocol):
    """People of a list who stand together, in the order of their numbers or of a figure."""

    @property
    def holds(self) -> bool:
        """Whether the person stands in it from whom one looks."""

    def after(self, contact_id: int) -> Step:
        """Return the step from the person on to the end."""

    def before(self, contact_id: int) -> Step:
        """Return the step from the person back to the beginning."""

    def first(self) -> Step:
        """Return the step from the beginning on."""

    def last(self) -> Step:
        """Return the step from the end back."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """Those who stand in the order of their numbers: who has no figure, who came since figures were compared."""

    query: Step
    number: ColumnElement[int]
    holds: bool

    def after(self, contact_id: int) -> Step:
        """Return those with higher numbers."""
        return self.query.where(self.number > contact_id).order_by(self.number)

    def before(self, contact_id: int) -> Step:
        """Return those with lower numbers, the highest first."""
        return self.query.where(self.number < contact_id).order_by(self.number.desc())

    def first(self) -> Step:
        """Return them by their numbers."""
        return self.query.order_by(self.number)

    def last(self) -> Step:
        """Return them by their numbers, the highest first."""
        return self.query.order_by(self.number.desc())


@dataclass(frozen=True, slots=True)
class Figured:
    """Those who stand in the order of a figure, or of their names; among equals the number decides.

    `value` is the person's own, None for who stands elsewhere.
    """

    query: Step
    number: ColumnElement[int]
    figure: ColumnElement[Any]
    down: bool
    value: Any

    @property
    def holds(self) -> bool:
        """Whether the person has such a figure."""
        return self.value is not None

    def after(self, contact_id: int) -> Step:
        """Return those with the same figure and a higher number, and those further on."""
        return self._beyond(self.first(), self.number > contact_id, down=self.down)

    def before(self, contact_id: int) -> Step:
        """Return those with the same figure and a lower number, and those further up."""
        return self._beyond(self.last(), self.number < contact_id, down=not self.down)

    def first(self) -> Step:
        """Return them in their order."""
        return self.query.order_by(self.figure.desc() if self.down else self.figure.asc(), self.number)

    def last(self) -> Step:
        """Return them from the end back."""
        return self.query.order_by(self.figure.asc() if self.down else self.figure.desc(), self.number.desc())

    def _beyond(self, step: Step, among_equals: ColumnElement[bool], *, down: bool) -> Step:
        """Return a step from the person's own figure on, which an index finds, without who stands before them there."""
        on = self.figure <= self.value if down else self.figure >= self.value
        return step.where(on, or_(self.figure != self.value, among_equals))
