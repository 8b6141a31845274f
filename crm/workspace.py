"""Use cases: settings of the workspace that decide whether mail leaves; read in one query a transaction."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import select

from crm.models import WorkspaceSetting
from kit.tx import Tx

_CACHE = "workspace_rules"
RULES = ("holidays", "limits", "team_rules")
_READ = select(WorkspaceSetting.name, WorkspaceSetting.value).where(WorkspaceSetting.name.in_(RULES))


def read_rules(tx: Tx, name: str) -> Mapping[str, Any]:
    """Return what one of `RULES` says, nothing when it was never set."""
    kept = tx.session.info.get(_CACHE)
    if kept is None:
        kept = tx.session.info[_CACHE] = {row[0]: row[1] for row in tx.run(_READ)}
    return cast("Mapping[str, Any]", kept.get(name) or {})


def write_rules(tx: Tx, name: str, document: dict[str, Any]) -> None:
    """Keep what one of `RULES` says from now on."""
    row = tx.session.get(WorkspaceSetting, name)
    if row is None:
        tx.session.add(WorkspaceSetting(name=name, value=document))
    else:
        row.value = document
    tx.session.flush()
    tx.session.info.pop(_CACHE, None)
