"""Use cases: how far each folder was read: its cursor, what a first look still owes, and where reading broke."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from crm.models import MailFolder
from kit.tx import Tx
from mailer.types import FolderState

_CURSOR = select(MailFolder).where(MailFolder.mailbox_id == bindparam("box"), MailFolder.role == bindparam("part"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the first look into a mailbox has come, in messages."""

    total: int
    left: int


def find_cursor(tx: Tx, mailbox_id: int, role: str) -> MailFolder | None:
    """Return the cursor of a folder."""
    return tx.session.scalar(_CURSOR, {"box": mailbox_id, "part": role})


def get_cursor(tx: Tx, mailbox_id: int, role: str) -> MailFolder:
    """Return the cursor of a folder that was begun."""
    return tx.session.scalars(_CURSOR, {"box": mailbox_id, "part": role}).one()


def means_nothing(cursor: MailFolder | None, state: FolderState) -> bool:
    """Return whether a folder must be begun: never read, another one, or numbered anew (compared with !=, B2)."""
    return cursor is None or cursor.uid_validity != state.uid_validity or cursor.name != state.name


def begin_folder(tx: Tx, mailbox_id: int, role: str, state: FolderState, top: int, uids: Sequence[int]) -> MailFolder:
    """Begin a folder, or begin it again: new mail lies above `top`; `uids` are still to be read, newest first."""
    cursor = find_cursor(tx, mailbox_id, role)
    if cursor is None:
        cursor = MailFolder(mailbox_id=mailbox_id, role=role)
        tx.session.add(cursor)
    cursor.name, cursor.uid_validity, cursor.last_uid = state.name, state.uid_validity, top
    cursor.missing_from, cursor.missing_to = (uids[0], uids[-1]) if uids else (None, None)
    cursor.missing_total = cursor.missing_left = len(uids)
    cursor.exists, cursor.modseq, cursor.stuck_uid, cursor.stuck_times = -1, 0, 0, 0
    return cursor


def is_quiet(cursor: MailFolder, state: FolderState) -> bool:
    """Return whether the folder is as it was left: nothing to search for.

    UIDNEXT alone would do, if no server misstated it: the number of messages and of changes must agree.
    """
    is_known = 0 < state.uid_next <= cursor.last_uid + 1
    return is_known and (cursor.exists, cursor.modseq) == (state.exists, state.modseq)


def note_state(tx: Tx, cursor: MailFolder, state: FolderState) -> None:
    """Remember what the folder said before it was read to the end."""
    row = tx.session.get_one(MailFolder, cursor.id)
    row.exists, row.modseq = state.exists, state.modseq


def move_up(tx: Tx, begun: MailFolder, uid: int) -> None:
    """Pass everything up to `uid`, if the folder is still numbered as it was when it was `begun` to be read."""
    row = tx.session.get_one(MailFolder, begun.id)
    if (row.name, row.uid_validity) == (begun.name, begun.uid_validity):
        row.last_uid = max(row.last_uid, uid)
        row.stuck_uid = row.stuck_times = 0


def move_down(tx: Tx, begun: MailFolder, below: int, done: int) -> None:
    """Note that a first look has read everything from `below` on, `done` messages more than before.

    Somebody else may have read further meanwhile: it never moves up again.
    """
    row = tx.session.get_one(MailFolder, begun.id)
    if (row.name, row.uid_validity) != (begun.name, begun.uid_validity) or row.missing_to is None:
        return
    row.stuck_uid = row.stuck_times = 0
    row.missing_left = max(0, row.missing_left - done) if below <= row.missing_to else row.missing_left
    row.missing_to = min(row.missing_to, below - 1)
    if row.missing_from is None or row.missing_to < row.missing_from:
        row.missing_from = row.missing_to = None
        row.missing_left = 0


def note_stuck(tx: Tx, mailbox_id: int, role: str, uid: int) -> None:
    """Remember that reading broke at a message, so that the next try goes slowly there."""
    row = get_cursor(tx, mailbox_id, role)
    row.stuck_times = row.stuck_times + 1 if row.stuck_uid == uid else 1
    row.stuck_uid = uid


def first_look_progress(tx: Tx, mailbox_id: int) -> Progress | None:
    """Return how far the first look has come, None when there is none under way."""
    row = tx.session.execute(
        select(func.sum(MailFolder.missing_total), func.sum(MailFolder.missing_left)).where(
            MailFolder.mailbox_id == mailbox_id, MailFolder.missing_to.is_not(None)
        )
    ).one()
    return Progress(total=int(row[0]), left=int(row[1])) if row[0] else None
