"""Use cases: the contact list: who matches, search, and what one row shows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, Integer, ScalarSelect, bindparam, func, null, select, true

from crm.contact_turns import (
    ContactTurn,
    Due,
    decide_contact_turn,
    dues_question,
    dues_values,
    gather_dues,
    list_contact_threads,
)
from crm.contacts import rank
from crm.exchange import Exchange, list_exchanges
from crm.lane_sums import by_person
from crm.models import Contact, Handle, Relationship, Stage
from crm.people_filter import PeopleFilter, conditions, words_condition
from crm.people_order import WALK, is_looked_through, name_key, ordered, tell_as_of
from crm.scoring import Figures, score_fit, shown
from crm.spread import Spread, judge_posts, list_spreads
from crm.together import Together, as_objects, every
from kit.tx import Tx

__all__ = ["PAGE", "PeopleFilter", "PeoplePage", "PersonRow"]

PAGE = 50
# Who asks for half of everybody does not need to know how many those are to the last.
COUNTED = 5_000
_USED = every(Handle).where(
    Handle.contact_id.in_(bindparam("contact_ids", expanding=True)), Handle.retired_at.is_(None)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One line of the list. `handles` the main one first; `fit` is the best account's, None while unclear."""

    contact: Contact
    handles: tuple[Handle, ...]
    stage: str | None
    turn: ContactTurn
    exchange: Exchange
    fit: int | None
    spread: Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    """One page of the list; `total` counts all that match, `everyone` all there are.

    With `more` counting stopped there: more match, and on more pages. `as_of` is when the figures were compared that
    people are sorted by, if that was not now.
    """

    rows: tuple[PersonRow, ...]
    total: int
    everyone: int
    number: int
    pages: int = field(default=1)
    more: bool = False
    as_of: datetime | None = None


def list_people(tx: Tx, wanted: PeopleFilter, *, brand_id: int | None, page: int = 1) -> PeoplePage:
    """Return one page of contacts that match; `brand_id` says whose stages count.

    Those who match a filter are counted up to COUNTED, or as far as the page.
    """
    clauses = conditions(tx, wanted, brand_id)
    if is_looked_through(wanted):
        found = _look_once(tx, wanted, clauses, max(1, page))
    else:
        found = _count_and_walk(tx, wanted, clauses, max(1, page), brand_id)
    rows = describe_people(tx, _load(tx, found.ids), brand_id, wanted.weights)
    return PeoplePage(
        rows=rows,
        total=found.total,
        everyone=found.everyone,
        number=found.page,
        pages=_pages(found.total + found.more),
        more=found.more,
        as_of=tell_as_of(tx, wanted),
    )


class _Found(NamedTuple):
    """Who stands on a page, how many match, how many there are; with `more`, counting stopped."""

    ids: Sequence[int]
    total: int
    everyone: int
    page: int
    more: bool = False


def _look_once(tx: Tx, wanted: PeopleFilter, clauses: Sequence[ColumnElement[bool]], page: int) -> _Found:
    """Find a page of people by words: everybody is looked at for them, so all are counted and sorted in the same go."""
    _, there = count_matching(clauses)
    found = select(Contact.id, name_key().label("name")).where(*clauses).cte("found").prefix_with("MATERIALIZED")
    counted = select(func.count()).select_from(found).scalar_subquery()
    first = found.c.name.desc() if wanted.sort == "-name" else found.c.name
    query = select(found.c.id, counted, there).order_by(first, found.c.id)
    rows = tx.session.execute(query.limit(PAGE).offset((page - 1) * PAGE)).all()
    if rows:
        return _Found([row[0] for row in rows], *rows[0][1:], page)
    if page == 1:
        return _Found([], 0, tx.session.execute(select(there)).scalar_one(), 1)
    return _look_once(tx, wanted, clauses, _pages(tx.session.execute(select(counted)).scalar_one()))


def _count_and_walk(
    tx: Tx, wanted: PeopleFilter, clauses: Sequence[ColumnElement[bool]], page: int, brand_id: int | None
) -> _Found:
    """Count who matches, up to COUNTED or as far as the page; few of them are sorted, many walked in their order."""
    most = max(COUNTED, page * PAGE)
    few, total, everyone = _count(tx, clauses, most)
    page, more = min(page, _pages(total)), total > most and total != everyone
    if total >= WALK:
        clauses = conditions(tx, wanted, brand_id, each=True)
    elif few:
        clauses = [Contact.id.in_(few)]
    query = ordered(tx, select(Contact.id).where(*clauses), wanted, matching=total, most=page * PAGE)
    ids = list(tx.session.scalars(query.limit(PAGE).offset((page - 1) * PAGE))) if total else []
    return _Found(ids, most if more else total, everyone, page, more)


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE))


def _count(tx: Tx, clauses: Sequence[ColumnElement[bool]], most: int) -> tuple[list[int], int, int]:
    """Return who matches, if those are few, how many do, up to `most` and one, and how many there are.

    One query that looks through everybody once at the most.
    """
    _, there = count_matching(clauses)
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


