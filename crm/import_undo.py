"""Use cases: takes an import back: people it brought go unless something happened since, others are as before."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Executable, delete, func, select, tuple_, update

from crm.changes import Undone
from crm.import_change import KIND
from crm.import_history import has_history, list_kept, own_entries, taken_back
from crm.import_people import CODES, KnownHandle, Person
from crm.import_reading import load_people, sliced
from crm.import_uses import find_used_emails, find_used_handles
from crm.import_writes import save_changed
from crm.models import (
    Change,
    Contact,
    ContactAddress,
    ContactTag,
    Handle,
    HandleRate,
    HandleSnapshot,
    Import,
    Job,
    Relationship,
    Stage,
    TimelineEntry,
)
from crm.twin_list import forget_told
from crm.twins import refresh_twins
from kit.errors import ConflictError, NotFoundError, say
from kit.tx import Tx

_PART = 1_000

Statement = TypeVar("Statement", bound=Executable)


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoResult:
    """`counts` has deleted, restored and kept; each of `kept` is {"contact", "reason"}.

    So is each of `left`: addresses and accounts that were added to people known before, and are in use since.
    """

    counts: dict[str, int]
    kept: list[dict[str, Any]] = field(default_factory=list)
    left: list[dict[str, Any]] = field(default_factory=list)


def undo_import(tx: Tx, import_id: int, actor: str) -> UndoResult:
    """Take an import back; people it brought who have a history since are kept, and named with the reason.

    A value that somebody changed after the import stays. Raises ConflictError when it was taken back before.
    """
    row = tx.session.get(Import, import_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError(say("There is no such import."))
    if row.undone_at is not None:
        raise ConflictError(say("This import was taken back already."), code="undone")
    _require_ended(tx, import_id)
    own = own_entries(row)
    own = own | taken_back(tx, row)
    kept = list_kept(tx, import_id, own)
    people = select(func.count(Contact.id)).where(Contact.import_id == import_id)
    created = tx.session.scalars(people).one()
    tx.session.execute(_silent(delete(Contact).where(Contact.import_id == import_id, ~has_history(own))))
    older = select(Handle.id).join(Contact).where(Contact.import_id.is_distinct_from(import_id))
    for kind in (HandleSnapshot, HandleRate):
        tx.session.execute(_silent(delete(kind).where(kind.import_id == import_id, kind.handle_id.in_(older))))
    restored, left = _restore_updated(tx, import_id, own)
    forget_told(tx, import_id)
    row.undone_at = tx.now
    row.undo = dict(row.undo) | {"undone_by": actor}
    told = Change.data["import_id"].as_integer() == import_id
    mine = update(Change).where(Change.kind == KIND, told, Change.undone_at.is_(None))
    tx.session.execute(_silent(mine.values(undone_at=tx.now, undone_by=actor)))
    tx.session.flush()
    counts = {"deleted": created - len(kept), "restored": restored, "kept": len(kept)}
    return UndoResult(counts=counts, kept=kept, left=left)


def reverse_import(tx: Tx, change: Change, actor: str) -> Undone:
    """Take an import back that was recorded as a change."""
    found = undo_import(tx, change.data["import_id"], actor)
    # An import that only topped people up, or brought nobody, is taken back all the same.
    undone = found.counts["deleted"] + found.counts["restored"]
    why = say("Addresses and accounts that are in use since stay.") if found.left else ""
    if found.kept:
        why = say("People who were written to or worked on since stay.")
    return Undone(change=change, undone=max(undone, 1), left=len(found.kept) + len(found.left), why=why)


def _require_ended(tx: Tx, import_id: int) -> None:
    """Refuse while the work that brings an import goes on: what it brought afterwards could never be taken back."""
    going_on = select(Job.cursor).where(Job.kind == "import", Job.state.in_(("waiting", "running")))
    if any(cursor.get("import_id") == import_id for cursor in tx.session.scalars(going_on)):
        raise ConflictError(say("This import is still running. Take it back when it has ended."))


def _restore_updated(tx: Tx, import_id: int, own: ColumnElement[bool]) -> tuple[int, list[dict[str, Any]]]:
    """Take back what was added to people whom the import did not bring, newest first.

    Return how many, and what stays.
    """
    entries = (
        select(TimelineEntry.id, TimelineEntry.contact_id, TimelineEntry.data, Import.brand_id)
        .join(Contact, Contact.id == TimelineEntry.contact_id)
        .join(Import, Import.id == import_id)
        .where(own, TimelineEntry.kind == "updated", Contact.import_id.is_distinct_from(import_id))
        .order_by(TimelineEntry.id.desc())
    )
    rows = tx.session.execute(entries).all()
    left: list[dict[str, Any]] = []
    for part in sliced(rows, _PART):
        ids = sorted({row.contact_id for row in part})
        people = {person.id: person for person in load_people(tx, ids, None, lock=True)}
        gone = _Gone()
        for row in part:
            _restore(people[row.contact_id], row.data.get("added", {}), gone)
        left += _leave_used(tx, gone, own)
        _remove(tx, gone, part[0].brand_id)
        save_changed(tx, people.values())
        refresh_twins(tx, {row.contact_id for row in part})
        tx.session.execute(_silent(delete(TimelineEntry).where(TimelineEntry.id.in_([row.id for row in part]))))
    return len({row.contact_id for row in rows}), left


def _leave_used(tx: Tx, gone: "_Gone", own: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Strike out what is in use since from what is to be removed; return whose it is, with what stays."""
    used = find_used_emails(tx, {one.id or 0 for one, _ in gone.emails}, [mail for _, mail in gone.emails], own)
    handles = find_used_handles(
        tx, {one.id or 0 for one, _ in gone.handles}, [one.id or 0 for _, one in gone.handles], own
    )
    stays: dict[int, dict[str, None]] = {}
    for person, words in [
        *((person, email) for person, email in gone.emails if email in used),
        *((person, handle.words) for person, handle in gone.handles if handle.id in handles),
    ]:
        stays.setdefault(person.id or 0, {})[words] = None
    gone.emails = [(person, email) for person, email in gone.emails if email not in used]
    gone.handles = [(person, handle) for person, handle in gone.handles if handle.id not in handles]
    return [
        {"contact": contact_id, "reason": say("Stays: in use since (%(parts)s).", parts=", ".join(words))}
        for contact_id, words in stays.items()
    ]


