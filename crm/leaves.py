"""Use cases: the leave calendar: who is away from when until when, and who stands in for them. It ends by itself."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from crm.changes import record_change
from crm.models import Change, Leave, User
from crm.zones import read_zone
from kit.errors import ConflictError, InvalidError, NotFoundError, say
from kit.tx import Tx

KIND = "leave"
HAND_OVER, PAUSE = "hand_over", "pause"
LONGEST = timedelta(days=366)
_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveRow:
    """One leave with whose it is, who stands in, and its first and last day on the clock of who is away."""

    leave: Leave
    user: User
    deputy: User | None
    first: date
    last: date
    is_now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """A colleague whose work somebody else sees until `back_at`."""

    user: User
    back_at: datetime

    @property
    def last(self) -> date:
        """The last day away, on the clock of who is away."""
        return _last_day(self.back_at, self.user)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A leave before it is kept: the first and the last day away, what becomes of the work, and the deputy."""

    first: date
    last: date
    mode: str
    deputy_id: int | None = None


def plan_leave(tx: Tx, user_id: int, plan: Plan, *, actor: str) -> tuple[Leave, Change]:
    """Keep a leave; refused when it is over already, lies across another one, or nobody can stand in."""
    _lock_users(tx, user_id, plan.deputy_id)
    user = tx.session.get(User, user_id)
    if user is None:
        raise NotFoundError(say("There is no such colleague."))
    zone = read_zone(user.zone)
    begins = datetime.combine(plan.first, time(), zone).astimezone(UTC)
    back = datetime.combine(plan.last + timedelta(days=1), time(), zone).astimezone(UTC)
    _require_days(tx, plan, back)
    if _across(tx, user_id, begins, back):
        raise ConflictError(say("%(name)s is on leave then already. Take that one back first.", name=user.name))
    if _is_deputy(tx, user_id, begins, back):
        raise ConflictError(
            say("%(name)s stands in for somebody then. Choose another deputy for that leave first.", name=user.name)
        )
    if plan.mode == HAND_OVER:
        _require_deputy(tx, user, plan.deputy_id, begins, back)
    leave = Leave(
        user_id=user_id,
        deputy_id=plan.deputy_id if plan.mode == HAND_OVER else None,
        mode=plan.mode,
        begins_at=begins,
        back_at=back,
        created_at=tx.now,
        created_by=actor,
    )
    tx.session.add(leave)
    tx.session.flush()
    days = {"first": plan.first.isoformat(), "last": plan.last.isoformat()}
    words = say("Leave of %(name)s, %(first)s to %(last)s", name=user.name, **days)
    return leave, record_change(tx, KIND, actor=actor, summary=words, data={"leave": leave.id, "user_id": user_id})


def end_leave(tx: Tx, leave_id: int, *, actor: str) -> Leave:
    """Take a leave back that has not begun, or say that somebody is back early; one that is over stays."""
    leave = get_leave(tx, leave_id)
    user = tx.session.get_one(User, leave.user_id)
    if leave.cancelled_at or leave.back_at <= tx.now:
        raise ConflictError(say("This leave is over already."))
    if leave.begins_at < tx.now:
        leave.back_at = tx.now
    else:
        leave.cancelled_at = tx.now
    data = {"leave": leave.id, "ended": True}
    record_change(tx, "leave_ended", actor=actor, summary=say("Leave of %(name)s ended", name=user.name), data=data)
    return leave


def get_leave(tx: Tx, leave_id: int) -> Leave:
    """Return a leave, or refuse."""
    leave = tx.session.get(Leave, leave_id, with_for_update=True)
    if leave is None:
        raise NotFoundError(say("There is no such leave."))
    return leave


def list_leaves(tx: Tx, *, user_id: int | None = None) -> list[LeaveRow]:
    """Return leaves that are not over, of one colleague or of everybody, the first one first. One query."""
    deputy = aliased(User)
    query = (
        select(Leave, User, deputy)
        .join(User, User.id == Leave.user_id)
        .outerjoin(deputy, deputy.id == Leave.deputy_id)
        .where(Leave.cancelled_at.is_(None), Leave.back_at > tx.now)
        .order_by(Leave.begins_at, Leave.id)
        .limit(_SHOWN)
    )
    if user_id is not None:
        query = query.where(Leave.user_id == user_id)
    return [_row(leave, user, stands_in, tx.now) for leave, user, stands_in in tx.session.execute(query)]


def is_on(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a leave is on."""
    return Leave.cancelled_at.is_(None) & (Leave.begins_at <= now) & (Leave.back_at > now)


def _require_days(tx: Tx, plan: Plan, back: datetime) -> None:
    if plan.mode not in (HAND_OVER, PAUSE):
        raise InvalidError(say("Say what becomes of the work: hand it over, or let it wait."))
    if plan.last < plan.first:
        raise InvalidError(say("The last day lies before the first one."))
    if back <= tx.now:
        raise InvalidError(say("These days are over already."))
    if plan.last - plan.first > LONGEST:
        raise InvalidError(say("A leave is a year at most. For longer, switch the account off."))


def _require_deputy(tx: Tx, user: User, deputy_id: int | None, begins: datetime, back: datetime) -> None:
    deputy = tx.session.get(User, deputy_id) if deputy_id is not None else None
    if deputy is None or deputy.id == user.id or deputy.disabled_at:
        raise InvalidError(say("Choose a colleague who stands in for %(name)s.", name=user.name))
    if _across(tx, deputy.id, begins, back):
        raise ConflictError(say("%(name)s is on leave then as well. Choose somebody else.", name=deputy.name))


def _lock_users(tx: Tx, *user_ids: int | None) -> None:
    """Let nobody plan a leave of these colleagues meanwhile: one may be the other's deputy."""
    users = select(User.id).where(User.id.in_([one for one in user_ids if one is not None])).order_by(User.id)
    tx.session.scalars(users.with_for_update()).all()


def _is_deputy(tx: Tx, user_id: int, begins: datetime, back: datetime) -> bool:
    query = select(Leave.id).where(Leave.deputy_id == user_id, *_overlaps(begins, back))
    return tx.session.scalar(query.limit(1)) is not None


def _across(tx: Tx, user_id: int, begins: datetime, back: datetime) -> bool:
    query = select(Leave.id).where(Leave.user_id == user_id, *_overlaps(begins, back))
    return tx.session.scalar(query.limit(1)) is not None


def _overlaps(begins: datetime, back: datetime) -> tuple[ColumnElement[bool], ...]:
    return Leave.cancelled_at.is_(None), Leave.begins_at < back, Leave.back_at > begins


def _row(leave: Leave, user: User, deputy: User | None, now: datetime) -> LeaveRow:
    zone = read_zone(user.zone)
    return LeaveRow(
        leave=leave,
        user=user,
        deputy=deputy,
        first=leave.begins_at.astimezone(zone).date(),
        last=_last_day(leave.back_at, user),
        is_now=leave.begins_at <= now < leave.back_at,
    )


def _last_day(back_at: datetime, user: User) -> date:
    return (back_at - timedelta(seconds=1)).astimezone(read_zone(user.zone)).date()