def count_matching(clauses: Sequence[ColumnElement[bool]]) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Return what counts who matches, up to COUNTED and one, null for everybody, and what counts everybody."""
    # Without a filter only who was erased is left out, and one count says both.
    counted = _count_up_to(clauses, COUNTED) if len(clauses) > 1 else null()
    gone = select(func.count(Contact.id)).where(Contact.erased_at.is_not(None)).scalar_subquery()
    return counted, select(func.count()).select_from(Contact).scalar_subquery() - gone


def _load(tx: Tx, ids: Sequence[int]) -> list[Contact]:
    found = {contact.id: contact for contact in tx.session.scalars(select(Contact).where(Contact.id.in_(ids)))}
    return [found[number] for number in ids]


def find_people_ids(tx: Tx, wanted: PeopleFilter, *, brand_id: int | None) -> list[int]:
    """Return the numbers of all contacts that match, in the order of the list."""
    query = ordered(tx, select(Contact.id).where(*conditions(tx, wanted, brand_id)), wanted)
    return list(tx.session.scalars(query))


def find_first(tx: Tx, wanted: PeopleFilter, most: int, *, brand_id: int | None) -> tuple[list[int], int]:
    """Return the numbers of the first who match, in the order of the list, and how many match in all."""
    found = select(Contact.id).where(*conditions(tx, wanted, brand_id))
    if wanted.q:
        # To find words everybody is looked at: that is done once.
        together = ordered(tx, found.add_columns(func.count().over()), wanted).limit(most)
        rows = tx.session.execute(together).all()
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


def search_people(tx: Tx, words: str, *, limit: int = 8) -> list[tuple[Contact, Handle | None]]:
    """Return contacts found by these words, by name, each with the largest handle."""
    clauses = [Contact.erased_at.is_(None), *words_condition(words)]
    found = list(tx.session.scalars(select(Contact).where(*clauses).order_by(Contact.name, Contact.id).limit(limit)))
    handles = list_main_handles(tx, [contact.id for contact in found])
    return [(contact, (handles.get(contact.id) or (None,))[0]) for contact in found]


def list_main_handles(tx: Tx, contact_ids: Iterable[int]) -> dict[int, tuple[Handle, ...]]:
    """Return each contact's handles that are still used, to read from, the main one first, in one query."""
    wanted = list(contact_ids)
    found: dict[int, list[Handle]] = defaultdict(list)
    if wanted:
        for handle in as_objects(Handle, tx.run(_USED, {"contact_ids": wanted})):
            found[handle.contact_id].append(handle)
    return {contact_id: tuple(sorted(handles, key=rank)) for contact_id, handles in found.items()}


def describe_people(
    tx: Tx, contacts: Sequence[Contact], brand_id: int | None, weights: Mapping[str, int]
) -> tuple[PersonRow, ...]:
    """Return what a line shows about each contact, in a fixed number of queries."""
    ids = [contact.id for contact in contacts]
    handles, exchanges = list_main_handles(tx, ids), list_exchanges(tx, ids)
    spreads = list_spreads(tx, [found[0].id for found in handles.values()])
    threads = list_contact_threads(tx, ids)
    stages, dues = _stages_and_dues(tx, ids, brand_id)
    rows = []
    for contact in contacts:
        accounts = handles.get(contact.id, ())
        rows.append(
            PersonRow(
                contact=contact,
                handles=accounts,
                stage=stages.get(contact.id),
                turn=decide_contact_turn(threads[contact.id], dues[contact.id], tx.now),
                exchange=exchanges[contact.id],
                fit=_best(accounts, weights, tx),
                spread=(judge_posts(accounts[0].views_spread) or spreads[accounts[0].id]) if accounts else "unclear",
            )
        )
    return tuple(rows)


def _best(handles: Iterable[Handle], weights: Mapping[str, int], tx: Tx) -> int | None:
    found = [score_fit(figures_of(handle), weights, tx.now.date()) for handle in handles]
    return max((shown(score) for score in found if score is not None), default=None)


def figures_of(handle: Handle) -> Figures:
    """Return what fit looks at; the median of known posts says more than an average somebody stated."""
    return Figures(
        followers=handle.followers,
        views=handle.avg_views if handle.median_views is None else handle.median_views,
        engagement=handle.engagement_rate,
        price=handle.price_amount,
        last_post_on=handle.last_post_on,
        spread=handle.views_spread,
    )


def _stages_and_dues(
    tx: Tx, contact_ids: list[int], brand_id: int | None
) -> tuple[dict[int, str], Mapping[int, list[Due]]]:
    """Return where each contact stands, and what is due from us about each. One query."""
    values = {"brand_id": brand_id, **dues_values(contact_ids, tx.now)}
    stages, owed = _standing_and_dues().ask(tx, values)
    return {row[0]: row[1] for row in stages}, gather_dues(owed)


@lru_cache(maxsize=1)
def _standing_and_dues() -> Together:
    standing = (
        select(Relationship.contact_id, Stage.name)
        .join(Stage, Stage.id == Relationship.stage_id)
        .where(
            Relationship.contact_id.in_(bindparam("contact_ids", expanding=True)),
            by_person(bindparam("brand_id", type_=Integer)),
        )
    )
    return Together(standing, dues_question())
