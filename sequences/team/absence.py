"""Use cases: what a leave that lets sequences wait does to waiting mail, and what its end sets free again."""

from datetime import datetime

from sqlalchemy import select, update

from crm import leaves
from crm.changes import Undone
from crm.models import Change, Leave, Mailbox
from kit.errors import ConflictError, NotFoundError
from kit.tx import Tx
from sequences.course.runs import stale_at
from sequences.models import Send


def end_leave(tx: Tx, leave_id: int, *, actor: str) -> Leave:
    """End a leave before its time; mail that waited for that day may leave again now, with its wait forgiven."""
    until = leaves.get_leave(tx, leave_id).back_at
    leave = leaves.end_leave(tx, leave_id, actor=actor)
    _set_free(tx, leave, until)
    return leave


def reverse_leave(tx: Tx, change: Change, actor: str) -> Undone:
    """Take a leave back that somebody planned; one that is over stays."""
    try:
        end_leave(tx, change.data["leave"], actor=actor)
    except (ConflictError, NotFoundError) as error:
        return Undone(change=change, undone=0, left=1, why=error.sentence)
    return Undone(change=change, undone=1)


def _set_free(tx: Tx, leave: Leave, until: datetime) -> None:
    """Let what was put off to the very end of a leave be looked at now; conditional, as a worker may hold some."""
    boxes = select(Mailbox.id).where(Mailbox.owner_id == leave.user_id)
    waiting = update(Send).where(
        Send.mailbox_id.in_(boxes), Send.state == "scheduled", Send.enrolment_id.is_not(None), Send.due_at == until
    )
    tx.session.execute(
        waiting.values(due_at=tx.now, expires_at=stale_at(tx.now)).execution_options(synchronize_session="fetch")
    )
