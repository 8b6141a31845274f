"""Use cases: which people are asked for: the filters of the contact list as conditions, and its order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, false, literal_column, or_, select, true
from sqlalchemy.orm import aliased

from crm.bests import read_bests_state
from crm.contact_turns import ask_ours, ask_theirs
from crm.contacts import fold
from crm.erased import is_here
from crm.field_filter import field_condition
from crm.fit import best_fit
from crm.folding import escape_like
from crm.lane_sums import by_person
from crm.models import Contact, ContactAddress, ContactBest, ContactTag, Handle, Pulse, Relationship, Stage, Thread
from crm.pulses import is_silent
from crm.rhythms import talk_is_due
from crm.scoring import DEFAULTS
from crm.segments import Either, Every, Node, Not, Term
from crm.topics import topics_like
from kit.db import is_one_of
from kit.tx import Tx

T = TypeVar("T")
Bounds = tuple[float | None, float | None]
Condition = ColumnElement[bool]
# Platforms where a direct message reaches a person.
DM_PLATFORMS = ("instagram", "tiktok", "x", "facebook", "linkedin", "twitch")
_MOST_DAYS = 36_500


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFilter:
    """What is asked for; empty means everyone. Bounds are inclusive; `er` is a fraction, `posted` days ago.

    `owners` holds numbers of colleagues, 0 for nobody; `upkeep` is quiet, due (to be talked to), or either; `own` keys
    of own fields with what each is asked; `also` are conditions that upper floors bring along. All of it holds, and the
    segment `where`, whose `terms` are filters of one thing each. A `fault` says why a segment cannot be read; then
    nobody is meant.
    """

    q: str = ""
    topic: str = ""
    platforms: tuple[str, ...] = ()
    size: Bounds = (None, None)
    views: Bounds = (None, None)
    er: Bounds = (None, None)
    rate: Bounds = (None, None)
    posted: Bounds = (None, None)
    fit: Bounds = (None, None)
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    turns: tuple[str, ...] = ()
    reach: tuple[str, ...] = ()
    owners: tuple[int, ...] = ()
    upkeep: tuple[str, ...] = ()
    contacted: Bounds = (None, None)
    never: bool = False
    own: tuple[tuple[str, str], ...] = ()
    where: Node | None = None
    terms: Mapping[Term, "PeopleFilter"] = field(default_factory=dict)
    fault: str = ""
    also: tuple[Condition, ...] = field(default=(), compare=False)
    weights: Mapping[str, int] = field(default_factory=lambda: dict(DEFAULTS))
    sort: str = "name"


def conditions(tx: Tx, wanted: PeopleFilter, brand_id: int | None, *, each: bool = False) -> list[Condition]:
    """Return what must hold for a contact; `brand_id` says whose stages count.

    With `each` it is asked of one person after the other, for who takes the first of many in an order: nobody is looked
    for in a list of all who have a tag, say.
    """
    if wanted.fault:
        return [false(), is_here()]
    whole = [segment_condition(tx, wanted, wanted.where, brand_id, each=each)] if wanted.where is not None else []
    found = [*_conditions(tx, wanted, brand_id, each=each), *whole]
    # Of each it is read off the person, where something else is asked of them anyway.
    return [*found, Contact.erased_at.is_(None) if each and found else is_here()]


def segment_condition(tx: Tx, wanted: PeopleFilter, node: Node, brand_id: int | None, *, each: bool) -> Condition:
    """Return a segment's tree as one condition. What is unknown of a person does not hold, so "not" holds."""
    if isinstance(node, Not):
        return segment_condition(tx, wanted, node.part, brand_id, each=each).is_not(true())
    if isinstance(node, Either):
        return or_(*(segment_condition(tx, wanted, part, brand_id, each=each) for part in node.parts))
    parts = node.parts if isinstance(node, Every) else (node,)
    terms = [wanted.terms[part] for part in parts if isinstance(part, Term)]
    held = [test for term in terms for test in _account_tests(tx, term)]
    found = [_has_handle(*held, each=each)] if held else []
    found += [test for term in terms for test in _person_tests(tx, term, brand_id, each=each)]
    found += [segment_condition(tx, wanted, part, brand_id, each=each) for part in parts if not isinstance(part, Term)]
    return and_(true(), *found)