@dataclass(slots=True)
class _Gone:
    """What to remove for one part of the entries, so that it takes few statements."""

    emails: list[tuple[Person, str]] = field(default_factory=list)
    tags: list[tuple[int, str]] = field(default_factory=list)
    handles: list[tuple[Person, KnownHandle]] = field(default_factory=list)
    people: set[int] = field(default_factory=set)
    related: set[int] = field(default_factory=set)


def _restore(person: Person, added: dict[str, Any], gone: _Gone) -> None:
    """Take back one entry's additions to a person, and note what to remove."""
    contact_id = person.id or 0
    person.changed = True
    for name, value in added.get("filled", {}).items():
        if name == "notes":
            person.fields = {key: text for key, text in person.fields.items() if (key, text) != (name, value)}
        elif person.facts[name] == value:
            person.facts[name] = None if name in CODES else ""
    own = added.get("own", {}).items()
    person.fields = {key: value for key, value in person.fields.items() if (key, value) not in own}
    for platform, username, changes in added.get("figures", []):
        if handle := person.handles.get((platform, username)):
            _restore_figures(handle, changes)
    emails, tags = added.get("emails", []), added.get("tags", [])
    keys = [(platform, username) for platform, username in added.get("handles", [])]
    person.tags -= set(tags)
    gone.people.add(contact_id)
    gone.emails += [(person, email) for email in emails]
    gone.tags += [(contact_id, tag) for tag in tags]
    gone.handles += [(person, person.handles[key]) for key in keys if key in person.handles]
    if added.get("related"):
        gone.related.add(contact_id)


def _restore_figures(handle: KnownHandle, changes: dict[str, list[Any]]) -> None:
    for name, (before, after) in changes.items():
        known = handle.values[name]
        plain = known.isoformat() if isinstance(known, date) else known
        if plain == after or (name == "price_amount" and str(known) == after):
            handle.values[name] = date.fromisoformat(before) if before and name == "last_post_on" else before
            handle.changed = True


def _remove(tx: Tx, gone: _Gone, brand_id: int | None) -> None:
    """Remove added addresses, tags and handles."""
    for person, email in gone.emails:
        person.emails = [one for one in person.emails if one != email]
    for emails in sliced([email for _, email in gone.emails]):
        mine = ContactAddress.contact_id.in_(gone.people)
        tx.session.execute(_silent(delete(ContactAddress).where(mine, ContactAddress.email.in_(emails))))
    for tags in sliced(gone.tags):
        tx.session.execute(_silent(delete(ContactTag).where(tuple_(ContactTag.contact_id, ContactTag.tag).in_(tags))))
    for pairs in sliced(gone.handles):
        tx.session.execute(_silent(delete(Handle).where(Handle.id.in_([handle.id for _, handle in pairs]))))
        for person, handle in pairs:
            person.handles.pop(handle.key, None)
    if gone.related and brand_id is not None:
        _close_untouched(tx, gone.related, brand_id)


def _close_untouched(tx: Tx, people: set[int], brand_id: int) -> None:
    """Remove the relationships that were opened, unless they moved, have an owner or rhythm, rest or saw words."""
    first = select(Stage.id).order_by(Stage.position).limit(1).scalar_subquery()
    tx.session.execute(
        _silent(
            delete(Relationship).where(
                Relationship.contact_id.in_(people),
                Relationship.brand_id == brand_id,
                Relationship.stage_id == first,
                Relationship.stage_since == Relationship.created_at,
                Relationship.owner_id.is_(None),
                Relationship.last_in_at.is_(None),
                Relationship.last_out_at.is_(None),
                Relationship.talked_at.is_(None),
                Relationship.rhythm_days.is_(None),
                Relationship.rest_until.is_(None),
            )
        )
    )


def _silent(statement: Statement) -> Statement:
    """Return the statement as one that leaves the session's objects alone: there are none it could concern."""
    return statement.execution_options(synchronize_session=False)
