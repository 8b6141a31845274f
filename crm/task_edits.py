"""Use cases: a task called something else, or taken away with a way back; a step of a sequence is neither."""

from datetime import date, datetime
from typing import Any

from crm.changes import Undone, is_its, record_change
from crm.models import Change, Contact, Task, User
from crm.tasks import get_task
from crm.timeline import record_entry
from kit.errors import ConflictError, InvalidError, RefusedError, say
from kit.tx import Tx

TITLE, REMOVED = "task.title", "task.removed"
MOST = 500


def rename_task(tx: Tx, task_id: int, title: str, *, actor: str) -> Change | None:
    """Say it in other words; None when it says so already."""
    task, title = _get_own(tx, task_id), title.strip()[:MOST]
    if not title:
        raise InvalidError(say("Say what is to be done."))
    before = task.title
    if title == before:
        return None
    task.title = title
    words = say("Task in other words: %(task)s", task=title)
    _tell(tx, task, words, actor)
    data = {"task": task.id, "before": before, "after": title}
    return record_change(tx, TITLE, actor=actor, summary=words, data=data)


def remove_task(tx: Tx, task_id: int, *, actor: str) -> Change:
    """Take a task away that need not be done."""
    task = _get_own(tx, task_id)
    words = say("Task removed: %(task)s", task=task.title)
    _tell(tx, task, words, actor)
    kept = {
        "title": task.title, "contact": task.contact_id, "brand": task.brand_id, "assignee": task.assignee_id,
        "due_on": task.due_on.isoformat() if task.due_on else None, "created_at": task.created_at.isoformat(),
        "body": task.body, "channel": task.channel,
    }  # fmt: skip
    change = record_change(tx, REMOVED, actor=actor, summary=words, data=kept)
    tx.session.delete(task)
    tx.session.flush()
    return change


def reverse_title(tx: Tx, change: Change, actor: str) -> Undone:
    """Let a task say what it said."""
    task = tx.session.get(Task, change.data["task"])
    if task is None or not is_its(change, task) or task.done_at is not None or task.title != change.data["after"]:
        return Undone(change=change, undone=0, left=1, why=say("Somebody changed it since."))
    task.title = change.data["before"]
    _tell(tx, task, say("Task in other words: %(task)s", task=task.title), actor)
    return Undone(change=change, undone=1)


def reverse_removal(tx: Tx, change: Change, actor: str) -> Undone:
    """Put a task back, unless its person is gone."""
    kept: dict[str, Any] = change.data
    contact = tx.session.get(Contact, kept["contact"]) if kept["contact"] else None
    if kept["contact"] and (contact is None or contact.erased_at):
        return Undone(change=change, undone=0, left=1, why=say("The person is not here any more."))
    assignee = tx.session.get(User, kept["assignee"]) if kept["assignee"] else None
    task = Task(
        title=kept["title"], contact_id=kept["contact"], brand_id=kept["brand"],
        assignee_id=assignee.id if assignee else None, created_at=datetime.fromisoformat(kept["created_at"]),
        due_on=date.fromisoformat(kept["due_on"]) if kept["due_on"] else None, body=kept["body"],
        channel=kept["channel"],
    )  # fmt: skip
    tx.session.add(task)
    tx.session.flush()
    _tell(tx, task, say("Task put back: %(task)s", task=task.title), actor)
    return Undone(change=change, undone=1)


def _get_own(tx: Tx, task_id: int) -> Task:
    task = get_task(tx, task_id)
    if task.kind == "step" or task.ref:
        raise RefusedError(say("This belongs to a sequence. Mark it done, or take the person out of the sequence."))
    if task.done_at is not None:
        raise ConflictError(say("The task is done already."))
    return task


def _tell(tx: Tx, task: Task, summary: str, actor: str) -> None:
    if task.contact_id:
        data = {"task": task.id}
        record_entry(tx, task.contact_id, "task", str(summary), actor=actor, brand_id=task.brand_id, data=data)
