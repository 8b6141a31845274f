"""Use cases: the contact list: who matches, search, and what one row shows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, null, select

from crm.contact_turns import ContactTurn, Due, ask_dues, decide_contact_turn, gather_dues, list_contact_threads
from crm.contacts import rank
from crm.exchange import Exchange, list_exchanges
from crm.models import Contact, Handle, Relationship, Stage
from crm.people_filter import PeopleFilter, conditions, words_condition
from crm.people_order import ordered, tell_as_of
from crm.scoring import Figures, score_fit, shown
from crm.spread import Spread, judge_posts, list_spreads
from crm.together import Together
from kit.tx import Tx

__all__ = ["PAGE", "PeopleFilter", "PeoplePage", "PersonRow"]

PAGE = 50


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

    `as_of` is when the figures were compared that people are sorted by, if that was not now.
    """

    rows: tuple[PersonRow, ...]
    total: int
    everyone: int
    number: int
    pages: int = field(default=1)
    as_of: datetime | None = None


def list_people(tx: Tx, wanted: PeopleFilter, *, brand_id: int | None, page: int = 1) -> PeoplePage:
    """Return one page of contacts that match; `brand_id` says whose stages count."""
    clauses = conditions(tx, wanted, brand_id)
    matching, everyone = tx.session.execute(select(*count_matching(clauses))).one()
    total = everyone if matching is None else matching
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    contacts = _read_page(tx, wanted, clauses, total, page) if total else []
    rows = describe_people(tx, contacts, brand_id, wanted.weights)
    as_of = tell_as_of(tx, wanted)
    return PeoplePage(rows=rows, total=total, everyone=everyone, number=page, pages=pages, as_of=as_of)


def count_matching(clauses: Sequence[ColumnElement[bool]]) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Return what counts who matches, null where that is everybody, and what counts everybody."""
    # Without a filter only who was erased is left out, and one count says both.
    counted = select(func.count(Contact.id)).where(*clauses).scalar_subquery() if len(clauses) > 1 else null()
    gone = select(func.count(Contact.id)).where(Contact.erased_at.is_not(None)).scalar_subquery()
    return counted, select(func.count()).select_from(Contact).scalar_subquery() - gone


def narrow(clauses: Sequence[ColumnElement[bool]]) -> Sequence[ColumnElement[bool]]:
    """Return the conditions of a list; of everybody in words that an index answers without looking at a person."""
    if len(clauses) > 1:
        return clauses
    return [Contact.id.not_in(select(Contact.id).where(Contact.erased_at.is_not(None)))]


def _read_page(
    tx: Tx, wanted: PeopleFilter, clauses: Sequence[ColumnElement[bool]], total: int, page: int
) -> list[Contact]:
    """Return the people of a page: first who they are, then what is known of them."""
    query = ordered(tx, select(Contact.id).where(*narrow(clauses)), wanted, matching=total, most=page * PAGE)
    ids = list(tx.session.scalars(query.limit(PAGE).offset((page - 1) * PAGE)))
    found = {contact.id: contact for contact in tx.session.scalars(select(Contact).where(Contact.id.in_(ids)))}
    return [found[number] for number in ids]


def find_people_ids(tx: Tx, wanted: PeopleFilter, *, brand_id: int | None, most: int | None = None) -> list[int]:
    """Return the numbers of all contacts that match, or the first `most` of them, in the order of the list."""
    query = ordered(tx, select(Contact.id).where(*conditions(tx, wanted, brand_id)), wanted)
    return list(tx.session.scalars(query.limit(most)))


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
    found = [select(Contact.id).where(*conditions(tx, wanted, brand_id)).limit(most + 1).subquery() for wanted in asked]
    counts = [select(func.count()).select_from(each).scalar_subquery() for each in found]
    return [int(number) for number in tx.session.execute(select(*counts)).one()]


def search_people(tx: Tx, words: str, *, limit: int = 8) -> list[tuple[Contact, Handle | None]]:
    """Return contacts found by these words, by name, each with the largest handle."""
    clauses = [Contact.erased_at.is_(None), *words_condition(words)]
    found = list(tx.session.scalars(select(Contact).where(*clauses).order_by(Contact.name, Contact.id).limit(limit)))
    handles = list_main_handles(tx, [contact.id for contact in found])
    return [(contact, (handles.get(contact.id) or (None,))[0]) for contact in found]


def list_main_handles(tx: Tx, contact_ids: Iterable[int]) -> dict[int, tuple[Handle, ...]]:
    """Return each contact's handles that are still used, the main one first, in one query."""
    wanted = list(contact_ids)
    found: dict[int, list[Handle]] = defaultdict(list)
    if wanted:
        used = select(Handle).where(Handle.contact_id.in_(wanted), Handle.retired_at.is_(None))
        for handle in tx.session.scalars(used):
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
    standing = (
        select(Relationship.contact_id, Stage.name)
        .join(Stage, Stage.id == Relationship.stage_id)
        .where(Relationship.contact_id.in_(contact_ids), Relationship.brand_id == brand_id)
    )
    stages, owed = Together(standing, ask_dues(contact_ids, tx.now)).ask(tx)
    return {row[0]: row[1] for row in stages}, gather_dues(owed)
