"""Use cases: the contact list: filters, search, order, and what one row shows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select

from crm.contacts import fold
from crm.exchange import Exchange, list_exchanges
from crm.inbox import is_our_turn, is_their_turn, turn_of
from crm.models import Contact, ContactAddress, ContactTag, Handle, Relationship, Stage, Thread
from crm.turns import Turn
from kit.tx import Tx

PAGE = 50
T = TypeVar("T")
Bounds = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFilter:
    """What is asked for; empty means everyone. Bounds are inclusive; `er` is a fraction."""

    q: str = ""
    topic: str = ""
    platforms: tuple[str, ...] = ()
    size: Bounds = (None, None)
    views: Bounds = (None, None)
    er: Bounds = (None, None)
    country: str = ""
    language: str = ""
    tag: str = ""
    stage: str = ""
    turn: str = ""
    reach: str = ""
    sort: str = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One line of the list. `handles` the largest first."""

    contact: Contact
    handles: tuple[Handle, ...]
    stage: str | None
    turn: Turn
    waiting_since: Thread | None
    exchange: Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    """One page of the list; `total` counts all that match, `everyone` all there are."""

    rows: tuple[PersonRow, ...]
    total: int
    everyone: int
    number: int
    pages: int = field(default=1)


def list_people(tx: Tx, wanted: PeopleFilter, *, brand_id: int | None, page: int = 1) -> PeoplePage:
    """Return one page of contacts that match; `brand_id` says whose stages count."""
    clauses = [Contact.erased_at.is_(None), *_clauses(tx, wanted, brand_id)]
    total, everyone = tx.session.execute(
        select(
            select(func.count(Contact.id)).where(*clauses).scalar_subquery(),
            select(func.count(Contact.id)).where(Contact.erased_at.is_(None)).scalar_subquery(),
        )
    ).one()
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    query = _ordered(select(Contact).where(*clauses), wanted.sort)
    contacts = list(tx.session.scalars(query.limit(PAGE).offset((page - 1) * PAGE)))
    rows = _describe(tx, contacts, brand_id)
    return PeoplePage(rows=rows, total=total, everyone=everyone, number=page, pages=pages)


def find_people_ids(tx: Tx, wanted: PeopleFilter, *, brand_id: int | None) -> list[int]:
    """Return the numbers of all contacts that match, in the order of the list."""
    clauses = [Contact.erased_at.is_(None), *_clauses(tx, wanted, brand_id)]
    return list(tx.session.scalars(_ordered(select(Contact.id).where(*clauses), wanted.sort)))


def search_people(tx: Tx, words: str, *, limit: int = 8) -> list[tuple[Contact, Handle | None]]:
    """Return contacts found by these words, by name, each with the largest handle."""
    clauses = [Contact.erased_at.is_(None), *_words(words)]
    found = list(tx.session.scalars(select(Contact).where(*clauses).order_by(Contact.name, Contact.id).limit(limit)))
    handles = list_main_handles(tx, [contact.id for contact in found])
    return [(contact, (handles.get(contact.id) or (None,))[0]) for contact in found]


def list_main_handles(tx: Tx, contact_ids: Iterable[int]) -> dict[int, tuple[Handle, ...]]:
    """Return each contact's handles, the largest first, in one query."""
    wanted = list(contact_ids)
    found: dict[int, list[Handle]] = defaultdict(list)
    if wanted:
        for handle in tx.session.scalars(select(Handle).where(Handle.contact_id.in_(wanted))):
            found[handle.contact_id].append(handle)
    return {
        contact_id: tuple(sorted(handles, key=lambda handle: (-(handle.followers or 0), handle.id)))
        for contact_id, handles in found.items()
    }


def list_countries(tx: Tx) -> list[str]:
    """Return the countries people live in, in order."""
    query = select(Contact.country).where(Contact.country.is_not(None)).distinct().order_by(Contact.country)
    return [country for country in tx.session.scalars(query) if country]


