"""Use cases: the pipeline as a board: lanes with their counts and money, and a bounded number of cards in each."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, exists, func, literal_column, or_, select, union_all

from crm.exchange import Exchange, list_exchanges
from crm.inbox import is_open, is_our_turn, is_their_turn
from crm.kept import ask_kept
from crm.lane_sums import ask_money, by_person, lane_name, read_kept, read_money, stand_with
from crm.models import Contact, Handle, Relationship, Stage, Task, Thread, User
from crm.people import decide_contact_turn, list_contact_threads, list_main_handles
from crm.people_filter import PeopleFilter, conditions
from crm.people_order import order_of
from crm.stays import ask_moves, typical_stays
from crm.together import Rows, Together, as_objects
from crm.turns import Turn
from kit.tx import Tx

CARDS = 6
MORE = 60
STALE_AFTER = timedelta(days=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One person on the board. `stale` when nobody has written or moved for long, though it is not resting."""

    contact: Contact
    handle: Handle | None
    owner: User | None
    exchange: Exchange
    turn: Turn
    waiting_since: Thread | None
    task: Task | None
    stage_since: datetime
    quiet_for: timedelta
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One stage: how many stand there, how long people stay, what they ask for, by currency, and the first cards."""

    stage: Stage
    count: int
    stay: timedelta | None
    money: tuple[tuple[Decimal, str], ...]
    cards: tuple[Card, ...]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.cards)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All lanes. `total` counts who matches and stands on the board; `everyone` all contacts there are.

    `as_of` is when the money of the lanes was counted, if that was not now.
    """

    lanes: tuple[Lane, ...]
    total: int
    everyone: int
    as_of: datetime | None = None


def read_board(tx: Tx, wanted: PeopleFilter, *, brand_id: int | None, opened: int | None = None) -> Board:
    """Return the board of those who match, in a fixed number of queries; lane `opened` shows more cards."""
    held = conditions(tx, wanted, brand_id)
    found, kept, moves = Together(
        _ask_counts(held, brand_id), ask_kept(lane_name(brand_id), tx.now), ask_moves(brand_id)
    ).ask(tx)
    stages = _stages(found)
    counts = {row[0]: row[-2] or 0 for row in found}
    as_of = kept[0][0] if kept and len(held) == 1 else None
    money = read_kept(kept[0][1]) if as_of else read_money(tx.session.execute(ask_money(held, brand_id)))
    rows = tx.session.execute(_pick(tx, wanted, held, stages, brand_id, opened)).all()
    cards = _describe(tx, _first_of_each(rows, opened))
    stays = typical_stays(row[0] for row in moves)
    lanes = tuple(
        Lane(
            stage=stage,
            count=counts.get(stage.id, 0),
            stay=stays.get(stage.id),
            money=tuple(money.get(stage.id, ())),
            cards=tuple(cards[stage.id]),
        )
        for stage in stages
    )
    return Board(lanes=lanes, total=sum(counts.values()), everyone=found[0][-1] if found else 0, as_of=as_of)


def _stages(rows: Rows) -> list[Stage]:
    width = len(Stage.__table__.c)
    return sorted(as_objects(Stage, [row[:width] for row in rows]), key=lambda stage: stage.position)


def _ask_counts(held: Sequence[Any], brand_id: int | None) -> Select[*tuple[Any, ...]]:
    """Return the question for all stages, how many stand at each, and how many contacts there are."""
    standing = select(Relationship.stage_id, func.count().label("number")).group_by(Relationship.stage_id)
    if len(held) == 1:
        # Everybody: an index counts them without looking at a person, and few were erased.
        erased = select(Contact.id).where(Contact.erased_at.is_not(None))
        standing = standing.where(Relationship.brand_id == brand_id, Relationship.contact_id.not_in(erased))
    else:
        standing = standing.where(*stand_with(brand_id, held))
    sums = standing.subquery("sums")
    gone = select(func.count(Contact.id)).where(Contact.erased_at.is_not(None)).scalar_subquery()
    everyone = select(func.count()).select_from(Contact).scalar_subquery() - gone
    return select(*Stage.__table__.c, sums.c.number, everyone.label("everyone")).outerjoin(
        sums, sums.c.stage_id == Stage.__table__.c.id
    )


def _pick(
    tx: Tx, wanted: PeopleFilter, held: Sequence[Any], stages: Sequence[Stage], brand_id: int | None, opened: int | None
) -> Select[*tuple[Any, ...]]:
    """Return the query for the first cards of every lane: in the order asked for, else who waits on us first."""
    if wanted.sort == "name":
        found = _waiting_first(tx, held, stages, brand_id, opened)
    else:
        found = _in_order(tx, wanted, held, brand_id, opened)
    return (
        select(Contact, Relationship, User)
        .join(found, found.c.id == Contact.id)
        .join(Relationship, Relationship.id == found.c.standing)
        .outerjoin(User, User.id == Contact.owner_id)
        .order_by(found.c.stage_id, found.c.part, found.c.place, Relationship.stage_since.desc(), Contact.id)
    )


