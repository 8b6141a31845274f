"""Use cases: how many stand in each lane of the board, and what they ask for: kept, counted, or up to a bound."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, cast, func, null, select

from crm.bests import read_bests_state
from crm.kept import ask_kept
from crm.lane_sums import MANY, SOME, Money, by_person, count_lanes, lane_name, read_kept, read_lanes, read_sums
from crm.models import Contact, Relationship, Stage
from crm.people_filter import PeopleFilter
from crm.people_found import count_everybody
from crm.people_order import WALK
from crm.stays import ask_moves, typical_stays
from crm.together import Rows, Together, as_objects
from kit.tx import Tx


class Ground(NamedTuple):
    """What the board stands on: its stages in their order, and how long people stay.

    `standing` says how many stand at each where everybody is meant; `many` how many stand with the brand, up to MANY
    and one. `kept` are the sums of everybody with the instant of counting, if any are kept.
    """

    stages: list[Stage]
    stays: Mapping[int, timedelta]
    standing: Mapping[int, int]
    many: int
    everyone: int
    kept: tuple[datetime, dict[str, Any]] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneCounts:
    """How many match in each lane, and what they ask for; `few` are they, if they are few.

    With `more` counting stopped: these are some of them, of whom sums would say nothing. `as_of` is when the money was
    counted, if that was not now.
    """

    number: Mapping[int, int]
    money: Money
    few: Sequence[int] = ()
    more: bool = False
    as_of: datetime | None = None

    @property
    def total(self) -> int:
        """How many match, of those counted."""
        return sum(self.number.values())


def read_ground(tx: Tx, brand_id: int | None, *, of_everybody: bool) -> Ground:
    """Read what does not depend on who is asked for. One query."""
    found, kept, moves = Together(
        _ask_stages(brand_id, counted=of_everybody), ask_kept(lane_name(brand_id), tx.now), ask_moves(brand_id)
    ).ask(tx)
    return Ground(
        stages=_stages(found),
        stays=typical_stays(row[0] for row in moves),
        standing={row[0]: row[-3] or 0 for row in found},
        many=found[0][-2] if found else 0,
        everyone=found[0][-1] if found else 0,
        kept=(kept[0][0], kept[0][1]) if kept else None,
    )


def read_lane_counts(
    tx: Tx, ground: Ground, held: Sequence[ColumnElement[bool]], brand_id: int | None, *, of_everybody: bool
) -> LaneCounts:
    """Count who match: everybody by what is kept, of a large brand up to a bound, else all of them."""
    if of_everybody and ground.kept:
        return LaneCounts(number=ground.standing, money=read_kept(ground.kept[1]), as_of=ground.kept[0])
    bests = read_bests_state(tx)
    most = SOME if ground.many > MANY and not of_everybody else None
    rows, few, more = read_lanes(tx, held, brand_id, kept=bests is not None, most=most, few=WALK)
    if more:
        return LaneCounts(number=count_lanes(rows), money={}, more=True)
    number = ground.standing if of_everybody else count_lanes(rows)
    return LaneCounts(number=number, money=read_sums(rows), few=few, as_of=bests.at if bests else None)


def expect_in_lanes(counts: LaneCounts, ground: Ground, wanted: PeopleFilter) -> Mapping[int, int]:
    """Return how many may stand in each lane, for who decides how its first cards are found."""
    if counts.more:
        meant = [stage.id for stage in ground.stages if not wanted.stages or stage.name in wanted.stages]
        return {stage_id: max(counts.number.get(stage_id, 0), WALK) for stage_id in meant}
    if not counts.few and wanted.sort == "name":
        # By who came last even lanes in which some match are walked sooner than all who match are looked for again.
        return {lane: max(number, WALK) if number >= WALK // 10 else number for lane, number in counts.number.items()}
    return counts.number


def _stages(rows: Rows) -> list[Stage]:
    width = len(Stage.__table__.c)
    return sorted(as_objects(Stage, [row[:width] for row in rows]), key=lambda stage: stage.position)


def _ask_stages(brand_id: int | None, *, counted: bool) -> Select[*tuple[Any, ...]]:
    """Return the question for all stages, with how many stand at each, with the brand, up to a bound, and at all."""
    number: Any = null()
    if counted:
        # Everybody: an index counts them without looking at a person, and few were erased.
        erased = select(Contact.id).where(Contact.erased_at.is_not(None))
        here = select(func.count()).where(Relationship.stage_id == Stage.id)
        standing = here.where(Relationship.brand_id == brand_id).scalar_subquery()
        number = standing - here.where(by_person(brand_id), Relationship.contact_id.in_(erased)).scalar_subquery()
    some = select(Relationship.id).where(Relationship.brand_id == brand_id).limit(MANY + 1).subquery()
    many = select(func.count()).select_from(some).scalar_subquery()
    number = cast(number, Integer)
    return select(*Stage.__table__.c, number.label("number"), many.label("many"), count_everybody().label("everyone"))
