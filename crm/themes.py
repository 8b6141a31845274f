"""Use cases: themes of feedback: begun by a name, moved, renamed, given an owner, out; each undoable, each recorded.

Changes are kept by crm.changes; `reverse_edit`, `reverse_merge` and `reverse_note` take them back.
"""

from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from crm.changes import Undone, is_its, record_change
from crm.models import Change, Feedback, Theme, ThemeMove, User
from crm.models.feedback import THEME_STATES
from kit.errors import ConflictError, InvalidError, NotFoundError, say
from kit.tx import Tx

EDIT, MERGE, NOTE = "theme.edit", "theme.merge", "feedback.theme"
STATES = THEME_STATES
_MAX_NAME = 200
MAX_DID = 2_000


def get_theme(tx: Tx, theme_id: int) -> Theme:
    """Return a theme, or refuse."""
    theme = tx.session.get(Theme, theme_id)
    if theme is None:
        raise NotFoundError(say("There is no such theme."))
    return theme


def ensure_theme(tx: Tx, name: str, *, actor: str, brand_id: int | None, product_id: int | None = None) -> Theme:
    """Return the theme of that name, however it is written; one that was merged leads to where it went."""
    name = _clean(name)
    found = find_theme(tx, name, brand_id)
    if found is not None:
        return found
    theme = Theme(
        brand_id=brand_id,
        product_id=product_id,
        name=name,
        key=_key(name),
        state="listening",
        state_since=tx.now,
        created_at=tx.now,
    )
    try:
        with tx.session.begin_nested():
            tx.session.add(theme)
    except IntegrityError:
        # Somebody else began it at this very moment.
        found = find_theme(tx, name, brand_id)
        if found is None:
            raise
        return found
    note_move(tx, theme, "begun", "", name, actor)
    return theme


def find_theme(tx: Tx, name: str, brand_id: int | None) -> Theme | None:
    """Return the theme of that name for a brand, following merges."""
    ours = Theme.brand_id == brand_id if brand_id is not None else Theme.brand_id.is_(None)
    query = select(Theme).where(Theme.key == _key(name), ours)
    found = tx.session.scalars(query.order_by(Theme.merged_into_id.is_not(None), Theme.id)).first()
    return found and follow_merges(tx, found)


def follow_merges(tx: Tx, theme: Theme) -> Theme:
    """Return where a theme's notes are by now: itself, or the one it was merged into at last."""
    seen: set[int] = set()
    while theme.merged_into_id is not None and theme.id not in seen:
        seen.add(theme.id)
        theme = tx.session.get_one(Theme, theme.merged_into_id)
    return theme


def edit_theme(
    tx: Tx, theme_id: int, *, actor: str, today: date | None = None, **wanted: str | int | None
) -> Change | None:
    """Change a theme's state, name, plan, owner_id, product_id, quote_id, did or out_on (a day as 2026-11-24).

    None when all of it is so already. A theme that comes out says since when: `today` is the actor's day.
    """
    theme = get_theme(tx, theme_id)
    _check(tx, theme, wanted, today or tx.now.date())
    fields = {name: [_read(theme, name), value] for name, value in wanted.items() if _read(theme, name) != value}
    if not fields:
        return None
    for name, (before, after) in fields.items():
        _put(tx, theme, name, after)
        note_move(tx, theme, name.removesuffix("_id"), _word(tx, name, before), _word(tx, name, after), actor)
    summary = say("Changed the theme %(name)s.", name=theme.name)
    return record_change(tx, EDIT, actor=actor, summary=summary, data={"theme": theme.id, "fields": fields})


def merge_themes(tx: Tx, theme_id: int, into_id: int, *, actor: str) -> Change:
    """Put all notes of a theme with another one, and let the first one rest."""
    _lock(tx, theme_id, into_id)
    theme, into = get_theme(tx, theme_id), get_theme(tx, into_id)
    if theme.id == into.id or theme.merged_into_id or into.merged_into_id:
        raise ConflictError(say("These two cannot be merged: choose two themes that are both open."))
    notes = list(tx.session.scalars(select(Feedback.id).where(Feedback.theme_id == theme.id)))
    tx.session.execute(update(Feedback).where(Feedback.theme_id == theme.id).values(theme_id=into.id))
    theme.merged_into_id = into.id
    note_move(tx, theme, "merged", theme.name, into.name, actor)
    note_move(tx, into, "merged", theme.name, into.name, actor)
    summary = say("Merged %(name)s into %(into)s.", name=theme.name, into=into.name)
    data = {"theme": theme.id, "into": into.id, "notes": notes}
    return record_change(tx, MERGE, actor=actor, summary=summary, count=max(1, len(notes)), data=data)


def assign_note(tx: Tx, note_id: int, theme: Theme | None, *, actor: str) -> Change | None:
    """Put one note with a theme, or with none; None when it is there already."""
    note = tx.session.get(Feedback, note_id)
    if note is None:
        raise NotFoundError(say("There is no such note."))
    after = theme.id if theme else None
    if note.theme_id == after:
        return None
    data = {"note": note.id, "before": note.theme_id, "after": after}
    note.theme_id = after
    if theme is not None and theme.product_id is None and note.product_id is not None:
        theme.product_id = note.product_id
    summary = say("Put a note with %(name)s.", name=theme.name) if theme else say("Took a note out of its theme.")
    return record_change(tx, NOTE, actor=actor, summary=summary, data=data)