def _in_order(tx: Tx, wanted: PeopleFilter, held: Sequence[Any], brand_id: int | None, opened: int | None) -> Subquery:
    fit, order = order_of(tx, wanted, select(Contact.id).where(*held))
    ranked = _standing(*stand_with(brand_id, held)).add_columns(
        literal_column("0").label("part"),
        func.row_number().over(partition_by=Relationship.stage_id, order_by=order).label("place"),
    )
    if fit is not None:
        ranked = ranked.outerjoin(fit, fit.c.contact_id == Contact.id)
    found = ranked.subquery("ranked")
    limit: Any = CARDS if opened is None else case((found.c.stage_id == opened, MORE), else_=CARDS)
    return select(found).where(found.c.place <= limit).subquery("found")


def _waiting_first(
    tx: Tx, held: Sequence[Any], stages: Sequence[Stage], brand_id: int | None, opened: int | None
) -> Subquery:
    """Return those whose turn or ours it is, who are few, then of each lane those who came last, by an index."""
    turn = func.min(case((is_our_turn(tx.now), 0), else_=1))
    either = or_(is_our_turn(tx.now), is_their_turn(tx.now))
    awake = (
        select(Thread.contact_id, turn.label("turn")).where(is_open(), either).group_by(Thread.contact_id).subquery()
    )
    place = func.row_number().over(
        partition_by=Relationship.stage_id, order_by=(awake.c.turn, Relationship.stage_since.desc(), Contact.id)
    )
    waiting = _standing(by_person(brand_id), *held).join(awake, awake.c.contact_id == Contact.id)
    ranked = waiting.add_columns(literal_column("0").label("part"), place.label("place")).subquery()
    parts = [select(ranked).where(ranked.c.place <= MORE)]
    asleep = ~exists().where(Thread.contact_id == Relationship.contact_id, is_open(), either)
    for stage in stages:
        lane = _standing(Relationship.brand_id == brand_id, Relationship.stage_id == stage.id, *held, asleep)
        lane = lane.order_by(Relationship.stage_since.desc(), Relationship.contact_id)
        first = lane.limit(MORE if stage.id == opened else CARDS).subquery()
        parts.append(select(first, literal_column("1").label("part"), literal_column("0").label("place")))
    return union_all(*(select(part.subquery()) for part in parts)).subquery("found")


def _standing(*which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    query = select(Contact.id.label("id"), Relationship.id.label("standing"), Relationship.stage_id)
    return query.join(Relationship, Relationship.contact_id == Contact.id).where(*which)


def _first_of_each(rows: Sequence[Any], opened: int | None) -> list[Any]:
    shown: Counter[int] = Counter()
    first = []
    for row in rows:
        stage_id = row[1].stage_id
        shown[stage_id] += 1
        if shown[stage_id] <= (MORE if stage_id == opened else CARDS):
            first.append(row)
    return first


def _describe(tx: Tx, rows: Sequence[Any]) -> Mapping[int, list[Card]]:
    ids = [contact.id for contact, _, _ in rows]
    handles, exchanges, threads = list_main_handles(tx, ids), list_exchanges(tx, ids), list_contact_threads(tx, ids)
    tasks = _next_tasks(tx, ids)
    found: dict[int, list[Card]] = defaultdict(list)
    for contact, standing, owner in rows:
        turn, since = decide_contact_turn(tx, threads[contact.id])
        last = max([standing.stage_since, *(thread.last_at for thread in threads[contact.id])])
        quiet = tx.now - last
        found[standing.stage_id].append(
            Card(
                contact=contact,
                handle=(handles.get(contact.id) or (None,))[0],
                owner=owner,
                exchange=exchanges[contact.id],
                turn=turn,
                waiting_since=since,
                task=tasks.get(contact.id),
                stage_since=standing.stage_since,
                quiet_for=quiet,
                stale=turn is not Turn.RESTING and quiet >= STALE_AFTER,
            )
        )
    return found


def _next_tasks(tx: Tx, contact_ids: Sequence[int]) -> dict[int, Task]:
    """Return each contact's open task that is due first, in one query."""
    query = (
        select(Task)
        .where(Task.contact_id.in_(contact_ids), Task.done_at.is_(None))
        .order_by(Task.due_on.is_(None), Task.due_on, Task.id)
    )
    found: dict[int, Task] = {}
    for task in tx.session.scalars(query):
        found.setdefault(task.contact_id or 0, task)
    return found
