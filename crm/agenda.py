"""Use cases: what one person is owed next: open tasks, and promises that are open or wait for a yes. One query."""

from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from crm.models import Contact, Promise, Task, User
from crm.promise_list import PromiseRow
from crm.promises import OPEN, PROPOSED
from crm.task_list import SECTION, TaskRow
from kit.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """Both in the order in which they are due; promises that wait for a yes come first."""

    tasks: tuple[TaskRow, ...]
    promises: tuple[PromiseRow, ...]

    @property
    def proposed(self) -> tuple[PromiseRow, ...]:
        """What we seem to have promised."""
        return tuple(row for row in self.promises if row.promise.state == PROPOSED)

    @property
    def open(self) -> tuple[PromiseRow, ...]:
        """What we have promised."""
        return tuple(row for row in self.promises if row.promise.state == OPEN)


def read_agenda(tx: Tx, contact_id: int) -> Agenda:
    """Return what is to be done for a person; few rows of either kind, so each beside each costs little."""
    assignee, promiser = aliased(User), aliased(User)
    query = (
        select(Contact, Task, assignee, Promise, promiser)
        .select_from(Contact)
        .outerjoin(Task, and_(Task.contact_id == Contact.id, Task.done_at.is_(None)))
        .outerjoin(assignee, assignee.id == Task.assignee_id)
        .outerjoin(Promise, and_(Promise.contact_id == Contact.id, Promise.state.in_((OPEN, PROPOSED))))
        .outerjoin(promiser, promiser.id == Promise.user_id)
        .where(Contact.id == contact_id)
        .order_by(
            Task.due_on.is_(None), Task.due_on, Task.id,
            Promise.state.desc(), Promise.due_on.is_(None), Promise.due_on, Promise.id,
        )
        .limit(SECTION * 5)
    )  # fmt: skip
    found_tasks: dict[int, TaskRow] = {}
    promises: dict[int, PromiseRow] = {}
    for contact, task, who, promise, user in tx.session.execute(query):
        if task is not None:
            found_tasks[task.id] = TaskRow(task=task, contact=contact, assignee=who)
        if promise is not None:
            promises[promise.id] = PromiseRow(promise=promise, contact=contact, user=user)
    return Agenda(tasks=tuple(found_tasks.values()), promises=tuple(promises.values()))
