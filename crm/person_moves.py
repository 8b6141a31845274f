"""Use cases: a person moves another to a stage, by hand, with a reason; taken back through Recent changes."""

from crm.changes import Undone, record_change
from crm.contacts import display_name, get_contact
from crm.models import Change
from crm.pipeline import move_stage, undo_move
from kit.errors import ConflictError, say
from kit.tx import Tx

STAGE = "contact.stage"


def move_person(tx: Tx, contact_id: int, brand_id: int, stage: str, *, actor: str, why: str = "") -> Change | None:
    """Move to a stage; None when it stands there already."""
    contact = get_contact(tx, contact_id)
    entry = move_stage(tx, contact.id, brand_id, stage, actor=actor, cause=why)
    if entry is None:
        return None
    summary = say("Moved %(name)s to %(stage)s", name=display_name(contact), stage=stage)
    return record_change(tx, STAGE, actor=actor, summary=summary, data={"contact": contact.id, "entry": entry.id})


def reverse_stage(tx: Tx, change: Change, actor: str) -> Undone:
    """Move back, unless another move came after."""
    try:
        undo_move(tx, change.data["entry"], actor=actor)
    except ConflictError:
        return Undone(change=change, undone=0, left=1, why=say("Somebody changed it since."))
    return Undone(change=change, undone=1)
