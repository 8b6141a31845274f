"""Use cases: what arrived after a merge goes back with whom it clearly belongs to: by conversation, run or address."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update

from crm.models import (
    ContactAddress,
    Feedback,
    Handle,
    Message,
    Proposal,
    Relationship,
    Suppression,
    Task,
    Thread,
    TimelineEntry,
)
from kit.tx import Tx
from sequences.course.runs import OPEN
from sequences.models import Enrolment, Send

# What can arrive for a person while two are one.
_ARRIVES: tuple[Any, ...] = (
    Thread, Message, Enrolment, Send, Proposal, Feedback, Suppression, Task, TimelineEntry,
)  # fmt: skip
_TOLD: tuple[Any, ...] = (Message, Send, Enrolment, Task, Feedback)


@dataclass(slots=True)
class Since:
    """How many things went back with the one who was absorbed, and how many stay, by table."""

    back: Counter[str] = field(default_factory=Counter)
    stayed: Counter[str] = field(default_factory=Counter)


def find_newest(tx: Tx) -> dict[str, int]:
    """Return the highest number of each table: what is above it came since."""
    tx.session.flush()
    return {model.__tablename__: tx.session.scalar(select(func.max(model.id))) or 0 for model in _ARRIVES}


def sort_out(tx: Tx, data: Mapping[str, Any]) -> Since:
    """Give the absorbed contact what came since and is clearly theirs; call it when the rows from before are back."""
    absorbed = data["absorbed"]
    sorting = _Sorting(tx, data["survivor"], absorbed, data["newest"])
    emails = set(tx.session.scalars(select(ContactAddress.email).where(ContactAddress.contact_id == absorbed)))
    sorting.threads(emails)
    theirs = select(Thread.id).where(Thread.contact_id == absorbed)
    lone = Message.thread_id.is_(None) & Message.sender.in_(emails)
    sorting.move(Message, Message.thread_id.in_(theirs) | lone)
    sorting.runs(emails)
    runs = select(Enrolment.id).where(Enrolment.contact_id == absorbed)
    sorting.move(Send, Send.enrolment_id.in_(runs) | (Send.enrolment_id.is_(None) & Send.email.in_(emails)))
    letters = select(Message.id).where(Message.contact_id == absorbed)
    sorting.move(Proposal, Proposal.message_id.in_(letters))
    sorting.move(Feedback, Feedback.message_id.in_(letters))
    sorting.move(Suppression, Suppression.target.in_(emails))
    sorting.steps()
    sorting.entries()
    for model in _TOLD:
        sorting.count_stayed(model)
    tx.session.expire_all()
    return sorting.since


class _Sorting:
    """One look at what came since, table by table."""

    def __init__(self, tx: Tx, survivor: int, absorbed: int, newest: Mapping[str, int]) -> None:
        self.tx, self.survivor, self.absorbed, self.newest = tx, survivor, absorbed, newest
        self.since = Since()

    def came(self, model: Any) -> ColumnElement[bool]:
        """Return what tells the survivor's rows that came since the merge."""
        return and_(model.contact_id == self.survivor, model.id > self.newest.get(model.__tablename__, 0))

    def move(self, model: Any, which: ColumnElement[bool]) -> None:
        """Give back the rows that fit."""
        moved = self.tx.session.execute(
            update(model)
            .where(self.came(model), which)
            .values(contact_id=self.absorbed)
            .returning(model.id)
            .execution_options(synchronize_session=False)
        ).all()
        self.since.back[model.__tablename__] += len(moved)

    def count_stayed(self, model: Any) -> None:
        """Count what stays with the survivor."""
        query = select(func.count(model.id)).where(self.came(model))
        self.since.stayed[model.__tablename__] += self.tx.session.scalar(query) or 0

    def threads(self, emails: Collection[str]) -> None:
        """Give back conversations whose every other end is one of their addresses."""
        ends: dict[int, set[str]] = {}
        query = select(Message.thread_id, Message.direction, Message.sender, Message.recipients)
        mine = select(Thread.id).where(self.came(Thread))
        for number, direction, sender, recipients in self.tx.session.execute(query.where(Message.thread_id.in_(mine))):
            ends.setdefault(number or 0, set()).update([sender] if direction == "in" else recipients)
        theirs = [number for number, found in ends.items() if found and found <= set(emails)]
        self.move(Thread, Thread.id.in_(theirs))

    def runs(self, emails: Collection[str]) -> None:
        """Give back runs to their addresses, unless a run of theirs in the same sequence is open again."""
        open_again = select(Enrolment.sequence_id).where(
            Enrolment.contact_id == self.absorbed, Enrolment.state.in_(OPEN)
        )
        inside = set(self.tx.session.scalars(open_again))
        free = Enrolment.state.not_in(OPEN) | Enrolment.sequence_id.not_in(inside)
        self.move(Enrolment, Enrolment.email.in_(emails) & free)

    def steps(self) -> None:
        """Give back the steps to be done by hand of their runs."""
        runs = set(self.tx.session.scalars(select(Enrolment.id).where(Enrolment.contact_id == self.absorbed)))
        tasks = self.tx.session.execute(select(Task.id, Task.ref).where(self.came(Task), Task.kind == "step"))
        theirs = [number for number, ref in tasks if (run := run_of(ref)) is not None and run in runs]
        self.move(Task, Task.id.in_(theirs))

    def entries(self) -> None:
        """Give back what the timeline says about their mails, runs, tasks, accounts, addresses and conversations."""
        owners: dict[str, Any] = {"enrolment": Enrolment, "send": Send, "task": Task, "handle": Handle,
                                  "address": ContactAddress, "thread": Thread}  # fmt: skip
        owned = {
            name: set(self.tx.session.scalars(select(model.id).where(model.contact_id == self.absorbed)))
            for name, model in owners.items()
        }
        letters = set(self.tx.session.scalars(select(Message.id).where(Message.contact_id == self.absorbed)))
        entry = TimelineEntry
        query = select(entry.id, entry.message_id, entry.data).where(self.came(entry), entry.kind != "merged")
        theirs = [
            number
            for number, message_id, data in self.tx.session.execute(query)
            if message_id in letters or any(data.get(name) in ids for name, ids in owned.items())
        ]
        self.move(entry, entry.id.in_(theirs))


def run_of(ref: str | None) -> int | None:
    """Return the run that a step to be done by hand belongs to."""
    word, _, rest = (ref or "").partition(":")
    number = rest.partition(":")[0]
    return int(number) if word == "run" and number.isdigit() else None


def refresh_turns(tx: Tx, contact_ids: Collection[int]) -> None:
    """Let relationships say again when each side last wrote, as their conversations do."""
    for row in tx.session.scalars(select(Relationship).where(Relationship.contact_id.in_(contact_ids))):
        newest = select(func.max(Thread.last_in_at), func.max(Thread.last_out_at)).where(
            Thread.contact_id == row.contact_id, Thread.brand_id == row.brand_id
        )
        last_in, last_out = tx.session.execute(newest).one()
        row.last_in_at, row.last_out_at = last_in, last_out
