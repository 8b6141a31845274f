"""Use cases: tasks as lists, whose they are and when they are due; done and moved with a way back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select

from crm.changes import Undone, is_its, record_change
from crm.models import Change, Contact, Task, User
from crm.tasks import complete_task, get_task
from crm.timeline import record_entry
from kit.errors import NotFoundError, say
from kit.tx import Tx

DONE, PLAN = "task.done", "task.plan"
SECTION = 50
_DONE_SHOWN = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """One task with whom it is about and who does it."""

    task: Task
    contact: Contact | None
    assignee: User | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSections:
    """Open tasks: overdue, due today, later or without a date. At most `SECTION` each."""

    overdue: tuple[TaskRow, ...]
    today: tuple[TaskRow, ...]
    later: tuple[TaskRow, ...]


def list_sections(
    tx: Tx, today: date, *, user_ids: Collection[int] | None, brand_id: int | None = None
) -> TaskSections:
    """Return open tasks of some colleagues, with those that are nobody's, or of everyone; of all brands or one."""
    soon = _rows(tx, _open(user_ids, brand_id).where(Task.due_on <= today).limit(2 * SECTION))
    later = _open(user_ids, brand_id).where(or_(Task.due_on > today, Task.due_on.is_(None))).limit(SECTION)
    return TaskSections(
        overdue=tuple(row for row in soon if row.task.due_on and row.task.due_on < today),
        today=tuple(row for row in soon if row.task.due_on == today),
        later=tuple(_rows(tx, later)),
    )


def list_due(tx: Tx, today: date, *, user_ids: Collection[int] | None, limit: int = 20) -> list[TaskRow]:
    """Return what some colleagues have to do by today, with what is nobody's, or all; the oldest first."""
    return _rows(tx, _open(user_ids).where(Task.due_on <= today).limit(limit))


def list_done(tx: Tx, *, user_id: int | None, brand_id: int | None = None) -> list[TaskRow]:
    """Return what was done in the last 30 days, the newest first."""
    query = _query(brand_id).where(Task.done_at > tx.now - _DONE_SHOWN)
    if user_id is not None:
        query = query.where(or_(Task.assignee_id == user_id, Task.done_by == f"user:{user_id}"))
    return _rows(tx, query.order_by(Task.done_at.desc(), Task.id.desc()).limit(SECTION))


def finish_task(tx: Tx, task_id: int, *, actor: str) -> tuple[Task, Change | None]:
    """Mark as done. A step of a sequence moves the sequence on, so only other tasks can be opened again."""
    is_open = get_task(tx, task_id).done_at is None
    task = complete_task(tx, task_id, actor=actor)
    if not is_open or task.kind == "step":
        return task, None
    data = {"task": task.id}
    return task, record_change(tx, DONE, actor=actor, summary=say("Done: %(task)s", task=task.title), data=data)


def plan_task(tx: Tx, task_id: int, *, due_on: date | None, assignee_id: int | None, actor: str) -> Change | None:
    """Move a task to another day or give it to somebody; None when it is so already."""
    task = get_task(tx, task_id)
    if assignee_id is not None and tx.session.get(User, assignee_id) is None:
        raise NotFoundError(say("There is no such colleague."))
    before = _plan(task)
    task.due_on, task.assignee_id = due_on, assignee_id
    if _plan(task) == before:
        return None
    _tell(tx, task, say("Planned anew: %(task)s", task=task.title), actor)
    data = {"task": task.id, "before": before, "after": _plan(task)}
    return record_change(tx, PLAN, actor=actor, summary=say("Planned anew: %(task)s", task=task.title), data=data)


def reverse_done(tx: Tx, change: Change, actor: str) -> Undone:
    """Open a task again."""
    task = tx.session.get(Task, change.data["task"])
    if task is None or not is_its(change, task) or task.done_at is None:
        return Undone(change=change, undone=0, left=1, why=_since())
    task.done_at, task.done_by = None, ""
    _tell(tx, task, say("Open again: %(task)s", task=task.title), actor)
    return Undone(change=change, undone=1)


def reverse_plan(tx: Tx, change: Change, actor: str) -> Undone:
    """Put a task back to its day and its person."""
    task = tx.session.get(Task, change.data["task"])
    is_same = task is not None and is_its(change, task) and task.done_at is None
    if task is None or not is_same or _plan(task) != change.data["after"]:
        return Undone(change=change, undone=0, left=1, why=_since())
    before = change.data["before"]
    task.due_on = date.fromisoformat(before["due_on"]) if before["due_on"] else None
    task.assignee_id = before["assignee"]
    _tell(tx, task, say("Planned as before: %(task)s", task=task.title), actor)
    return Undone(change=change, undone=1)


def _plan(task: Task) -> dict[str, Any]:
    return {"due_on": task.due_on.isoformat() if task.due_on else None, "assignee": task.assignee_id}


def _tell(tx: Tx, task: Task, summary: str, actor: str) -> None:
    if task.contact_id:
        data = {"task": task.id}
        record_entry(tx, task.contact_id, "task", str(summary), actor=actor, brand_id=task.brand_id, data=data)


def _query(brand_id: int | None = None) -> Select[Task, Contact, User]:
    query = (
        select(Task, Contact, User)
        .outerjoin(Contact, Contact.id == Task.contact_id)
        .outerjoin(User, User.id == Task.assignee_id)
        .where(or_(Task.contact_id.is_(None), and_(Contact.id.is_not(None), Contact.erased_at.is_(None))))
    )
    return query if brand_id is None else query.where(Task.brand_id == brand_id)


def _open(user_ids: Collection[int] | None, brand_id: int | None = None) -> Select[Task, Contact, User]:
    query = _query(brand_id).where(Task.done_at.is_(None)).order_by(Task.due_on.is_(None), Task.due_on, Task.id)
    if user_ids is None:
        return query
    return query.where(or_(Task.assignee_id.in_(list(user_ids)), Task.assignee_id.is_(None)))


def _rows(tx: Tx, query: Select[Task, Contact, User]) -> list[TaskRow]:
    return [
        TaskRow(task=task, contact=contact, assignee=assignee) for task, contact, assignee in tx.session.execute(query)
    ]


def _since() -> str:
    return say("Somebody changed it since.")
