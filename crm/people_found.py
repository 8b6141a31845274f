"""Use cases: who matches what is asked for: a page of them, the first, all, and how many they are."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, ScalarSelect, Select, func, null, select, true

from crm.bests import read_bests_state
from crm.lane_sums import SOME
from crm.models import Contact
from crm.people_filter import PeopleFilter, conditions
from crm.people_order import WALK, is_looked_through, name_key, ordered
from kit.tx import Tx

PAGE = 50
# Who asks for half of everybody does not need to know how many those are to the last; of more people than LARGE, those
# who match are counted up to SOME.
COUNTED, LARGE = 5_000, 20_000


class Found(NamedTuple):
    """Who stands on a page, how many match, how many there are; with `more`, counting stopped."""

    ids: Sequence[int]
    total: int
    everyone: int
    page: int
    more: bool = False


def find_page(tx: Tx, wanted: PeopleFilter, page: int, *, brand_id: int | None) -> Found:
    """Return who stands on a page of the list.

    Those who match a filter are counted as far as `read_bound` says, or as the page; those found by words to the last.
    """
    clauses = conditions(tx, wanted, brand_id)
    if is_looked_through(wanted):
        return _look_once(tx, wanted, clauses, page)
    return _count_and_walk(tx, wanted, clauses, page, brand_id)


def _look_once(tx: Tx, wanted: PeopleFilter, clauses: Sequence[ColumnElement[bool]], page: int) -> Found:
    """Find a page of people by words: everybody is looked at for them, so all are counted and sorted in the same go."""
    there = count_everybody()
    query, counted = _sorted_at_once(wanted, clauses)
    rows = tx.session.execute(query.add_columns(there).limit(PAGE).offset((page - 1) * PAGE)).all()
    if rows:
        _, total, everyone = rows[0]
        return Found([row[0] for row in rows], total, everyone, page)
    if page == 1:
        return Found([], 0, tx.session.execute(select(there)).scalar_one(), 1)
    return _look_once(tx, wanted, clauses, count_pages(tx.session.execute(select(counted)).scalar_one()))


def _sorted_at_once(
    wanted: PeopleFilter, clauses: Sequence[ColumnElement[bool]]
) -> tuple[Select[int, int], ScalarSelect[int]]:
    """Return the question for those who match, by name, each with how many they are; and what counts them."""
    found = select(Contact.id, name_key().label("name")).where(*clauses).cte("found").prefix_with("MATERIALIZED")
    counted = select(func.count()).select_from(found).scalar_subquery()
    first = found.c.name.desc() if wanted.sort == "-name" else found.c.name
    return select(found.c.id, counted).order_by(first, found.c.id), counted


def _count_and_walk(
    tx: Tx, wanted: PeopleFilter, clauses: Sequence[ColumnElement[bool]], page: int, brand_id: int | None
) -> Found:
    """Count who matches, up to a bound or as far as the page; few of them are sorted, many walked in their order."""
    most = max(read_bound(tx), page * PAGE)
    few, total, everyone = _count(tx, clauses, most)
    page, more = min(page, count_pages(total)), total > most and total != everyone
    if total >= WALK:
        clauses = conditions(tx, wanted, brand_id, each=True)
    elif few:
        clauses = [Contact.id.in_(few)]
    query = ordered(tx, select(Contact.id).where(*clauses), wanted, matching=total, most=page * PAGE)
    ids = list(tx.session.scalars(query.limit(PAGE).offset((page - 1) * PAGE))) if total else []
    return Found(ids, most if more else total, everyone, page, more)


def count_pages(total: int) -> int:
    """Return how many pages so many people fill."""
    return max(1, -(-total // PAGE))


def _count(tx: Tx, clauses: Sequence[ColumnElement[bool]], most: int) -> tuple[list[int], int, int]:
    """Return who matches, if those are few, how many do, up to `most` and one, and how many there are.

    One query that looks through everybody once at the most.
    """
    there = count_everybody()
    if len(clauses) == 1:
        everyone = tx.session.execute(select(there)).scalar_one()
        return [], everyone, everyone
    found, counted = _bounded(clauses, most)
    numbers = select(found.c.id).limit(WALK).subquery()
    one = select(counted.label("total"), there.label("everyone")).subquery()
    rows = tx.session.execute(select(one, numbers.c.id).outerjoin(numbers, true())).all()
    total, everyone, _ = rows[0]
    return [row[2] for row in rows] if 0 < total < WALK and total <= most else [], total, everyone


def _bounded(clauses: Sequence[ColumnElement[bool]], most: int) -> tuple[CTE, ScalarSelect[int]]:
    """Return those who match, up to `most` and one, looked for once, and how many these are."""
    found = select(Contact.id).where(*clauses).limit(most + 1).cte("found").prefix_with("MATERIALIZED")
    return found, select(func.count()).select_from(found).scalar_subquery()


def read_bound(tx: Tx) -> int:
    """Return how far those who match a filter are counted."""
    kept = read_bests_state(tx)
    return COUNTED if kept is None or kept.upto <= LARGE else SOME


def count_matching(clauses: Sequence[ColumnElement[bool]], most: int) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Return what counts who matches, up to `most` and one, null for everybody, and what counts everybody."""
    # Without a filter only who was erased is left out, and one count says both.
    return _count_up_to(clauses, most) if len(clauses) > 1 else null(), count_everybody()


