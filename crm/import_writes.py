"""Use cases: stores in bulk what the rows of one chunk changed, with its timeline entries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby
from typing import Any

from sqlalchemy import func, insert, select, update

from crm.folding import fold
from crm.import_merge import Outcome
from crm.import_people import FIGURES, HANDLE_COLUMNS, SNAPSHOT_FIGURES, KnownHandle, Person, search_words
from crm.models import (
    Contact,
    ContactAddress,
    ContactTag,
    Handle,
    HandleRate,
    HandleSnapshot,
    Relationship,
    Stage,
    TimelineEntry,
)
from crm.rate_formats import default_format
from crm.twin_list import note_told
from crm.twins import refresh_twins
from kit.errors import say
from kit.tx import Tx

_MAX_SOURCE = 200
_PRICE = "price_amount"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where rows come from, who brings them, and why those who are new may be written to."""

    import_id: int
    filename: str
    actor: str
    brand_id: int | None
    basis: str = ""


def write_chunk(tx: Tx, origin: Origin, outcomes: Iterable[Outcome]) -> tuple[int, int] | None:
    """Store the rows that changed something; return the range of ids in which its timeline entries lie.

    Who may be somebody known already is proposed, as is whom a row took for one person.
    """
    outcomes = list(outcomes)
    told = [(one.several, ["file", origin.filename, one.line, origin.import_id]) for one in outcomes]
    note_told(tx, [(several, line) for several, line in told if len(several) > 1])
    changes = [outcome for outcome in outcomes if outcome.added is not None and outcome.person is not None]
    if not changes:
        return None
    people = list(dict.fromkeys(outcome.person for outcome in changes if outcome.person))
    _insert_people(tx, origin, [person for person in people if person.id is None])
    _insert_addresses(tx, origin, changes)
    _insert_handles(tx, origin, changes)
    # Only now are the ids known that order handles of one size in the words.
    save_changed(tx, people)
    _insert_relations(tx, origin, changes)
    refresh_twins(tx, [person.id for person in people if person.id is not None])
    return _insert_entries(tx, origin, changes)


def save_changed(tx: Tx, people: Iterable[Person]) -> None:
    """Write what changed of the facts and figures of people and handles marked as changed, and nothing else."""
    changed = [person for person in people if person.changed and person.id is not None]
    rows = [
        {"id": person.id, **_unlike(person.columns(), person.stored)}
        | {"search_text": fold(" ".join(search_words(person)))}
        for person in changed
    ]
    _bulk_update(tx, Contact, rows)
    handles = [handle for person in changed for handle in person.handles.values() if handle.changed and handle.id]
    columns = [(handle.id, _unlike(_stored(handle), handle.stored)) for handle in handles]
    _bulk_update(tx, Handle, [{"id": number} | values for number, values in columns if values])
    for person in changed:
        person.changed, person.stored = False, person.columns()
    for handle in handles:
        handle.changed, handle.stored = False, dict(handle.values)


def _unlike(values: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in stored or stored[name] != value}


def _insert_people(tx: Tx, origin: Origin, people: list[Person]) -> None:
    if not people:
        return
    rows = [
        {
            **person.facts,
            "fields": person.fields,
            "basis": origin.basis[:_MAX_SOURCE],
            "basis_since": tx.now.date() if origin.basis else None,
            "basis_source": origin.filename[:_MAX_SOURCE] if origin.basis else "",
            "source": origin.filename[:_MAX_SOURCE],
            "import_id": origin.import_id,
            "created_at": tx.now,
            "search_text": fold(" ".join(search_words(person))),
        }
        for person in people
    ]
    ids = tx.session.scalars(insert(Contact).returning(Contact.id, sort_by_parameter_order=True), rows)
    for person, contact_id in zip(people, ids, strict=True):
        person.id, person.changed, person.stored = contact_id, False, person.columns()


def _insert_addresses(tx: Tx, origin: Origin, changes: list[Outcome]) -> None:
    rows = [
        {
            "contact_id": outcome.person.id,
            "email": email,
            "position": outcome.person.emails.index(email),
            "source": origin.filename[:_MAX_SOURCE],
            "created_at": tx.now,
        }
        for outcome in changes
        if outcome.person and outcome.added
        for email in outcome.added.emails
    ]
    _bulk_insert(tx, ContactAddress, rows)