def _clauses(tx: Tx, wanted: PeopleFilter, brand_id: int | None) -> Iterable[ColumnElement[bool]]:
    yield from _words(wanted.q)
    if wanted.topic:
        topic = f"%{_escape(wanted.topic.lower())}%"
        ours = func.lower(Contact.topic).like(topic, escape="\\")
        yield or_(ours, _has_handle(func.lower(Handle.topic).like(topic, escape="\\")))
    yield from _handle_clauses(wanted)
    if wanted.country:
        yield Contact.country == wanted.country.upper()
    if wanted.language:
        yield Contact.language == wanted.language
    if wanted.tag:
        yield exists().where(ContactTag.contact_id == Contact.id, ContactTag.tag == wanted.tag)
    if wanted.reach == "email":
        yield exists().where(ContactAddress.contact_id == Contact.id, ContactAddress.mailable != "bad")
    if wanted.stage:
        stands = and_(Relationship.contact_id == Contact.id, Relationship.brand_id == brand_id)
        yield exists().where(stands, Relationship.stage_id == Stage.id, Stage.name == wanted.stage)
    if wanted.turn:
        yield _turn_clause(tx, wanted.turn)


def _words(text: str) -> list[ColumnElement[bool]]:
    return [Contact.search_text.like(f"%{_escape(word)}%", escape="\\") for word in fold(text).split()[:8]]


def _handle_clauses(wanted: PeopleFilter) -> Iterable[ColumnElement[bool]]:
    """Yield one condition for all figures: they must hold for one and the same account."""
    held: list[ColumnElement[bool]] = []
    if wanted.platforms:
        held.append(Handle.platform.in_(wanted.platforms))
    for column, (low, high) in (
        (Handle.followers, wanted.size),
        (Handle.avg_views, wanted.views),
        (Handle.engagement_rate, wanted.er),
    ):
        if low is not None:
            held.append(column >= low)
        if high is not None:
            held.append(column <= high)
    if held:
        yield _has_handle(*held)


def _has_handle(*held: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Handle.contact_id == Contact.id, *held)


def _turn_clause(tx: Tx, turn: str) -> ColumnElement[bool]:
    ours = exists().where(Thread.contact_id == Contact.id, is_our_turn(tx.now))
    theirs = exists().where(Thread.contact_id == Contact.id, is_their_turn(tx.now))
    clauses = {"you": ours, "them": and_(~ours, theirs), "rest": and_(~ours, ~theirs)}
    return clauses.get(turn, false())


def _ordered(query: Select[T], sort: str) -> Select[T]:
    column = {"size": Handle.followers, "views": Handle.avg_views, "er": Handle.engagement_rate}.get(sort.lstrip("-"))
    if column is not None:
        best = select(func.max(column)).where(Handle.contact_id == Contact.id).scalar_subquery()
        unknown = best.is_(None)
        return query.order_by(unknown, best.desc() if sort.startswith("-") else best, Contact.id)
    if sort.lstrip("-") == "added":
        return query.order_by(Contact.created_at.desc() if sort.startswith("-") else Contact.created_at, Contact.id)
    name = func.lower(Contact.name)
    return query.order_by(name.desc() if sort == "-name" else name, Contact.id)


def _describe(tx: Tx, contacts: list[Contact], brand_id: int | None) -> tuple[PersonRow, ...]:
    ids = [contact.id for contact in contacts]
    handles, exchanges = list_main_handles(tx, ids), list_exchanges(tx, ids)
    stages = _stages(tx, ids, brand_id)
    threads: dict[int, list[Thread]] = defaultdict(list)
    for thread in tx.session.scalars(select(Thread).where(Thread.contact_id.in_(ids))):
        threads[thread.contact_id or 0].append(thread)
    rows = []
    for contact in contacts:
        turn, since = decide_contact_turn(tx, threads[contact.id])
        rows.append(
            PersonRow(
                contact=contact,
                handles=handles.get(contact.id, ()),
                stage=stages.get(contact.id),
                turn=turn,
                waiting_since=since,
                exchange=exchanges[contact.id],
            )
        )
    return tuple(rows)


def decide_contact_turn(tx: Tx, threads: Iterable[Thread]) -> tuple[Turn, Thread | None]:
    """Return whose turn it is over all conversations, and the one that waits longest for it."""
    turns = [(turn_of(thread, tx.now), thread) for thread in threads]
    for turn in (Turn.YOU, Turn.THEM):
        waiting = [thread for found, thread in turns if found is turn]
        if waiting:
            return turn, min(waiting, key=lambda thread: (thread.last_at, thread.id))
    return Turn.RESTING, None


def _stages(tx: Tx, contact_ids: list[int], brand_id: int | None) -> dict[int, str]:
    rows = tx.session.execute(
        select(Relationship.contact_id, Stage.name)
        .join(Stage, Stage.id == Relationship.stage_id)
        .where(Relationship.contact_id.in_(contact_ids), Relationship.brand_id == brand_id)
    )
    return {row[0]: row[1] for row in rows}


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
