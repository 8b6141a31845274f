"""Use cases: what upkeep needs to know at once: our working hours, rhythms of stages, whom somebody stands in for."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy import exists, literal, select, true
from sqlalchemy.orm import aliased

from crm.leaves import HAND_OVER, StandIn, is_on
from crm.models import Brand, Leave, Relationship, Stage, User
from crm.rhythms import NONE
from crm.working_hours import WorkingHours
from crm.working_hours_setting import parse_hours, setting_columns
from kit.tx import Tx

_CACHE = "upkeep_desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepDesk:
    """The desk of one colleague. `rhythms` in days by stage; `stand_ins` are those on leave whose work shows here.

    `own_rhythms` says whether anybody has a rhythm of their own at all, `colleagues` whether there are others.
    """

    user_id: int
    hours: WorkingHours
    rhythms: dict[int, int]
    stand_ins: tuple[StandIn, ...]
    own_rhythms: bool
    colleagues: bool

    @property
    def user_ids(self) -> tuple[int, ...]:
        """Whose work this colleague sees: their own, and that of those they stand in for."""
        return (self.user_id, *(one.user.id for one in self.stand_ins))


def read_upkeep_desk(tx: Tx, user_id: int) -> UpkeepDesk:
    """Return the desk, in one query a transaction."""
    kept = tx.session.info.get(_CACHE)
    if kept is None or kept.user_id != user_id:
        kept = tx.session.info[_CACHE] = _read(tx, user_id)
    return cast("UpkeepDesk", kept)


def _read(tx: Tx, user_id: int) -> UpkeepDesk:
    one = select(literal(1).label("one")).subquery()
    stages = select(Stage.id, Stage.talk_days).where(Stage.talk_days.is_not(None)).subquery()
    away = (
        select(Leave.user_id, Leave.back_at)
        .where(Leave.deputy_id == user_id, Leave.mode == HAND_OVER, is_on(tx.now))
        .subquery()
    )
    absent = aliased(User)
    # By brand, as the index has it.
    own = exists().where(Relationship.brand_id.in_(select(Brand.id)), Relationship.rhythm_days > NONE)
    others = exists().where(User.id != user_id, User.disabled_at.is_(None))
    query = (
        select(*setting_columns(), stages.c.id, stages.c.talk_days, own, others, absent, away.c.back_at)
        .select_from(one)
        .outerjoin(stages, true())
        .outerjoin(away, true())
        .outerjoin(absent, absent.id == away.c.user_id)
    )
    rows = tx.session.execute(query).all()
    zone, hours, holidays = rows[0][:3]
    stand_ins = {user.id: StandIn(user=user, back_at=back_at) for *_, user, back_at in rows if user is not None}
    return UpkeepDesk(
        user_id=user_id,
        hours=parse_hours(hours or {}, holidays or {}, zone or "UTC"),
        rhythms={row[3]: row[4] for row in rows if row[3] is not None},
        own_rhythms=bool(rows[0][5]),
        colleagues=bool(rows[0][6]),
        stand_ins=tuple(sorted(stand_ins.values(), key=lambda one: (one.back_at, one.user.id))),
    )
