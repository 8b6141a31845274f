"""Use cases: takes an import back: people it brought go unless something happened since, others are as before."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Executable, and_, delete, exists, func, or_, select, tuple_, update

from crm.changes import Undone
from crm.import_change import KIND
from crm.import_people import CODES, KnownHandle, Person
from crm.import_reading import load_people, sliced
from crm.import_writes import save_changed
from crm.merging.decisions import find_binding_columns
from crm.models import (
    Change,
    Contact,
    ContactAddress,
    ContactTag,
    Feedback,
    Handle,
    HandlePost,
    HandleRate,
    HandleSnapshot,
    Import,
    Job,
    Relationship,
    Stage,
    Task,
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
    """`counts` has deleted, restored and kept; each of `kept` is {"contact", "reason"}."""

    counts: dict[str, int]
    kept: list[dict[str, Any]] = field(default_factory=list)


def undo_import(tx: Tx, import_id: int, actor: str) -> UndoResult:
    """Take an import back; people it brought who have a history since are kept, and named with the reason.

    A value that somebody changed after the import stays. Raises ConflictError when it was taken back before.
    """
    row = tx.session.get(Import, import_id)
    if row is None:
        raise NotFoundError(say("There is no such import."))
    if row.undone_at is not None:
        raise ConflictError(say("This import was taken back already."), code="undone")
    own = _own_entries(row)
    own = own | _taken_back(tx, row)
    kept = _list_kept(tx, import_id, own)
    people = select(func.count(Contact.id)).where(Contact.import_id == import_id)
    created = tx.session.scalars(people).one()
    tx.session.execute(_silent(delete(Contact).where(Contact.import_id == import_id, ~_has_history(own))))
    older = select(Handle.id).join(Contact).where(Contact.import_id.is_distinct_from(import_id))
    for kind in (HandleSnapshot, HandleRate):
        tx.session.execute(_silent(delete(kind).where(kind.import_id == import_id, kind.handle_id.in_(older))))
    restored = _restore_updated(tx, import_id, own)
    forget_told(tx, import_id)
    row.undone_at = tx.now
    row.undo = dict(row.undo) | {"undone_by": actor}
    told = Change.data["import_id"].as_integer() == import_id
    mine = update(Change).where(Change.kind == KIND, told, Change.undone_at.is_(None))
    tx.session.execute(_silent(mine.values(undone_at=tx.now, undone_by=actor)))
    tx.session.flush()
    counts = {"deleted": created - len(kept), "restored": restored, "kept": len(kept)}
    return UndoResult(counts=counts, kept=kept)


def reverse_import(tx: Tx, change: Change, actor: str) -> Undone:
    """Take an import back that was recorded as a change."""
    if tx.session.scalar(select(Job.id).where(Job.change_id == change.id, Job.state.in_(("waiting", "running")))):
        raise ConflictError(say("This import is still running. Take it back when it has ended."))
    found = undo_import(tx, change.data["import_id"], actor)
    # An import that only topped people up, or brought nobody, is taken back all the same.
    undone = found.counts["deleted"] + found.counts["restored"]
    left = found.counts["kept"]
    why = say("People who were written to or worked on since stay.") if left else ""
    return Undone(change=change, undone=max(undone, 1), left=left, why=why)


def _own_entries(row: Import) -> ColumnElement[bool]:
    """Return what tells the import's own timeline entries; their ids lie in a known range."""
    first, last = row.undo.get("entries", (0, -1))
    # coalesce: entries of others have no such key, and NOT of an unknown would be unknown.
    told = func.coalesce(TimelineEntry.data["import_id"].as_integer(), 0)
    return and_(TimelineEntry.id.between(first, last), told == row.id)


def _taken_back(tx: Tx, row: Import) -> ColumnElement[bool]:
    """Return what tells entries of deeds that were taken back since, and of taking them back: they are no history.

    All that one deed writes carries its one instant.
    """
    query = select(Change.at, Change.undone_at, Change.data).where(
        Change.undone_at.is_not(None), Change.at >= row.created_at
    )
    instants: set[datetime] = set()
    for at, undone_at, data in tx.session.execute(query):
        instants |= {at, undone_at, *map(datetime.fromisoformat, data.get("instants", []))}
    return TimelineEntry.at.in_(instants)


