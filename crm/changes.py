"""Use cases: changes that can be taken back for 30 days, each by the reverser of its kind, named by the caller."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import select, update

from crm.models import Change
from kit.errors import ConflictError, NotFoundError, RefusedError, Sentence, say
from kit.tx import Tx

KEPT_FOR = timedelta(days=30)
# What can be taken back however long ago it was.
LASTING = frozenset({"contact.merge"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What an undo did: how many things are as before, how many were left alone, and why, in a sentence."""

    change: Change
    undone: int
    left: int = 0
    why: str = ""


class Dated(Protocol):
    """A row that says when it was made."""

    @property
    def created_at(self) -> datetime:
        """Return when it was made."""


Reverser = Callable[[Tx, Change, str], Undone]


def record_change(tx: Tx, kind: str, *, actor: str, summary: str, data: Mapping[str, Any], count: int = 1) -> Change:
    """Keep a deed so that it can be taken back; `summary` made by `say` is shown in every reader's language."""
    change = Change(
        at=tx.now,
        actor=actor,
        kind=kind,
        summary=str(summary),
        words=keep_words(summary),
        count=count,
        data=dict(data),
        undone_by="",
    )
    tx.session.add(change)
    tx.session.flush()
    return change


def undo_change(tx: Tx, change_id: int, *, actor: str, reversers: Mapping[str, Reverser]) -> Undone:
    """Take a change back, as far as nobody changed its things since.

    Where everything was left alone the change stays as it is. Raises NotFoundError, ConflictError when it was undone
    before, RefusedError once 30 days have passed.
    """
    change = get_change(tx, change_id)
    reverse = reversers.get(change.kind)
    if reverse is None:
        raise NotFoundError(say("This change cannot be taken back here. Change it back by hand."))
    if change.kind not in LASTING and change.at < tx.now - KEPT_FOR:
        raise RefusedError(say("This is more than 30 days ago, so it stays. Change it back by hand."))
    claimed = tx.session.execute(
        update(Change)
        .where(Change.id == change.id, Change.undone_at.is_(None))
        .values(undone_at=tx.now, undone_by=actor)
        .returning(Change.id)
        .execution_options(synchronize_session="fetch")
    ).first()
    if claimed is None:
        raise ConflictError(say("This was taken back already. Nothing more was changed."))
    undone = reverse(tx, change, actor)
    if not undone.undone and undone.left:
        change.undone_at, change.undone_by = None, ""
    return undone


def get_change(tx: Tx, change_id: int) -> Change:
    """Return a change by its id."""
    change = tx.session.get(Change, change_id)
    if change is None:
        raise NotFoundError(say("There is no such change."))
    return change


def is_its(change: Change, row: Dated) -> bool:
    """Return whether a row is still the one that a change named: SQLite gives the number of a row that went anew."""
    return row.created_at <= change.at


def list_changes(tx: Tx, *, before: int | None = None, limit: int = 50) -> list[Change]:
    """Return the changes of the last 30 days, the newest first; `before` continues below a known one."""
    query = select(Change).where(Change.at >= tx.now - KEPT_FOR)
    if before is not None:
        query = query.where(Change.id < before)
    return list(tx.session.scalars(query.order_by(Change.id.desc()).limit(limit)))


def keep_words(sentence: str) -> dict[str, Any]:
    """Return what a row keeps of a sentence besides its English."""
    if not isinstance(sentence, Sentence):
        return {}
    return {"msgid": sentence.msgid, "params": dict(sentence.params)}


def restore_words(text: str, words: Mapping[str, Any]) -> str:
    """Return a kept sentence so that it can be said in another language."""
    return say(words["msgid"], **words["params"]) if words else text