def words_condition(text: str) -> list[Condition]:
    """Return that every one of these words is found on a person, accents and case apart."""
    words = fold(text).split()[:8]
    if text.strip() and not words:
        return [false()]
    return [Contact.search_text.like(f"%{escape_like(word)}%", escape="\\") for word in words]


def _conditions(tx: Tx, wanted: PeopleFilter, brand_id: int | None, *, each: bool) -> Iterable[Condition]:
    if held := list(_account_tests(tx, wanted)):
        yield _has_handle(*held, each=each)
    yield from _person_tests(tx, wanted, brand_id, each=each)


def _person_tests(tx: Tx, wanted: PeopleFilter, brand_id: int | None, *, each: bool) -> Iterable[Condition]:
    """Yield what must hold for the person."""
    yield from words_condition(wanted.q)
    if wanted.topic:
        ours, theirs = (column.in_(topics_like(column, wanted.topic)) for column in (Contact.topic, Handle.topic))
        yield or_(ours, _is_among(Handle.contact_id, Handle.retired_at.is_(None), theirs, each=each))
    yield from _plain_conditions(wanted, each=each)
    if wanted.stages:
        meant = select(Stage.id).where(Stage.name.in_(wanted.stages))
        with_brand = by_person(brand_id) if each else Relationship.brand_id == brand_id
        yield _is_among(Relationship.contact_id, with_brand, Relationship.stage_id.in_(meant), each=each)
    if wanted.turns:
        yield or_(*(_turn_condition(tx, turn, each=each) for turn in wanted.turns))
    if wanted.upkeep:
        quiet = _is_among(Pulse.contact_id, is_silent(tx.now), each=each)
        asked = {"quiet": quiet, "due": talk_is_due(tx, brand_id)}
        yield or_(false(), *(asked[word] for word in wanted.upkeep if word in asked))
    if wanted.fit != (None, None):
        yield _fit_condition(tx, wanted, each=each)
    yield from _contacted_conditions(tx, wanted, each=each)
    for key, text in wanted.own:
        yield _asked(field_condition(tx, key, text), each=each)
    yield from wanted.also


def _account_tests(tx: Tx, wanted: PeopleFilter) -> Iterable[Condition]:
    """Yield what must hold for one and the same account."""
    if wanted.platforms:
        yield Handle.platform.in_(wanted.platforms)
    for column, (low, high) in (
        (Handle.followers, wanted.size),
        (Handle.avg_views, wanted.views),
        (Handle.engagement_rate, wanted.er),
        (Handle.price_amount, wanted.rate),
    ):
        yield from [column >= low] if low is not None else []
        yield from [column <= high] if high is not None else []
    fewest, most = wanted.posted
    if most is not None:
        yield Handle.last_post_on >= tx.now.date() - timedelta(days=_days(most))
    if fewest is not None:
        yield Handle.last_post_on <= tx.now.date() - timedelta(days=_days(fewest))


def _contacted_conditions(tx: Tx, wanted: PeopleFilter, *, each: bool) -> Iterable[Condition]:
    """Yield when mail last went either way, of all conversations; machine mail does not count."""
    talks = Thread.contact_id == Contact.id
    said = or_(Thread.last_in_at.is_not(None), Thread.last_out_at.is_not(None))
    if wanted.never:
        yield ~_there_is(talks, said, each=each)
    fewest, most = wanted.contacted
    if most is not None:
        at = tx.now - timedelta(days=_days(most))
        yield _there_is(talks, or_(Thread.last_in_at >= at, Thread.last_out_at >= at), each=each)
    if fewest is not None:
        at = tx.now - timedelta(days=_days(fewest))
        newer = or_(Thread.last_in_at > at, Thread.last_out_at > at)
        yield _there_is(talks, said, each=each)
        yield ~_there_is(talks, newer, each=each)


