"""Use cases: stage moves made by people as changes that can be taken back while nobody moved them on."""

from collections.abc import Sequence

from crm.changes import Undone, record_change
from crm.contacts import get_contact
from crm.models import Change, TimelineEntry
from crm.pipeline import undo_move
from kit.errors import ConflictError, NotFoundError, say
from kit.tx import Tx

KIND = "stage.move"


def record_moves(tx: Tx, entries: Sequence[TimelineEntry], *, actor: str) -> Change | None:
    """Keep moves to one stage, given their timeline entries; None when nobody moved."""
    if not entries:
        return None
    target = entries[0].data["to"]
    if len(entries) == 1:
        contact = get_contact(tx, entries[0].contact_id)
        summary = say("%(name)s moved to %(stage)s", name=contact.name, stage=target)
    else:
        summary = say("%(count)s people moved to %(stage)s", count=len(entries), stage=target)
    data = {"entries": [entry.id for entry in entries]}
    return record_change(tx, KIND, actor=actor, summary=summary, count=len(entries), data=data)


def reverse_moves(tx: Tx, change: Change, actor: str) -> Undone:
    """Move people back to where they stood; those who moved on since stay."""
    undone = left = 0
    for entry_id in change.data["entries"]:
        entry = tx.session.get(TimelineEntry, entry_id)
        if entry is None or entry.at > change.at:  # SQLite gives the number of an entry that went anew
            left += 1
            continue
        try:
            undo_move(tx, entry_id, actor=actor)
            undone += 1
        except (ConflictError, NotFoundError):
            left += 1
    why = say("Whoever has moved on since stays there.") if left else ""
    return Undone(change=change, undone=undone, left=left, why=why)
