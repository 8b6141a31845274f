"""Use cases: after how many days figures of an account count as stale: one rule for the team."""

from typing import Any

from sqlalchemy import Select, select

from crm.account_figures import STALE_DAYS
from crm.changes import Undone, record_change
from crm.models import Change, WorkspaceSetting
from kit.errors import InvalidError, say
from kit.tx import Tx

KIND = "setting.stale"
LEAST, MOST = 1, 730
_NAME = "figures_stale_days"


def stale_days_query() -> Select[Any]:
    """Return the query for the rule; it finds nothing while the usual one holds."""
    return select(WorkspaceSetting.value).where(WorkspaceSetting.name == _NAME)


def read_stale_days(tx: Tx) -> int:
    """Return the rule."""
    value = tx.session.scalar(stale_days_query())
    return STALE_DAYS if value is None else int(value)


def set_stale_days(tx: Tx, days: int | None, *, actor: str) -> Change:
    """Change the rule, for everybody."""
    if days is None or not LEAST <= days <= MOST:
        raise InvalidError(say("Choose a number of days from %(least)s to %(most)s.", least=LEAST, most=MOST))
    before = read_stale_days(tx)
    _put(tx, days)
    summary = say("Figures are stale after %(num)s days", num=days)
    return record_change(tx, KIND, actor=actor, summary=summary, data={"before": before, "after": days})


def reverse_stale_days(tx: Tx, change: Change, actor: str) -> Undone:
    """Let the rule before hold again; it stands on nobody's timeline."""
    del actor
    if read_stale_days(tx) != change.data["after"]:
        return Undone(change=change, undone=0, left=1, why=say("Somebody changed it since."))
    _put(tx, change.data["before"])
    return Undone(change=change, undone=1)


def _put(tx: Tx, days: int) -> None:
    row = tx.session.get(WorkspaceSetting, _NAME)
    if row is None:
        tx.session.add(WorkspaceSetting(name=_NAME, value=days))
    else:
        row.value = days
    tx.session.flush()