def count_everybody() -> ColumnElement[int]:
    """Return what counts all contacts but those who were erased."""
    gone = select(func.count(Contact.id)).where(Contact.erased_at.is_not(None)).scalar_subquery()
    return select(func.count()).select_from(Contact).scalar_subquery() - gone


def find_people_ids(tx: Tx, wanted: PeopleFilter, *, brand_id: int | None) -> list[int]:
    """Return the numbers of all contacts that match, in the order of the list."""
    query = ordered(tx, select(Contact.id).where(*conditions(tx, wanted, brand_id)), wanted)
    return list(tx.session.scalars(query))


def find_first(tx: Tx, wanted: PeopleFilter, most: int, *, brand_id: int | None) -> tuple[list[int], int]:
    """Return the numbers of the first who match, in the order of the list, and how many match in all."""
    clauses = conditions(tx, wanted, brand_id)
    found = select(Contact.id).where(*clauses)
    if wanted.q:
        # To find words everybody is looked at: that is done once.
        if is_looked_through(wanted):
            query, _ = _sorted_at_once(wanted, clauses)
        else:
            query = ordered(tx, found.add_columns(func.count().over()), wanted)
        rows = tx.session.execute(query.limit(most)).all()
        return [row[0] for row in rows], rows[0][1] if rows else 0
    count = tx.session.scalars(select(func.count()).select_from(found.subquery())).one()
    return list(tx.session.scalars(ordered(tx, found, wanted, matching=count, most=most).limit(most))), count


def count_each(tx: Tx, asked: Sequence[PeopleFilter], *, brand_id: int | None) -> list[int]:
    """Return how many people match each of several filters, in one query."""
    if not asked:
        return []
    counts = [
        select(func.count(Contact.id)).where(*conditions(tx, wanted, brand_id)).scalar_subquery() for wanted in asked
    ]
    return [int(number) for number in tx.session.execute(select(*counts)).one()]


def count_up_to(tx: Tx, asked: Sequence[PeopleFilter], most: int, *, brand_id: int | None) -> list[int]:
    """Return how many people match each of several filters, counting each no further than one more than `most`.

    One query.
    """
    if not asked:
        return []
    counts = [_count_up_to(conditions(tx, wanted, brand_id), most) for wanted in asked]
    return [int(number) for number in tx.session.execute(select(*counts)).one()]


def _count_up_to(clauses: Sequence[ColumnElement[bool]], most: int) -> ScalarSelect[int]:
    found = select(Contact.id).where(*clauses).limit(most + 1).subquery()
    return select(func.count()).select_from(found).scalar_subquery()