def _days(number: float) -> int:
    return int(min(max(number, 0), _MOST_DAYS))


def _plain_conditions(wanted: PeopleFilter, *, each: bool) -> Iterable[Condition]:
    if wanted.countries:
        yield _asked(Contact.country.in_([country.upper() for country in wanted.countries]), each=each)
    if wanted.languages:
        yield Contact.language.in_(wanted.languages)
    if wanted.tags:
        yield _is_among(ContactTag.contact_id, ContactTag.tag.in_(wanted.tags), each=each)
    ways: list[Condition] = []
    if "email" in wanted.reach:
        takes = (ContactAddress.mailable != "bad", ContactAddress.retired_at.is_(None))
        ways.append(_there_is(ContactAddress.contact_id == Contact.id, *takes, each=each))
    if "dm" in wanted.reach:
        ways.append(_has_handle(Handle.platform.in_(DM_PLATFORMS), each=each))
    if wanted.reach:
        yield or_(false(), *ways)
    if wanted.owners:
        nobody = [Contact.owner_id.is_(None)] if 0 in wanted.owners else []
        yield or_(Contact.owner_id.in_(wanted.owners), *nobody)


def _fit_condition(tx: Tx, wanted: PeopleFilter, *, each: bool) -> Condition:
    """Return that the fit as it is shown, in whole points, lies between the bounds."""
    low, high = wanted.fit
    kept = read_bests_state(tx) if wanted.weights == DEFAULTS else None
    fit = None if kept else best_fit(wanted.weights, tx.now.date())
    # By a name of its own, as who is sorted by these figures has the table beside it.
    best = aliased(ContactBest)
    score: Any = best.fit if fit is None else fit.c.score
    between = [score >= low - 0.5] if low is not None else []
    between += [score < high + 0.5] if high is not None else []
    if fit is None:
        return _there_is(best.contact_id == Contact.id, *between, each=each)
    return _is_among(fit.c.contact_id, *between, each=False)


def _has_handle(*held: Condition, each: bool) -> Condition:
    return _there_is(Handle.contact_id == Contact.id, Handle.retired_at.is_(None), *held, each=each)


def _turn_condition(tx: Tx, turn: str, *, each: bool) -> Condition:
    if turn == "you" and not each:
        return is_one_of(Contact.id, ask_ours(tx.now).scalar_subquery())
    ours, theirs = Contact.id.in_(ask_ours(tx.now)), Contact.id.in_(ask_theirs(tx.now))
    found = {"you": ours, "them": and_(~ours, theirs), "rest": and_(~ours, ~theirs)}
    return found.get(turn, false())


def _there_is(*held: Any, each: bool) -> Condition:
    """Return that there is such a row; asked of each person, so that an index alone should answer.

    With `each` it ends with "offset 0", or PostgreSQL would gather all such rows first.
    """
    rows: Select[Any] = select(literal_column("1")).where(*held).correlate(Contact)
    return exists(rows.offset(0) if each else rows)


def _asked(of_person: Condition, *, each: bool) -> Any:
    """Return what holds for a person's own row, with `each` as a question of its own.

    Else all of a country would be read from its index, and PostgreSQL takes what it cannot judge for next to nobody.
    """
    return select(of_person).correlate(Contact).scalar_subquery() if each else of_person


def _is_among(who: Any, *held: Any, each: bool) -> Condition:
    """Return that a contact is one of those: asked once, of an index that needs no look at people, or of each."""
    return _there_is(who == Contact.id, *held, each=True) if each else Contact.id.in_(select(who).where(*held))
