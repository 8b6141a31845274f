"""Use cases: an import is taken back together with the mail that was being written to the people who go."""

from crm import import_undo
from crm.changes import Undone
from crm.import_undo import UndoResult
from crm.models import Change
from kit.tx import Tx
from sequences.sending.mail_drafts import drop_lost_drafts


def undo_import(tx: Tx, import_id: int, actor: str) -> UndoResult:
    """Take an import back; see crm.import_undo."""
    result = import_undo.undo_import(tx, import_id, actor)
    drop_lost_drafts(tx)
    return result


def reverse_import(tx: Tx, change: Change, actor: str) -> Undone:
    """Take an import back that was recorded as a change."""
    undone = import_undo.reverse_import(tx, change, actor)
    drop_lost_drafts(tx)
    return undone
