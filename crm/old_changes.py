"""Use cases: what can be taken back no more loses what it would have put back; who did what, and when, stays.

The numbers of the rows it was about stay, too: by them erasing a person finds what was done with them.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select, text

from crm.changes import KEPT_FOR
from crm.models import Change
from crm.models.change import HOLDS
from kit.tx import Database, Tx

# A change of many people is long: a part is small, and the next beat takes the next one.
PART = 100
_NUMBERS = frozenset({
    "contact", "contact_id", "contacts", "contact_ids", "pair", "task", "note", "run", "entries", "threads", "traces",
    "themes", "import_id", "user_id",
})  # fmt: skip
# When it was done: so an import that is taken back later knows what is no history of people.
_INSTANTS = "instants"


def empty_old_changes(database: Database, *, most: int = PART) -> int:
    """Empty some changes too old to be taken back; reads first, so that an idle beat writes nothing."""
    with database.reading() as tx:
        if tx.session.scalar(_old(tx).limit(1)) is None:
            return 0
    with database.transaction() as tx:
        # Two beats at once: each takes what the other does not hold.
        rows = tx.session.scalars(_old(tx).limit(most).with_for_update(skip_locked=True)).all()
        for change in rows:
            change.data, change.emptied = keep_numbers(change.data), True
    return len(rows)


def keep_numbers(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return of what a change holds only what it was about, by numbers, and its instants."""
    kept = {name: _numbers(value) for name, value in data.items() if name in _NUMBERS}
    kept |= {name: value for name, value in data.items() if name == _INSTANTS}
    return {name: value for name, value in kept.items() if value is not None}


def _old(tx: Tx) -> Select[Change]:
    return select(Change).where(text(HOLDS), Change.at < tx.now - KEPT_FOR).order_by(Change.at, Change.id)


def _numbers(value: Any) -> Any:
    """Return a number, or the numbers of a list, whose parts may begin with theirs; None for anything else."""
    if isinstance(value, int):
        return value
    if not isinstance(value, list):
        return None
    firsts = (part[0] if isinstance(part, list) and part else part for part in value)
    return [part for part in firsts if isinstance(part, int)]