def _insert_handles(tx: Tx, origin: Origin, changes: list[Outcome]) -> None:
    new: list[KnownHandle] = []
    rows: list[dict[str, Any]] = []
    for outcome in changes:
        if outcome.person and outcome.added:
            for handle in outcome.added.handles:
                new.append(handle)
                facts = {"contact_id": outcome.person.id, "platform": handle.platform, "username": handle.username}
                rows.append(facts | _stored(handle) | {"created_at": tx.now})
    if rows:
        ids = tx.session.scalars(insert(Handle).returning(Handle.id, sort_by_parameter_order=True), rows)
        for handle, handle_id in zip(new, ids, strict=True):
            handle.id, handle.changed, handle.stored = handle_id, False, dict(handle.values)
    _insert_rates(tx, origin, new, changes)
    about = {"source": origin.filename[:_MAX_SOURCE], "import_id": origin.import_id}
    blank: dict[str, Any] = dict.fromkeys(SNAPSHOT_FIGURES)
    taken = [pair for outcome in changes if outcome.added for pair in outcome.added.snapshots]
    rows = [
        {"handle_id": handle.id, "taken_at": _taken_at(tx, day)} | blank | figures | about
        for handle, figures, day in taken
    ]
    _bulk_insert(tx, HandleSnapshot, rows)


def _taken_at(tx: Tx, day: date | None) -> datetime:
    """Return when figures were read: on the day that the file names, else now."""
    return tx.now if day is None else min(tx.now, datetime.combine(day, time(12), UTC))


def _insert_rates(tx: Tx, origin: Origin, new: list[KnownHandle], changes: list[Outcome]) -> None:
    """Keep the prices that a file brought as rates, from the day it was read."""
    filled = [handle for one in changes if one.added for handle, kept in one.added.figures.items() if _PRICE in kept]
    rows = [
        {
            "handle_id": handle.id,
            "format": default_format(handle.platform),
            "amount": handle.values[_PRICE],
            "currency": handle.values["price_currency"] or "EUR",
            "said_on": tx.now.date(),
            "said_by": origin.filename[:_MAX_SOURCE],
            "actor": origin.actor,
            "import_id": origin.import_id,
            "created_at": tx.now,
        }
        for handle in dict.fromkeys([*new, *filled])
        if handle.values[_PRICE] is not None
    ]
    _bulk_insert(tx, HandleRate, rows)


def _insert_relations(tx: Tx, origin: Origin, changes: list[Outcome]) -> None:
    both = [(outcome.person, outcome.added) for outcome in changes if outcome.person and outcome.added]
    _bulk_insert(
        tx, ContactTag, [{"contact_id": person.id, "tag": tag} for person, added in both for tag in added.tags]
    )
    if origin.brand_id is None:
        return
    first = tx.session.scalars(select(Stage.id).order_by(Stage.position).limit(1)).one()
    opened = {"brand_id": origin.brand_id, "stage_id": first, "stage_since": tx.now, "created_at": tx.now}
    _bulk_insert(tx, Relationship, [opened | {"contact_id": person.id} for person, added in both if added.related])


def _insert_entries(tx: Tx, origin: Origin, changes: list[Outcome]) -> tuple[int, int]:
    newest = select(func.coalesce(func.max(TimelineEntry.id), 0))
    before = tx.session.scalars(newest).one()
    _bulk_insert(tx, TimelineEntry, [_entry(tx, origin, outcome) for outcome in changes])
    return before + 1, tx.session.scalars(newest).one()


def _entry(tx: Tx, origin: Origin, outcome: Outcome) -> dict[str, Any]:
    place = {"file": origin.filename, "line": outcome.line}
    kind, summary = "added", say("Added from %(file)s, row %(line)s", **place)
    data: dict[str, Any] = {"import_id": origin.import_id, "line": outcome.line}
    if outcome.verdict == "updated" and outcome.added:
        kind = "updated"
        summary = say("Updated from %(file)s, row %(line)s: %(parts)s", parts=outcome.added.words(), **place)
        data |= {"added": outcome.added.document()}
    return {
        "contact_id": outcome.person.id if outcome.person else None,
        "at": tx.now,
        "kind": kind,
        "actor": origin.actor,
        "summary": summary,
        "data": data,
    }


def _stored(handle: KnownHandle) -> dict[str, Any]:
    """Return a handle's columns; figures are floats there."""
    values = {name: handle.values[name] for name in HANDLE_COLUMNS}
    return values | {name: None if values[name] is None else float(values[name]) for name in FIGURES}


def _bulk_insert(tx: Tx, model: type[Any], rows: list[dict[str, Any]]) -> None:
    if rows:
        tx.session.execute(insert(model), rows)


def _bulk_update(tx: Tx, model: type[Any], rows: list[dict[str, Any]]) -> None:
    # Rows that name the same columns go in one statement.
    for part in groupby(sorted(rows, key=sorted), key=sorted):
        tx.session.execute(update(model), list(part[1]))
