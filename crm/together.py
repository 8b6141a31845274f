"""Use cases: several questions to the database in one statement: what depends on much costs one way there and back.

Build one where its questions are written, for the life of the program, and ask it with the values of all of them.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import CompoundSelect, Select, cast, literal_column, null, select, union_all
from sqlalchemy.orm.attributes import manager_of_class
from sqlalchemy.types import TypeEngine

from kit.db import Base
from kit.tx import Tx, Values

Model = TypeVar("Model", bound=Base)
Rows = list[tuple[Any, ...]]


class Together:
    """Some questions as one. Their rows come back apart, each in the order of its columns, in no promised order."""

    def __init__(self, *questions: Select[*tuple[Any, ...]]) -> None:
        self._places: list[tuple[int, ...]] = []
        kinds: list[TypeEngine[Any]] = []
        for question in questions:
            self._places.append(_find_places([column.type for column in question.selected_columns], kinds))
        parts = [
            _widen(number, question, places, kinds)
            for number, (question, places) in enumerate(zip(questions, self._places, strict=True))
        ]
        self._statement: CompoundSelect[*tuple[Any, ...]] = union_all(*parts)

    def __len__(self) -> int:
        return len(self._places)

    def ask(self, tx: Tx, values: Values | None = None) -> list[Rows]:
        """Return the rows of each question."""
        found: list[Rows] = [[] for _ in self._places]
        for row in tx.run(self._statement, values):
            found[row[0]].append(tuple([row[place] for place in self._places[row[0]]]))
        return found


def every(model: type[Base]) -> Select[*tuple[Any, ...]]:
    """Return the question for whole rows of a table; narrow it with `where`."""
    return select(*model.__table__.c)


def as_objects(model: type[Model], rows: Iterable[Sequence[Any]]) -> list[Model]:
    """Return the rows of `every` as objects to read from; a session knows nothing of them."""
    keys, manager = [column.key for column in model.__table__.c], manager_of_class(model)
    found: list[Model] = []
    for row in rows:
        # As a session loads it: to set each value as a change would take ten times as long.
        one: Model = manager.new_instance()
        one.__dict__.update(zip(keys, row, strict=True))
        found.append(one)
    return found


def _find_places(wanted: Sequence[TypeEngine[Any]], kinds: list[TypeEngine[Any]]) -> tuple[int, ...]:
    """Return the column of the whole for each of a question's columns; new ones are added to `kinds`."""
    places: list[int] = []
    for kind in wanted:
        fits = (n for n, one in enumerate(kinds, start=1) if type(one) is type(kind) and n not in places)
        place = next(fits, None)
        if place is None:
            kinds.append(kind)
            place = len(kinds)
        places.append(place)
    return tuple(places)


def _widen(
    number: int, question: Select[*tuple[Any, ...]], places: Sequence[int], kinds: Sequence[TypeEngine[Any]]
) -> Select[*tuple[Any, ...]]:
    """Return a question with its number, its columns in their places, and nothing in all others."""
    columns = question.subquery().c
    given = dict(zip(places, columns, strict=True))
    return select(
        literal_column(str(number)).label("question"),
        *(given[n].label(f"c{n}") if n in given else cast(null(), kind).label(f"c{n}")
          for n, kind in enumerate(kinds, start=1)),
    )  # fmt: skip