def reverse_edit(tx: Tx, change: Change, actor: str) -> Undone:
    """Put back each field that nobody changed since."""
    theme = get_theme(tx, change.data["theme"])
    back = {name: before for name, (before, after) in change.data["fields"].items() if _read(theme, name) == after}
    if "name" in back and _is_taken(tx, theme, back["name"]):
        del back["name"]
    for name, before in back.items():
        note_move(tx, theme, "undone", _word(tx, name, _read(theme, name)), _word(tx, name, before), actor)
        _put(tx, theme, name, before)
    left = len(change.data["fields"]) - len(back)
    return Undone(change=change, undone=len(back), left=left, why=_since() if left else "")


def reverse_merge(tx: Tx, change: Change, actor: str) -> Undone:
    """Open the theme again with those of its notes that still stand where the merge put them."""
    _lock(tx, change.data["theme"], change.data["into"])
    theme, into = get_theme(tx, change.data["theme"]), change.data["into"]
    if theme.merged_into_id != into or _is_taken(tx, theme, theme.name):
        return Undone(change=change, undone=0, left=change.count, why=_since())
    theme.merged_into_id = None
    note_move(tx, theme, "undone", "", theme.name, actor)
    moved = tx.session.execute(
        update(Feedback)
        .where(Feedback.id.in_(change.data["notes"]), Feedback.theme_id == into)
        .values(theme_id=theme.id)
        .returning(Feedback.id)
    ).all()
    left = len(change.data["notes"]) - len(moved)
    return Undone(change=change, undone=max(1, len(moved)), left=left, why=_since() if left else "")


def reverse_note(tx: Tx, change: Change, _actor: str) -> Undone:
    """Put a note back with the theme it had."""
    note = tx.session.get(Feedback, change.data["note"])
    if note is None or not is_its(change, note) or note.theme_id != change.data["after"]:
        return Undone(change=change, undone=0, left=1, why=_since())
    before = change.data["before"]
    if before is not None:
        theme = tx.session.get(Theme, before)
        if theme is None:
            return Undone(change=change, undone=0, left=1, why=say("The theme it had is gone."))
        before = follow_merges(tx, theme).id
    note.theme_id = before
    return Undone(change=change, undone=1)


def _lock(tx: Tx, *theme_ids: int) -> None:
    """Let nobody else merge these themes meanwhile, and read them as they are now."""
    query = select(Theme).where(Theme.id.in_(theme_ids)).order_by(Theme.id)
    tx.session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def _is_taken(tx: Tx, theme: Theme, name: str) -> bool:
    """Return whether a name means another theme of the same brand that is open."""
    ours = Theme.brand_id.is_not_distinct_from(theme.brand_id)
    other = select(Theme.id).where(Theme.key == _key(name), ours, Theme.merged_into_id.is_(None), Theme.id != theme.id)
    return tx.session.scalar(other.limit(1)) is not None


def _check(tx: Tx, theme: Theme, wanted: dict[str, Any], today: date) -> None:
    if "state" in wanted and wanted["state"] not in STATES:
        raise InvalidError(say("Choose one of the four states."))
    if wanted.get("state") == "out" and theme.out_on is None and not wanted.get("out_on"):
        wanted["out_on"] = today.isoformat()
    if "did" in wanted:
        wanted["did"] = str(wanted["did"] or "").replace("\r\n", "\n").strip()[:MAX_DID]
    if "name" in wanted:
        wanted["name"] = _clean(str(wanted["name"] or ""))
        other = find_theme(tx, wanted["name"], theme.brand_id)
        if other is not None and other.id != theme.id:
            raise ConflictError(
                say("There is a theme named %(name)s already. Merge the two instead.", name=other.name), field="name"
            )


def _read(theme: Theme, name: str) -> Any:
    value = getattr(theme, name)
    return value.isoformat() if isinstance(value, date) else value


def _put(tx: Tx, theme: Theme, name: str, value: Any) -> None:
    setattr(theme, name, date.fromisoformat(value) if name == "out_on" and value else value)
    if name == "state":
        theme.state_since = tx.now
    if name == "name":
        theme.key = _key(value)


def _word(tx: Tx, name: str, value: Any) -> str:
    if name == "owner_id" and value is not None:
        user = tx.session.get(User, value)
        return (user.name or user.email)[:_MAX_NAME] if user else ""
    return "" if value is None or name.endswith("_id") else str(value)[:_MAX_NAME]


def note_move(tx: Tx, theme: Theme, kind: str, before: str, after: str, actor: str) -> None:
    """Keep what became of a theme."""
    before, after = before[:_MAX_NAME], after[:_MAX_NAME]
    tx.session.add(ThemeMove(theme_id=theme.id, at=tx.now, actor=actor, kind=kind, before=before, after=after))


def _clean(name: str) -> str:
    name = " ".join(name.split())[:_MAX_NAME]
    if not name:
        raise InvalidError(say("Name the theme first."), field="name")
    return name


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _since() -> str:
    return say("Somebody changed it since.")
