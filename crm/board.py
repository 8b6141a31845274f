"""Use cases: the pipeline as a board: lanes with their counts and money, and a bounded number of cards in each."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from crm.contact_turns import ContactTurn, decide_contact_turn, list_contact_threads, list_dues
from crm.exchange import Exchange, list_exchanges
from crm.lane_counts import expect_in_lanes, read_ground, read_lane_counts
from crm.lane_picks import CARDS, MORE, Held, pick_cards
from crm.models import Contact, Handle, Stage, Task, User
from crm.people import list_main_handles
from crm.people_filter import PeopleFilter, conditions
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
    of_everybody = len(held) == 1
    ground = read_ground(tx, brand_id, of_everybody=of_everybody)
    counts = read_lane_counts(tx, ground, held, brand_id, of_everybody=of_everybody)
    numbers = [Contact.id.in_(counts.few)]
    asked = Held(numbers, numbers) if counts.few else Held(held, conditions(tx, wanted, brand_id, each=True))
    expected = expect_in_lanes(counts, ground, wanted)
    picked = tx.session.execute(pick_cards(tx, wanted, asked, expected, brand_id, opened)).all()
    cards = _describe(tx, _first_of_each(picked, opened))
    lanes = tuple(
        Lane(
            stage=stage,
            count=max(counts.number.get(stage.id, 0), len(cards[stage.id])),
            beyond=counts.more,
            stay=ground.stays.get(stage.id),
            money=tuple(counts.money.get(stage.id, ())),
            cards=tuple(cards[stage.id]),
        )
        for stage in ground.stages
    )
    return Board(lanes=lanes, total=counts.total, everyone=ground.everyone, more=counts.more, as_of=counts.as_of)


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