def _has_history(own: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return whether anything but the import itself happened to a contact, or something would be left behind."""
    others = [exists().where(table.contact_id == Contact.id) for table in (Task, Feedback)]
    bound = [exists().where(column == Contact.id) for column in find_binding_columns()]
    return or_(exists().where(TimelineEntry.contact_id == Contact.id, ~own), *others, *bound)


def _list_kept(tx: Tx, import_id: int, own: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Return the people who stay, each with what happened to them since."""
    mine = Contact.import_id == import_id
    ids = tx.session.scalars(select(Contact.id).where(mine, _has_history(own)).order_by(Contact.id)).all()
    since: dict[int, dict[str, None]] = {}
    for part in sliced(ids):
        kinds = select(TimelineEntry.contact_id, TimelineEntry.kind).where(TimelineEntry.contact_id.in_(part), ~own)
        for contact_id, kind in tx.session.execute(kinds.order_by(TimelineEntry.id)):
            since.setdefault(contact_id, {})[kind.replace("_", " ")] = None
    words = {contact_id: ", ".join(since.get(contact_id, {"mail or tasks": None})) for contact_id in ids}
    return [
        {"contact": contact_id, "reason": say("Kept: there is a history since (%(parts)s).", parts=words[contact_id])}
        for contact_id in ids
    ]


def _restore_updated(tx: Tx, import_id: int, own: ColumnElement[bool]) -> int:
    """Take back what was added to people whom the import did not bring, newest first; return how many."""
    entries = (
        select(TimelineEntry.id, TimelineEntry.contact_id, TimelineEntry.data, Import.brand_id)
        .join(Contact, Contact.id == TimelineEntry.contact_id)
        .join(Import, Import.id == import_id)
        .where(own, TimelineEntry.kind == "updated", Contact.import_id.is_distinct_from(import_id))
        .order_by(TimelineEntry.id.desc())
    )
    rows = tx.session.execute(entries).all()
    for part in sliced(rows, _PART):
        people = {person.id: person for person in load_people(tx, sorted({row.contact_id for row in part}), None)}
        gone = _Gone()
        for row in part:
            _restore(people[row.contact_id], row.data.get("added", {}), gone)
        _remove(tx, gone, part[0].brand_id)
        save_changed(tx, people.values())
        refresh_twins(tx, {row.contact_id for row in part})
        tx.session.execute(_silent(delete(TimelineEntry).where(TimelineEntry.id.in_([row.id for row in part]))))
    return len({row.contact_id for row in rows})


@dataclass(slots=True)
class _Gone:
    """What to remove for one part of the entries, so that it takes few statements."""

    emails: list[str] = field(default_factory=list)
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
    person.emails = [email for email in person.emails if email not in emails]
    person.tags -= set(tags)
    gone.people.add(contact_id)
    gone.emails += emails
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
    """Remove added addresses, tags and handles; a handle that others measured since stays."""
    for emails in sliced(gone.emails):
        mine = ContactAddress.contact_id.in_(gone.people)
        tx.session.execute(_silent(delete(ContactAddress).where(mine, ContactAddress.email.in_(emails))))
    for tags in sliced(gone.tags):
        tx.session.execute(_silent(delete(ContactTag).where(tuple_(ContactTag.contact_id, ContactTag.tag).in_(tags))))
    for pairs in sliced(gone.handles):
        ids = [handle.id for _, handle in pairs]
        measured: set[int] = set()
        for kind in (HandleSnapshot, HandleRate, HandlePost):
            measured |= set(tx.session.scalars(select(kind.handle_id).where(kind.handle_id.in_(ids))))
        tx.session.execute(_silent(delete(Handle).where(Handle.id.in_([i for i in ids if i not in measured]))))
        for person, handle in pairs:
            if handle.id not in measured:
                person.handles.pop(handle.key, None)
    if gone.related and brand_id is not None:
        _close_untouched(tx, gone.related, brand_id)


def _close_untouched(tx: Tx, people: set[int], brand_id: int) -> None:
    """Remove the relationships that were opened, unless they moved, have an owner or saw mail."""
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
            )
        )
    )


def _silent(statement: Statement) -> Statement:
    """Return the statement as one that leaves the session's objects alone: there are none it could concern."""
    return statement.execution_options(synchronize_session=False)
