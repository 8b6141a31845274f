"""Use cases: a theme that turned out to be two: chosen notes go to a theme of their own; undoable."""

from collections.abc import Collection

from sqlalchemy import func, select, update

from crm.changes import Undone, record_change
from crm.models import Change, Feedback, Theme, ThemeMove
from crm.themes import EDIT, MERGE, NOTE, ensure_theme, follow_merges, get_theme, note_move
from kit.errors import InvalidError, say
from kit.tx import Tx

SPLIT = "theme.split"


def split_theme(tx: Tx, theme_id: int, note_ids: Collection[int], name: str, *, actor: str) -> Change:
    """Put notes of a theme with the theme of that name; one that is new begins beside it, with the same product."""
    theme = get_theme(tx, theme_id)
    query = select(Feedback.id).where(Feedback.theme_id == theme.id, Feedback.id.in_(note_ids)).order_by(Feedback.id)
    notes = list(tx.session.scalars(query))
    if not notes:
        raise InvalidError(say("Choose the notes that belong elsewhere first."), field="note")
    last = tx.session.scalar(select(func.max(Theme.id))) or 0
    into = ensure_theme(tx, name, actor=actor, brand_id=theme.brand_id, product_id=theme.product_id)
    if into.id == theme.id:
        raise InvalidError(say("That is this theme's own name. Give the other one a name of its own."), field="name")
    tx.session.execute(update(Feedback).where(Feedback.id.in_(notes)).values(theme_id=into.id))
    note_move(tx, theme, "split", theme.name, into.name, actor)
    note_move(tx, into, "split", theme.name, into.name, actor)
    summary = say("Split %(into)s off %(name)s.", into=into.name, name=theme.name)
    data = {"theme": theme.id, "into": into.id, "notes": notes, "began": into.id > last}
    return record_change(tx, SPLIT, actor=actor, summary=summary, count=len(notes), data=data)


def reverse_split(tx: Tx, change: Change, actor: str) -> Undone:
    """Put back those notes that still stand where the split put them; what began by it and is empty now goes."""
    theme, into = follow_merges(tx, get_theme(tx, change.data["theme"])), get_theme(tx, change.data["into"])
    moved = tx.session.execute(
        update(Feedback)
        .where(Feedback.id.in_(change.data["notes"]), Feedback.theme_id == into.id)
        .values(theme_id=theme.id)
        .returning(Feedback.id)
    ).all()
    left = len(change.data["notes"]) - len(moved)
    why = say("Somebody changed it since.") if left else ""
    if moved:
        note_move(tx, theme, "undone", into.name, theme.name, actor)
        if change.data["began"] and _is_untouched(tx, into) and not _is_named_since(tx, into, change):
            tx.session.delete(into)
    return Undone(change=change, undone=len(moved), left=left, why=why)


def _is_named_since(tx: Tx, theme: Theme, change: Change) -> bool:
    """Return whether a later change that stands would lead back to a theme."""
    later = select(Change.data).where(
        Change.id > change.id, Change.undone_at.is_(None), Change.kind.in_((EDIT, MERGE, NOTE, SPLIT))
    )
    parts = ("theme", "into", "before", "after")
    return any(theme.id in [data.get(part) for part in parts] for data in tx.session.scalars(later))


def _is_untouched(tx: Tx, theme: Theme) -> bool:
    """Return whether nothing but the split ever happened to a theme."""
    notes = select(func.count(Feedback.id)).where(Feedback.theme_id == theme.id)
    moves = select(func.count(ThemeMove.id)).where(
        ThemeMove.theme_id == theme.id, ThemeMove.kind.not_in(("begun", "split"))
    )
    went_in = select(func.count(Theme.id)).where(Theme.merged_into_id == theme.id)
    return not any(tx.session.scalar(query) for query in (notes, moves, went_in))
