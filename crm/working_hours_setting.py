"""Use cases: the working hours of the workspace, in which people wait for our answers; closed on its own days."""

from datetime import time
from typing import Any, cast

from sqlalchemy import select

from crm.changes import record_change
from crm.holiday_book import read_holiday_book
from crm.models import User, WorkspaceSetting
from crm.working_hours import WorkingHours
from crm.zones import is_zone, read_zone
from kit.errors import InvalidError, say
from kit.tx import Tx

_NAME = "working_hours"
_CACHE = "working_hours"


def read_working_hours(tx: Tx) -> WorkingHours:
    """Return the hours; Monday to Friday, nine to five on the first colleague's clock, while nobody has said.

    Two queries a transaction, with the holidays.
    """
    kept = tx.session.info.get(_CACHE)
    if kept is None:
        first = select(User.zone).order_by(User.id).limit(1).scalar_subquery()
        value = select(WorkspaceSetting.value).where(WorkspaceSetting.name == _NAME).scalar_subquery()
        zone, document = tx.session.execute(select(first, value)).one()
        kept = tx.session.info[_CACHE] = _read(document or {}, zone or "UTC", tx)
    return cast("WorkingHours", kept)


def set_working_hours(tx: Tx, *, days: frozenset[int], opens: time, closes: time, zone: str, actor: str) -> None:
    """Say when we work."""
    if not days or not days <= frozenset(range(7)):
        raise InvalidError(say("Choose at least one working day."))
    if closes <= opens:
        raise InvalidError(say("The working day ends before it begins. Choose a later end."))
    if not is_zone(zone):
        raise InvalidError(say("There is no such time zone."))
    row = tx.session.get(WorkspaceSetting, _NAME)
    if row is None:
        row = WorkspaceSetting(name=_NAME, value={})
        tx.session.add(row)
    before = row.value
    row.value = {"days": sorted(days), "opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}", "zone": zone}
    tx.session.info.pop(_CACHE, None)
    tx.session.flush()
    data = {"before": before, "after": row.value}
    record_change(tx, "working_hours", actor=actor, summary=say("Working hours changed"), data=data)


def _read(document: dict[str, Any], zone: str, tx: Tx) -> WorkingHours:
    usual = WorkingHours()
    closed = read_holiday_book(tx).own_days("")
    zone = document.get("zone", zone)
    return WorkingHours(
        days=frozenset(document.get("days", usual.days)),
        opens=time.fromisoformat(document["opens"]) if "opens" in document else usual.opens,
        closes=time.fromisoformat(document["closes"]) if "closes" in document else usual.closes,
        zone=read_zone(zone) if is_zone(zone) else usual.zone,
        closed=closed,
    )
