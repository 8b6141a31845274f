"""Use cases: the open runs of a sequence with their mails and tasks, read many at a time, and locked when asked."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from crm.models import Contact, Task
from kit.together import Together
from kit.tx import Tx
from sequences.course.runs import WAITING
from sequences.models import Enrolment, Send

_AT_ONCE = 500
_UNDER_WAY = (*WAITING, "claimed", "sending", "unknown")


class Mail(NamedTuple):
    """One mail of a run."""

    id: int
    enrolment_id: int | None
    step_key: str | None
    step: int
    state: str
    reason: str
    variant: str
    approved_by: str
    explanation: dict[str, Any]
    planned_at: datetime
    due_at: datetime
    expires_at: datetime | None
    created_at: datetime

    @property
    def is_by_hand(self) -> bool:
        """Whether a person approved it, or wrote some of its words."""
        return bool(self.approved_by or any(self.explanation.get(word) for word in ("edited", "own_subject", "filled")))


class ByHand(NamedTuple):
    """One step of a run that a person does."""

    id: int
    key: str
    is_done: bool


@dataclass(slots=True, kw_only=True)
class StandingRun:
    """A run as it stands. `free` are its waiting mails that nobody is about to send: only these may be changed."""

    run: Enrolment
    contact: Contact
    mails: list[Mail] = field(default_factory=list)
    tasks: list[ByHand] = field(default_factory=list)
    free: set[int] = field(default_factory=set)

    @property
    def mail(self) -> Mail | None:
        """The mail that waits or is on its way."""
        return next((mail for mail in self.mails if mail.state in _UNDER_WAY), None)

    @property
    def task(self) -> ByHand | None:
        """The step that waits for a person to do it."""
        return next((task for task in self.tasks if not task.is_done), None)

    @property
    def mailed(self) -> set[str]:
        """The steps that have a mail, whatever became of it."""
        return {mail.step_key for mail in self.mails if mail.step_key}


def read_standing(tx: Tx, run_ids: Collection[int], *, lock: bool = False) -> Iterator[StandingRun]:
    """Yield these runs in the order of their numbers.

    With `lock` nobody else changes them, or mails of theirs that wait, until this transaction ends; a mail that
    somebody holds at this moment is left to them.
    """
    numbers = sorted(run_ids)
    for begin in range(0, len(numbers), _AT_ONCE):
        yield from _read_some(tx, numbers[begin : begin + _AT_ONCE], lock=lock)


def _read_some(tx: Tx, numbers: list[int], *, lock: bool) -> Iterator[StandingRun]:
    query = select(Enrolment, Contact).join(Contact, Contact.id == Enrolment.contact_id)
    query = query.where(Enrolment.id.in_(numbers)).order_by(Enrolment.id)
    waiting = select(Send.id).where(Send.enrolment_id.in_(numbers), Send.state.in_(WAITING)).order_by(Send.id)
    if lock:
        # The run first, as all who end runs do. Who holds a mail will ask for its run: waiting for both could tie.
        query = query.with_for_update(of=Enrolment).execution_options(populate_existing=True)
        waiting = waiting.with_for_update(skip_locked=True)
    found = {run.id: StandingRun(run=run, contact=contact) for run, contact in tx.session.execute(query)}
    free = set(tx.session.scalars(waiting)) if lock else None
    people = list({one.contact.id for one in found.values()})
    mails, tasks = _OF_RUNS.ask(tx, {"runs": numbers, "people": people})
    for row in sorted(mails, key=itemgetter(0)):
        mail = Mail._make(row)
        standing = found[mail.enrolment_id or 0]
        standing.mails.append(mail)
        if mail.state in WAITING if free is None else mail.id in free:
            standing.free.add(mail.id)
    for task_id, ref, done_at in sorted(tasks, key=itemgetter(0)):
        word, _, rest = (ref or "").partition(":")
        run_id, _, key = rest.partition(":")
        if word == "run" and run_id.isdigit() and int(run_id) in found:
            found[int(run_id)].tasks.append(ByHand(task_id, key, done_at is not None))
    yield from found.values()


_OF_RUNS = Together(
    select(*(getattr(Send, name) for name in Mail._fields)).where(
        Send.enrolment_id.in_(bindparam("runs", expanding=True))
    ),
    select(Task.id, Task.ref, Task.done_at).where(
        Task.kind == "step", Task.contact_id.in_(bindparam("people", expanding=True))
    ),
)
