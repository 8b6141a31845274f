"""Use cases: notes, and direct messages written elsewhere: said in other words, taken away, each with a way back.

The one thing on a timeline that people wrote themselves, so the one thing there that they may change.
"""

import hashlib
from datetime import datetime
from typing import Any

from crm.changes import Undone, record_change
from crm.contacts import display_name, lock_contact
from crm.models import Change, Contact, TimelineEntry
from crm.rhythms import recount_talk
from crm.survivors import find_survivor
from kit.errors import ConflictError, InvalidError, NotFoundError, say
from kit.tx import Tx

KINDS = ("note", "dm")
TEXT, REMOVED = "note.text", "note.removed"
MOST = 20_000
_EDITED_AT, _EDITED_BY = "edited_at", "edited_by"
_SINCE = say("Somebody changed it since.")


def get_note(tx: Tx, note_id: int) -> TimelineEntry:
    """Return a note by its number, or refuse."""
    note = tx.session.get(TimelineEntry, note_id, populate_existing=True)
    if note is None or note.kind not in KINDS:
        raise NotFoundError(say("This note is not there any more. Nothing was changed."))
    return note


def mark_note(text: str) -> str:
    """Return a mark of a note's words; another mark means that somebody changed them."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_edited(data: dict[str, Any]) -> datetime | None:
    """Return when a note was last said in other words; None while it is as it was written."""
    return datetime.fromisoformat(data[_EDITED_AT]) if data.get(_EDITED_AT) else None


def edit_note(tx: Tx, note_id: int, text: str, *, seen: str, actor: str) -> Change | None:
    """Say a note in other words; None when it says so. Raises ConflictError when `seen` is out of date."""
    text, note, contact = _clean(text), *_lock(tx, note_id)
    if text == note.summary:
        return None
    if seen != mark_note(note.summary):
        raise ConflictError(
            say(
                "Somebody changed this note meanwhile. Nothing of yours was saved; it is still in the form. To save it "
                "anyway, save it once more."
            )
        )
    kept = {"before": note.summary, "after": text, "edited": {n: note.data.get(n) for n in (_EDITED_AT, _EDITED_BY)}}
    note.summary = text
    note.data = {**note.data, _EDITED_AT: tx.now.isoformat(), _EDITED_BY: actor}
    words = say("Note on %(name)s in other words", name=display_name(contact))
    return record_change(tx, TEXT, actor=actor, summary=words, data=_about(note) | kept)


def remove_note(tx: Tx, note_id: int, *, actor: str) -> Change:
    """Take a note away; a direct message then counts as a talk no more."""
    note, contact = _lock(tx, note_id)
    kept = {
        "kind": note.kind, "at": note.at.isoformat(), "brand": note.brand_id, "text": note.summary, "data": note.data,
    }  # fmt: skip
    words = say("Note on %(name)s removed", name=display_name(contact))
    change = record_change(tx, REMOVED, actor=actor, summary=words, data=_about(note) | kept)
    tx.session.delete(note)
    if note.kind == "dm":
        recount_talk(tx, note.contact_id, note.brand_id)
    return change


def reverse_text(tx: Tx, change: Change, _actor: str) -> Undone:
    """Let a note say what it said, unless it says something else by now."""
    note = tx.session.get(TimelineEntry, change.data["entry"])
    # SQLite gives the number of a row that went anew.
    if note is None or note.kind not in KINDS or note.at > change.at:
        return Undone(change=change, undone=0, left=1, why=say("It was removed since."))
    note, _ = _lock(tx, note.id)
    if note.summary != change.data["after"]:
        return Undone(change=change, undone=0, left=1, why=_SINCE)
    rest = {name: value for name, value in note.data.items() if name not in {_EDITED_AT, _EDITED_BY}}
    note.summary = change.data["before"]
    note.data = rest | {name: value for name, value in change.data["edited"].items() if value}
    return Undone(change=change, undone=1)


def reverse_removal(tx: Tx, change: Change, _actor: str) -> Undone:
    """Put a note back where it stood, on whoever its person lives on in; unless they were erased."""
    kept = change.data
    number = find_survivor(tx, kept["contact"]) or kept["contact"]
    contact = tx.session.get(Contact, number)
    if contact is None or contact.erased_at:
        return Undone(change=change, undone=0, left=1, why=say("The person is not here any more."))
    lock_contact(tx, number)
    note = TimelineEntry(
        contact_id=number, brand_id=kept["brand"], at=datetime.fromisoformat(kept["at"]), kind=kept["kind"],
        actor=kept["writer"], summary=kept["text"], data=kept["data"],
    )  # fmt: skip
    tx.session.add(note)
    if note.kind == "dm":
        recount_talk(tx, number, note.brand_id)
    return Undone(change=change, undone=1)


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()[:MOST]
    if not text:
        raise InvalidError(say("Write the note first."), field="text")
    return text


def _lock(tx: Tx, note_id: int) -> tuple[TimelineEntry, Contact]:
    """Return a note and its person as they are now; nobody else changes either until this transaction ends."""
    contact = lock_contact(tx, get_note(tx, note_id).contact_id)
    return get_note(tx, note_id), contact


def _about(note: TimelineEntry) -> dict[str, Any]:
    """Return by what a change names a note: also as erasing a person looks for it, and who may take it back."""
    return {"entry": note.id, "contact": note.contact_id, "writer": note.actor}
