"""Use cases: the working hours of the workspace, in which people wait for our answers; closed on its own days."""

from collections.abc import Mapping
from datetime import time
from typing import Any, cast

from sqlalchemy import ScalarSelect, select

from crm.changes import Undone, record_change
from crm.holiday_book import NAME as HOLIDAYS
from crm.holiday_book import parse_book
from crm.models import Change, User, WorkspaceSetting
from crm.working_hours import WorkingHours
from crm.zones import is_zone, read_zone
from kit.errors import InvalidError, say
from kit.tx import Tx

KIND = _NAME = "working_hours"
_CACHE = "working_hours"


def read_working_hours(tx: Tx) -> WorkingHours:
    """Return the hours; Monday to Friday, nine to five on the first colleague's clock, while nobody has said.

    One query a transaction.
    """
    kept = tx.session.info.get(_CACHE)
    if kept is None:
        zone, hours, holidays = tx.session.execute(select(*setting_columns())).one()
        kept = tx.session.info[_CACHE] = parse_hours(hours or {}, holidays or {}, zone or "UTC")
    return cast("WorkingHours", kept)


def setting_columns() -> tuple[ScalarSelect[str], ScalarSelect[Any], ScalarSelect[Any]]:
    """Return what `parse_hours` takes, as columns: the first colleague's zone, the hours, the holidays."""
    zone = select(User.zone).order_by(User.id).limit(1).scalar_subquery()
    kept = [
        select(WorkspaceSetting.value).where(WorkspaceSetting.name == name).scalar_subquery()
        for name in (_NAME, HOLIDAYS)
    ]
    return zone, kept[0], kept[1]


def set_working_hours(tx: Tx, *, days: frozenset[int], opens: time, closes: time, zone: str, actor: str) -> Change:
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
    return record_change(tx, KIND, actor=actor, summary=say("Working hours changed"), data=data)


def reverse_working_hours(tx: Tx, change: Change, _actor: str) -> Undone:
    """Put the hours back to what they were, unless somebody changed them since."""
    row = tx.session.get(WorkspaceSetting, _NAME, with_for_update=True)
    if row is None or row.value != change.data["after"]:
        return Undone(change=change, undone=0, left=1, why=say("Somebody changed it since."))
    if change.data["before"]:
        row.value = change.data["before"]
    else:  # nobody had said
        tx.session.delete(row)
    tx.session.flush()
    tx.session.info.pop(_CACHE, None)
    return Undone(change=change, undone=1)


def parse_hours(document: Mapping[str, Any], holidays: Mapping[str, Any], zone: str) -> WorkingHours:
    """Return what kept settings say; `zone` where they say none."""
    usual = WorkingHours()
    zone = document.get("zone", zone)
    return WorkingHours(
        days=frozenset(document.get("days", usual.days)),
        opens=time.fromisoformat(document["opens"]) if "opens" in document else usual.opens,
        closes=time.fromisoformat(document["closes"]) if "closes" in document else usual.closes,
        zone=read_zone(zone) if is_zone(zone) else usual.zone,
        closed=parse_book(holidays).own_days(""),
    )
