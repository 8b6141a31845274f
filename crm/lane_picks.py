"""Use cases: who is shown in each lane of the board: of many by an index, of few by sorting them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Subquery, case, func, literal_column, select, union_all

from crm.contact_turns import ask_awake, is_asleep
from crm.lane_sums import by_person, stand_with
from crm.models import Contact, Relationship, User
from crm.people_filter import PeopleFilter
from crm.people_order import WALK, find_kept, in_order, order_of
from kit.tx import Tx

CARDS = 6
MORE = 30


class Held(NamedTuple):
    """What must hold for people: said so that all of them are found, and asked of each (`conditions`)."""

    among: Sequence[Any]
    each: Sequence[Any]


def pick_cards(
    tx: Tx, wanted: PeopleFilter, held: Held, counts: Mapping[int, int], brand_id: int | None,
    opened: int | None,
) -> Select[*tuple[Any, ...]]:  # fmt: skip
    """Return the query for the first cards of every lane: in the order asked for, else who waits on us first.

    `counts` says how many match in each lane.
    """
    if wanted.sort == "name":
        found = _waiting_first(tx, wanted.turns, held, counts, brand_id, opened)
    else:
        found = _in_order(tx, wanted, held, counts, brand_id, opened)
    # There are no more, which no planner knows: it looks these few up.
    found = select(found).limit((CARDS * (len(counts) + 1) + MORE) * 2).subquery("shown")
    return (
        select(Contact, Relationship, User)
        .join(found, found.c.id == Contact.id)
        .join(Relationship, Relationship.id == found.c.standing)
        .outerjoin(User, User.id == Contact.owner_id)
        .order_by(found.c.stage_id, found.c.part, found.c.place, Relationship.stage_since.desc(), Contact.id)
    )


def _in_order(
    tx: Tx, wanted: PeopleFilter, held: Held, counts: Mapping[int, int], brand_id: int | None,
    opened: int | None,
) -> Subquery:  # fmt: skip
    """Return those who come first in the order asked for."""
    by_index = wanted.sort in {"-name", "added", "-added"} or find_kept(tx, wanted) is not None
    long, short = _split(counts) if by_index else ([], list(counts))
    parts: list[Select[*tuple[Any, ...]]] = []
    for stage_id in long:
        # By the person, or the planner would sort the lane instead of walking through the figure.
        lane = _standing(by_person(brand_id), Relationship.stage_id == stage_id, *held.each)
        most = _most(stage_id, opened)
        first, order = in_order(tx, lane, wanted, matching=counts[stage_id], most=most)
        place = func.row_number().over(order_by=order).label("place")
        parts.append(_shown(first.add_columns(_zero("part"), place).order_by(*order).limit(most)))
    if short or not parts:
        fit, order = order_of(tx, wanted, select(Contact.id).where(*held.among))
        ranked = _among(short, brand_id, held.among)
        parts.append(
            _ranked(ranked if fit is None else ranked.outerjoin(fit, fit.c.contact_id == Contact.id), order, 0, opened)
        )
    return union_all(*parts).subquery("found")


def _waiting_first(
    tx: Tx, turns: Sequence[str], held: Held, counts: Mapping[int, int], brand_id: int | None, opened: int | None
) -> Subquery:
    """Return those whose turn or ours it is, who are few, then of each lane those who came last."""
    awake, asleep = ask_awake(tx.now), is_asleep(Relationship.contact_id, tx.now)
    waiting = _standing(by_person(brand_id), *held.each).join(awake, awake.c.contact_id == Contact.id)
    parts = [_ranked(waiting, (awake.c.turn, Relationship.stage_since.desc(), Contact.id.expression), 0, opened)]
    # Who asks for turns gets nobody who rests: no lane is walked for them in vain.
    long, short = _split(counts) if not turns or "rest" in turns else ([], [])
    for stage_id in long:
        here = Relationship.brand_id == brand_id, Relationship.stage_id == stage_id
        lane = _standing(*here, *held.each, *asleep).add_columns(_zero("part", 1), _zero("place"))
        lane = lane.order_by(Relationship.stage_since.desc(), Relationship.contact_id)
        parts.append(_shown(lane.limit(_most(stage_id, opened))))
    if short:
        rest = _among(short, brand_id, held.among).where(*asleep)
        parts.append(_ranked(rest, (Relationship.stage_since.desc(), Contact.id.expression), 1, opened))
    return union_all(*parts).subquery("found")


def _split(counts: Mapping[int, int]) -> tuple[list[int], list[int]]:
    """Return the lanes in which many match, and those in which few do; nobody needs to be looked for where none do."""
    return [lane for lane, n in counts.items() if n >= WALK], [lane for lane, n in counts.items() if 0 < n < WALK]


def _among(stage_ids: Sequence[int], brand_id: int | None, held: Sequence[Any]) -> Select[*tuple[Any, ...]]:
    return _standing(*stand_with(brand_id, held), Relationship.stage_id.in_(stage_ids))


def _standing(*which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    query = select(Contact.id.label("id"), Relationship.id.label("standing"), Relationship.stage_id)
    return query.join(Relationship, Relationship.contact_id == Contact.id).where(*which)


def _ranked(
    query: Select[*tuple[Any, ...]], order: Sequence[ColumnElement[Any]], part: int, opened: int | None
) -> Select[*tuple[Any, ...]]:
    """Return the first of each lane in an order."""
    place = func.row_number().over(partition_by=Relationship.stage_id, order_by=tuple(order))
    ranked = query.add_columns(_zero("part", part), place.label("place")).subquery()
    limit: Any = CARDS if opened is None else case((ranked.c.stage_id == opened, MORE), else_=CARDS)
    return select(ranked).where(ranked.c.place <= limit)


def _shown(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return select(query.subquery())


def _zero(name: str, number: int = 0) -> ColumnElement[Any]:
    return literal_column(str(number)).label(name)


def _most(stage_id: int, opened: int | None) -> int:
    return MORE if stage_id == opened else CARDS
