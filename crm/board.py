"""Use cases: the pipeline as a board: lanes with their counts and money, and a bounded number of cards in each."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, Select, cast, func, null, select

from crm.bests import read_bests_state
from crm.contact_turns import ContactTurn, decide_contact_turn, list_contact_threads, list_dues
from crm.exchange import Exchange, list_exchanges
from crm.kept import ask_kept
from crm.lane_picks import CARDS, MORE, Held, pick_cards
from crm.lane_sums import MANY, count_lanes, lane_name, read_kept, read_lanes, read_sums
from crm.models import Contact, Handle, Relationship, Stage, Task, User
from crm.people import list_main_handles
from crm.people_filter import PeopleFilter, conditions
from crm.people_order import WALK
from crm.stays import ask_moves, typical_stays
from crm.together import Rows, Together, as_objects
from crm.turns import Turn
from kit.tx import Tx

STALE_AFTER = timedelta(days=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One person on the board. `stale` when nobody has written or moved for long, though it is not resting."""

    contact: Contact
    handle: Handle | None
    owner: User | None
    exchange: Exchange
    turn: ContactTurn
    task: Task | None
    stage_since: datetime
    quiet_for: timedelta
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One stage: how many stand there, how long people stay, what they ask for, by currency, and the first cards.

    With `beyond` counting stopped: at least `count` stand there, and what they ask for is not known.
    """

    stage: Stage
    count: int
    stay: timedelta | None
    money: tuple[tuple[Decimal, str], ...]
    cards: tuple[Card, ...]
    beyond: bool = False

    @property
    def more(self) -> int:
        """How many of those counted are not shown."""
        return self.count - len(self.cards)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All lanes. `total` counts who matches and stands on the board; `everyone` all contacts there are.

    With `more` counting stopped there. `as_of` is when the money of the lanes was counted, if that was not now.
    """

    lanes: tuple[Lane, ...]
    total: int
    everyone: int
    more: bool = False
    as_of: datetime | None = None


def read_board(tx: Tx, wanted: PeopleFilter, *, brand_id: int | None, opened: int | None = None) -> Board:
    """Return the board of those who match, in a fixed number of queries; lane `opened` shows more cards."""
    held = conditions(tx, wanted, brand_id)
    is_everybody = len(held) == 1
    found, kept, moves = Together(
        _ask_stages(brand_id, counted=is_everybody), ask_kept(lane_name(brand_id), tx.now), ask_moves(brand_id)
    ).ask(tx)
    stages = _stages(found)
    counts, few, more = {row[0]: row[-3] or 0 for row in found}, list[int](), False
    if is_everybody and kept:
        sums, as_of = read_kept(kept[0][1]), kept[0][0]
    else:
        bests = read_bests_state(tx)
        most = MANY if found and found[0][-2] > MANY and not is_everybody else None
        rows, few, more = read_lanes(tx, held, brand_id, kept=bests is not None, most=most, few=WALK)
        sums, as_of = read_sums(rows), bests.at if bests else None
        counts = counts if is_everybody else count_lanes(rows)
    total, number_at = sum(counts.values()), counts
    if more:
        # Sums of some would say nothing. In each lane there may be many.
        sums, as_of = {}, None
        counts = {
            stage.id: max(counts.get(stage.id, 0), WALK)
            for stage in stages
            if not wanted.stages or stage.name in wanted.stages
        }
    elif not few and wanted.sort == "name":
        # By who came last even lanes in which some match are walked sooner than all who match are looked for again.
        counts = {lane: max(number, WALK) if number >= WALK // 10 else number for lane, number in counts.items()}
    numbers = [Contact.id.in_(few)]
    asked = Held(numbers, numbers) if few else Held(held, conditions(tx, wanted, brand_id, each=True))
    picked = tx.session.execute(pick_cards(tx, wanted, asked, counts, brand_id, opened)).all()
    cards = _describe(tx, _first_of_each(picked, opened))
    stays = typical_stays(row[0] for row in moves)
    lanes = tuple(
        Lane(
            stage=stage,
            count=max(number_at.get(stage.id, 0), len(cards[stage.id])),
            beyond=more,
            stay=stays.get(stage.id),
            money=tuple(sums.get(stage.id, ())),
            cards=tuple(cards[stage.id]),
        )
        for stage in stages
    )
    everyone = found[0][-1] if found else 0
    return Board(lanes=lanes, total=total, everyone=everyone, more=more, as_of=as_of)


def _stages(rows: Rows) -> list[Stage]:
    width = len(Stage.__table__.c)
    return sorted(as_objects(Stage, [row[:width] for row in rows]), key=lambda stage: stage.position)


def _ask_stages(brand_id: int | None, *, counted: bool) -> Select[*tuple[Any, ...]]:
    """Return the question for all stages, with how many stand at each, with the brand, up to a bound, and at all."""
    number: Any = null()
    if counted:
        # Everybody: an index counts them without looking at a person, and few were erased.
        erased = select(Contact.id).where(Contact.erased_at.is_not(None))
        standing = select(func.count()).where(
            Relationship.brand_id == brand_id, Relationship.stage_id == Stage.id, Relationship.contact_id.not_in(erased)
        )
        number = standing.scalar_subquery()
    gone = select(func.count(Contact.id)).where(Contact.erased_at.is_not(None)).scalar_subquery()
    everyone = select(func.count()).select_from(Contact).scalar_subquery() - gone
    some = select(Relationship.id).where(Relationship.brand_id == brand_id).limit(MANY + 1).subquery()
    many = select(func.count()).select_from(some).scalar_subquery()
    number = cast(number, Integer)
    return select(*Stage.__table__.c, number.label("number"), many.label("many"), everyone.label("everyone"))


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
    tasks, dues = _next_tasks(tx, ids), list_dues(tx, ids)
    found: dict[int, list[Card]] = defaultdict(list)
    for contact, standing, owner in rows:
        turn = decide_contact_turn(threads[contact.id], dues[contact.id], tx.now)
        last = max([standing.stage_since, *(thread.last_at for thread in threads[contact.id])])
        quiet = tx.now - last
        found[standing.stage_id].append(
            Card(
                contact=contact,
                handle=(handles.get(contact.id) or (None,))[0],
                owner=owner,
                exchange=exchanges[contact.id],
                turn=turn,
                task=tasks.get(contact.id),
                stage_since=standing.stage_since,
                quiet_for=quiet,
                stale=turn.kind is not Turn.RESTING and quiet >= STALE_AFTER,
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
