"""Use cases: what people did with somebody erased: the way back goes with the data it would put back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from crm.changes import keep_words
from crm.models import Change, Feedback, Task, Thread, TimelineEntry
from crm.survivors import find_absorbed
from kit.errors import say
from kit.tx import Tx
from sequences.models import Enrolment

KIND = "erased"
_STRETCH = 500
_BULK = "bulk_"
_OF_PERSON = ("contact", "contact_id")
_OF_PEOPLE = ("contacts", "contact_ids")


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """By which numbers changes may name one person. Read before their rows go, kept while the search lasts."""

    contact_id: int
    by_key: dict[str, frozenset[int]]
    by_list: dict[str, frozenset[int]]

    def document(self) -> dict[str, Any]:
        """Return what a row keeps of it."""
        kept = ({key: sorted(numbers) for key, numbers in one.items()} for one in (self.by_key, self.by_list))
        return {"contact_id": self.contact_id, **dict(zip(("by_key", "by_list"), kept, strict=True))}

    @classmethod
    def of_document(cls, kept: dict[str, Any]) -> "Theirs":
        """Return what a row kept."""
        by_key, by_list = (
            {key: frozenset(numbers) for key, numbers in kept[name].items()} for name in ("by_key", "by_list")
        )
        return cls(contact_id=kept["contact_id"], by_key=by_key, by_list=by_list)


def blank_deeds(tx: Tx, several: Sequence[Theirs], after: int) -> int | None:
    """Empty the changes after a number that are about these people; acts on many people lose these ones.

    Returns how far it came, None at the end. What only names somebody in its words is found with all other traces.
    """
    query = select(Change).where(Change.id > after, Change.kind != KIND).order_by(Change.id).limit(_STRETCH)
    changes = tx.session.scalars(query).all()
    for change in changes:
        if change.kind.startswith(_BULK):
            _leave_out(change, "traces", frozenset(one.contact_id for one in several))
        elif any(_is_theirs(change, one) for one in several):
            empty(change)
    return changes[-1].id if len(changes) == _STRETCH else None


def _is_theirs(change: Change, theirs: Theirs) -> bool:
    listed = [_leave_out(change, key, numbers) for key, numbers in theirs.by_list.items()]
    return any(left == 0 for left in listed) or _is_about(change.data, theirs)


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


def read_theirs(tx: Tx, contact_id: int) -> Theirs:
    """Return by which numbers changes may name a person: also by those they had before they were merged."""
    absorbed = find_absorbed(tx, contact_id)

    def numbers(column: Any, owner: Any) -> frozenset[int]:
        return frozenset(tx.session.scalars(select(column).where(owner == contact_id)))

    return Theirs(
        contact_id=contact_id,
        by_key={
            "task": numbers(Task.id, Task.contact_id),
            "note": numbers(Feedback.id, Feedback.contact_id),
            "run": numbers(Enrolment.id, Enrolment.contact_id),
            **dict.fromkeys(_OF_PERSON, absorbed),
        },
        # Numbers of removed rows may be given anew: a way back must not lead to somebody else.
        by_list={
            "entries": numbers(TimelineEntry.id, TimelineEntry.contact_id),
            "threads": numbers(Thread.id, Thread.contact_id),
        },
    )


def _is_about(data: dict[str, Any], theirs: Theirs) -> bool:
    if any(data.get(key) == theirs.contact_id for key in _OF_PERSON):
        return True
    if any(_holds(data.get(key), theirs.contact_id) for key in _OF_PEOPLE):
        return True
    return any(data.get(key) in numbers for key, numbers in theirs.by_key.items() if isinstance(data.get(key), int))


def _holds(value: Any, contact_id: int) -> bool:
    return isinstance(value, Collection) and contact_id in value
