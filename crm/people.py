"""Use cases: the contact list: who matches, search, and what one row shows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Integer, bindparam, select

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
from crm.people_filter import PeopleFilter, words_condition
from crm.people_found import count_pages, find_page
from crm.people_order import tell_as_of
from crm.scoring import Figures, score_fit, shown
from crm.spread import Spread, judge_posts, list_spreads
from crm.together import Together, as_objects, every
from kit.tx import Tx

__all__ = ["PeopleFilter", "PeoplePage", "PersonRow"]

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

    See `find_page` for how far those who match are counted.
    """
    found = find_page(tx, wanted, max(1, page), brand_id=brand_id)
    rows = describe_people(tx, _load(tx, found.ids), brand_id, wanted.weights)
    return PeoplePage(
        rows=rows,
        total=found.total,
        everyone=found.everyone,
        number=found.page,
        pages=count_pages(found.total + found.more),
        more=found.more,
        as_of=tell_as_of(tx, wanted),
    )


def _load(tx: Tx, ids: Sequence[int]) -> list[Contact]:
    found = {contact.id: contact for contact in tx.session.scalars(select(Contact).where(Contact.id.in_(ids)))}
    return [found[number] for number in ids]


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
