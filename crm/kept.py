"""Use cases: figures that take too long to count for a page: kept by the beat, each with the instant it was counted."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select, text

from crm.models import KeptFigures
from kit.db import Base
from kit.tx import Tx

_FRESH = timedelta(minutes=15)
_HOLDS = timedelta(hours=2)


def ask_kept(name: str, now: datetime) -> Select[datetime, dict[str, Any]]:
    """Return the question for what was kept under a name, and as of when; what no beat looked after is not told."""
    fresh = KeptFigures.at > now - _HOLDS
    return select(KeptFigures.at, KeptFigures.document).where(KeptFigures.name == name, fresh)


def is_due(tx: Tx, name: str) -> bool:
    """Return whether figures were never counted, or too long ago."""
    at = tx.session.scalar(select(KeptFigures.at).where(KeptFigures.name == name))
    return at is None or at <= tx.now - _FRESH


def keep(tx: Tx, name: str, document: dict[str, Any], *, at: datetime | None = None) -> None:
    """Keep figures under a name, counted now or `at` an instant before."""
    lock(tx, KeptFigures)
    row = tx.session.get(KeptFigures, name)
    if row is None:
        tx.session.add(KeptFigures(name=name, at=at or tx.now, document=document))
    else:
        row.at, row.document = at or tx.now, document


def lock(tx: Tx, model: type[Base]) -> None:
    """Let nobody else write to a table until this transaction ends: two beats may count at once.

    Who reads is not held up. On SQLite one writes at a time anyway.
    """
    if tx.session.get_bind().dialect.name == "postgresql":
        tx.session.execute(text(f"LOCK TABLE {model.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))
