"""Use cases: what people did with somebody erased: the way back goes with the data it would put back."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from crm.changes import keep_words
from crm.models import Change, Feedback, Task, Thread, TimelineEntry
from kit.errors import say
from kit.tx import Tx
from sequences.models import Enrolment
from sequences.privacy.traces import Traces

KIND = "erased"
_BULK = "bulk_"
_OF_PERSON = ("contact", "contact_id")
_OF_PEOPLE = ("contacts", "contact_ids")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Theirs:
    """By which numbers changes may name one person."""

    contact_id: int
    by_key: dict[str, frozenset[int]]
    by_list: dict[str, frozenset[int]]


def blank_deeds(tx: Tx, contact_id: int, traces: Traces) -> None:
    """Empty each change that is about this person or holds their data; acts on many people lose this one."""
    theirs = _read(tx, contact_id)
    for change in tx.session.scalars(select(Change).where(Change.kind != KIND).execution_options(yield_per=500)):
        if change.kind.startswith(_BULK):
            _leave_out(change, "traces", frozenset({contact_id}))
            continue
        listed = [_leave_out(change, key, numbers) for key, numbers in theirs.by_list.items()]
        names_them = traces.scrub_document(change.data) != change.data
        if any(left == 0 for left in listed) or _is_about(change.data, theirs) or names_them:
            empty(change)


def empty(change: Change) -> None:
    """Leave of a change that there was one."""
    words = say("Something about a person who was erased")
    change.kind, change.data = KIND, {}
    change.summary, change.words = str(words), keep_words(words)


def _leave_out(change: Change, key: str, numbers: frozenset[int]) -> int | None:
    """Take what is theirs out of a list of a change; return how much is left, None where nothing was theirs."""
    listed = change.data.get(key)
    if not isinstance(listed, list):
        return None
    kept = [one for one in listed if (one[0] if isinstance(one, list) and one else one) not in numbers]
    if len(kept) == len(listed):
        return None
    change.data = {**change.data, key: kept}
    return len(kept)


def _read(tx: Tx, contact_id: int) -> _Theirs:
    def numbers(column: Any, owner: Any) -> frozenset[int]:
        return frozenset(tx.session.scalars(select(column).where(owner == contact_id)))

    return _Theirs(
        contact_id=contact_id,
        by_key={
            "task": numbers(Task.id, Task.contact_id),
            "note": numbers(Feedback.id, Feedback.contact_id),
            "run": numbers(Enrolment.id, Enrolment.contact_id),
        },
        # Numbers of removed rows may be given anew: a way back must not lead to somebody else.
        by_list={
            "entries": numbers(TimelineEntry.id, TimelineEntry.contact_id),
            "threads": numbers(Thread.id, Thread.contact_id),
        },
    )


def _is_about(data: dict[str, Any], theirs: _Theirs) -> bool:
    if any(data.get(key) == theirs.contact_id for key in _OF_PERSON):
        return True
    if any(_holds(data.get(key), theirs.contact_id) for key in _OF_PEOPLE):
        return True
    return any(data.get(key) in numbers for key, numbers in theirs.by_key.items() if isinstance(data.get(key), int))


def _holds(value: Any, contact_id: int) -> bool:
    return isinstance(value, Collection) and contact_id in value
