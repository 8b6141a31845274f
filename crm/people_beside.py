"""Use cases: who comes before and after somebody in a list of people, whatever its filters and order.

Of few who match, all are put in order at once. Of many, an index is walked from the person on, either way, as the
list itself walks it to fill a page (crm.people_order); the whole list is never read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all

from crm.models import Contact
from crm.people_filter import PeopleFilter, conditions
from crm.people_found import count_matching, read_bound
from crm.people_order import WALK, Spot, ask_spot, find_stretches, in_order, is_looked_through
from crm.people_stretches import Stretch
from kit.tx import Tx

# So far a place is counted; further down it is only said that it is further down.
COUNTED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The numbers of who comes before and after, the place from 1, and how many match; at least so many with `more`.

    `place` is None for who is not in the list, any more or at all: the neighbours of where they would stand are known
    all the same. One above COUNTED means anywhere after it.
    """

    before: int | None
    after: int | None
    place: int | None
    total: int
    more: bool = False


def find_beside(tx: Tx, wanted: PeopleFilter, contact_id: int, *, brand_id: int | None) -> Beside | None:
    """Return who stands beside somebody in a list; None where nobody matches. Two questions."""
    clauses = conditions(tx, wanted, brand_id)
    is_inside = select(Contact.id).where(Contact.id == contact_id, *clauses).exists()
    bound = read_bound(tx)
    asked = select(*count_matching(clauses, bound), is_inside, *ask_spot(tx, wanted, contact_id))
    matching, everyone, inside, value, is_known = tx.session.execute(asked).one()
    total = everyone if matching is None else matching
    if not total:
        return None
    spot = Spot(value, bool(is_known))
    each = conditions(tx, wanted, brand_id, each=True)
    more = matching is not None and matching > bound
    walks = more or (total >= WALK and not is_looked_through(wanted))
    stretches = find_stretches(tx, wanted, each, spot) if walks else ()
    ask = _ask_walking(stretches, contact_id) if stretches else _ask_sorting(tx, wanted, clauses, contact_id)
    found = tx.session.execute(ask).first()
    if found is None:
        return None
    before, after, place = found
    place = place if inside else None
    return Beside(before=before, after=after, place=place, total=bound if more else total, more=more)


def _ask_sorting(
    tx: Tx, wanted: PeopleFilter, clauses: Sequence[ColumnElement[bool]], contact_id: int
) -> Select[*tuple[Any, ...]]:
    """Return the question where all who match are put in order, with the person among them in any case."""
    among = union_all(select(Contact.id).where(*clauses), select(literal(contact_id))).subquery()
    query, order = in_order(tx, select(Contact.id).where(Contact.id.in_(select(among.c.id))), wanted)
    seen = query.add_columns(
        func.lag(Contact.id).over(order_by=order).label("before"),
        func.lead(Contact.id).over(order_by=order).label("after"),
        func.row_number().over(order_by=order).label("place"),
    ).subquery()
    return select(seen.c.before, seen.c.after, seen.c.place).where(seen.c.id == contact_id)


def _ask_walking(stretches: Sequence[Stretch], contact_id: int) -> Select[*tuple[Any, ...]]:
    """Return the question where the list is walked from the person on: the nearest on either side, and the place."""
    at = next(number for number, one in enumerate(stretches) if one.holds)
    own = stretches[at]
    before = [own.before(contact_id), *(one.last() for one in reversed(stretches[:at]))]
    after = [own.after(contact_id), *(one.first() for one in stretches[at + 1 :])]
    passed = [select(func.count()).select_from(step.limit(COUNTED).subquery()).scalar_subquery() for step in before]
    return select(_nearest(before), _nearest(after), sum(passed, start=literal(1)))


def _nearest(steps: Sequence[Select[int]]) -> ColumnElement[Any]:
    """Return the first there is, one step after the other: further ones are looked at only where the nearer fail."""
    found = [step.limit(1).scalar_subquery() for step in steps]
    return func.coalesce(*found) if len(found) > 1 else found[0]
