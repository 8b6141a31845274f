"""Use cases: things a person has to do."""

from datetime import date

from sqlalchemy import select

from crm.models import Task, User
from crm.timeline import record_entry
from kit.errors import NotFoundError, say
from kit.tx import Tx


def create_task(
    tx: Tx,
    title: str,
    *,
    actor: str,
    contact_id: int | None = None,
    brand_id: int | None = None,
    due_on: date | None = None,
    assignee_id: int | None = None,
) -> Task:
    """Add something to do; for nobody in particular without an assignee."""
    if assignee_id is not None and tx.session.get(User, assignee_id) is None:
        raise NotFoundError(say("There is no such colleague."))
    task = Task(
        contact_id=contact_id,
        brand_id=brand_id,
        title=title.strip(),
        due_on=due_on,
        assignee_id=assignee_id,
        created_at=tx.now,
    )
    tx.session.add(task)
    tx.session.flush()
    if contact_id:
        record_entry(tx, contact_id, "task", title.strip(), actor=actor, brand_id=brand_id, data={"task": task.id})
    return task


def find_task_by_ref(tx: Tx, ref: str) -> Task | None:
    """Return the task that stands for `ref`."""
    return tx.session.scalar(select(Task).where(Task.ref == ref))


def get_task(tx: Tx, task_id: int) -> Task:
    """Return a task, or refuse."""
    task = tx.session.get(Task, task_id)
    if task is None:
        raise NotFoundError(say("There is no such task."))
    return task


def complete_task(tx: Tx, task_id: int, *, actor: str) -> Task:
    """Mark as done; doing it twice changes nothing."""
    task = get_task(tx, task_id)
    if task.done_at is None:
        task.done_at, task.done_by = tx.now, actor
        if task.contact_id:
            record_entry(
                tx,
                task.contact_id,
                "task_done",
                say("Done: %(title)s", title=task.title),
                actor=actor,
                brand_id=task.brand_id,
                data={"task": task.id},
            )
    return task
