"""Pure: what one row of a file adds to the people we know, and the verdict on it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from crm.csv_files import Candidate, CandidateHandle, Rejected
from crm.import_people import (
    ABOUT,
    CODES,
    HANDLE_COLUMNS,
    SNAPSHOT_FIGURES,
    TEXTS,
    Directory,
    KnownHandle,
    Person,
    clip,
    fits,
    handle_key,
    identity,
)
from kit.errors import say

Verdict = Literal["created", "updated", "unchanged", "duplicate", "rejected"]
VERDICTS: tuple[Verdict, ...] = ("created", "updated", "unchanged", "duplicate", "rejected")

_MAX_TAG = 80
_ERASED = say("This person was erased and stays so.")
_NOBODY = say("The row has no address, handle or name that can be kept.")


@dataclass(slots=True, kw_only=True)
class Added:
    """What a row added to a person. `figures` are [before, after] per column of a handle."""

    emails: list[str] = field(default_factory=list)
    handles: list[KnownHandle] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    filled: dict[str, str] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)
    figures: dict[KnownHandle, dict[str, list[Any]]] = field(default_factory=dict)
    snapshots: list[tuple[KnownHandle, dict[str, Any], date | None]] = field(default_factory=list)
    related: bool = False
    remarks: list[str] = field(default_factory=list)

    def is_empty(self) -> bool:
        """Say whether the row said nothing new."""
        return not (
            self.emails
            or self.handles
            or self.tags
            or self.filled
            or self.own
            or self.figures
            or self.snapshots
            or self.related
        )

    def document(self) -> dict[str, Any]:
        """Return what the timeline keeps, enough to take it back."""
        parts: dict[str, Any] = {
            "emails": self.emails,
            "handles": [list(handle.key) for handle in self.handles],
            "tags": self.tags,
            "filled": self.filled,
            "own": self.own,
            "figures": [[*handle.key, change] for handle, change in self.figures.items()],
            "related": self.related,
        }
        return {name: part for name, part in parts.items() if part}

    def words(self) -> str:
        """Return what was added, for people to read."""
        filled = [name.replace("_", " ") for name in (*self.filled, *self.own)]
        measured = [handle for handle, _, _ in self.snapshots] + list(self.figures)
        figures = [f"figures of {handle.words}" for handle in dict.fromkeys(measured) if handle not in self.handles]
        tags = [f"tag {tag}" for tag in self.tags]
        handles = [handle.words for handle in self.handles]
        related = ["the brand"] if self.related else []
        return ", ".join([*self.emails, *handles, *filled, *figures, *tags, *related])


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What became of a row. `person` is None when it was rejected; `several` are the stored people it took for one."""

    line: int
    verdict: Verdict
    reason: str = ""
    person: Person | None = None
    added: Added | None = None
    several: tuple[int, ...] = ()


def _belongs_to_several(count: int) -> str:
    return say(
        "Its addresses and handles belong to %(count)s different contacts; merge them first, or split the row.",
        count=count,
    )


def place_row(directory: Directory, row: Candidate | Rejected, *, relate: bool) -> Outcome:
    """Find whom a row means and add what it says to them in `directory`; `relate` opens it with the brand."""
    if isinstance(row, Rejected):
        return Outcome(line=row.line, verdict="rejected", reason=row.reason)
    if not any(identity(row)):
        return Outcome(line=row.line, verdict="rejected", reason=_NOBODY)
    found = directory.find(row)
    if any(person.erased for person in found):
        return Outcome(line=row.line, verdict="rejected", reason=_ERASED)
    if len(found) > 1:
        several = tuple(person.id for person in found if person.id is not None)
        return Outcome(line=row.line, verdict="rejected", reason=_belongs_to_several(len(found)), several=several)
    person = found[0] if found else Person()
    added = _add(directory, person, row, relate=relate)
    before = person.line
    verdict: Verdict = "created"
    if found:
        verdict = "updated" if not added.is_empty() else ("unchanged" if before is None else "duplicate")
    person.line = row.line if before is None else before
    directory.index(person)
    told = [say("Added %(parts)s.", parts=added.words())] if verdict == "updated" else []
    told += [say("The same person as on line %(line)s.", line=before)] if verdict == "duplicate" else []
    return Outcome(
        line=row.line,
        verdict=verdict,
        reason=" ".join([*told, *row.warnings, *added.remarks]),
        person=person,
        added=added if verdict in {"created", "updated"} else None,
    )


def _add(directory: Directory, person: Person, row: Candidate, *, relate: bool) -> Added:
    """Add all that is new; what is known already stays as it is."""
    added = Added()
    added.emails = [email for email in row.emails if email not in person.emails]
    person.emails += added.emails
    _fill_facts(person, row, added)
    for handle in row.handles:
        owner = directory.by_handle.get(handle_key(handle))
        if not fits(handle):
            added.remarks.append(
                say("The name of an account on %(platform)s is too long to keep.", platform=handle.platform)
            )
        elif owner is not None and owner is not person:
            added.remarks.append(say("%(url)s is kept with another contact.", url=handle.url))
        else:
            _add_handle(person, handle, added)
    added.tags = [tag for tag in dict.fromkeys(tag[:_MAX_TAG].strip() for tag in row.tags) if tag not in person.tags]
    person.tags.update(added.tags)
    added.related = relate and not person.related
    person.related = person.related or relate
    # Addresses and tags change the words a person is found by, and so the person's own row.
    person.changed = person.changed or bool(added.filled or added.own or added.emails or added.tags or added.handles)
    return added


def _fill_facts(person: Person, row: Candidate, added: Added) -> None:
    """Fill what is blank; a fact that is known is never overwritten."""
    given = {name: clip(getattr(row, name), name) for name in TEXTS} | {name: getattr(row, name) for name in CODES}
    split_known = person.facts["first_name"] or person.facts["last_name"]
    if not (given["first_name"] or given["last_name"] or person.facts["name"] or split_known):
        first, _, last = (given["name"] or "").partition(" ")
        given |= {"first_name": clip(first, "first_name"), "last_name": clip(last, "last_name")}
    for name, value in given.items():
        if value and not person.facts[name]:
            person.facts[name] = added.filled[name] = value
    if row.notes and not person.fields.get("notes"):
        # A new dict: the old one may be the database's own.
        person.fields = person.fields | {"notes": row.notes}
        added.filled["notes"] = row.notes
    added.own = {key: value for key, value in row.own if not person.fields.get(key)}
    if added.own:
        person.fields = person.fields | added.own


def _add_handle(person: Person, handle: CandidateHandle, added: Added) -> None:
    """Add an account, or newer figures of one; blank facts about it are filled."""
    known = person.handles.get(handle_key(handle))
    fresh = known is None
    if known is None:
        known = KnownHandle(handle.platform, handle.username, dict.fromkeys((*HANDLE_COLUMNS, *SNAPSHOT_FIGURES)))
        known.values |= {"url": "", "topic": ""}
        person.handles[known.key] = known
        added.handles.append(known)
    changes = _about(known, handle) | (_newer(known, handle) if handle.read_on is None else _dated(known, handle))
    figures = {name: value for name, value in changes.items() if name in SNAPSHOT_FIGURES}
    if handle.read_on is not None:
        figures = {} if handle.read_on in known.days else _given(handle)
        known.days.add(handle.read_on)
    if figures:
        added.snapshots.append((known, figures, handle.read_on))
    if any(getattr(handle, name) is not None for name in SNAPSHOT_FIGURES):
        known.stated = True
    kept = {name: [_plain(known.values[name]), _plain(value)] for name, value in changes.items()}
    known.values |= changes
    if not fresh and any(name in HANDLE_COLUMNS for name in kept):
        added.figures[known] = {name: pair for name, pair in kept.items() if name in HANDLE_COLUMNS}
        known.changed = True
        person.changed = True


def _about(known: KnownHandle, handle: CandidateHandle) -> dict[str, Any]:
    """Return the blanks that a row fills; amount and currency go together."""
    blank = {name for name in ABOUT if not known.values[name]}
    if known.values["price_amount"] is not None:
        blank -= {"price_currency"}
    if known.values["price_currency"] and handle.price_currency != known.values["price_currency"]:
        blank -= {"price_amount"}
    return {name: value for name in ABOUT if name in blank and (value := getattr(handle, name)) is not None}


def _newer(known: KnownHandle, handle: CandidateHandle) -> dict[str, Any]:
    """Return the figures that differ; an account that the file named before only gains figures it lacked.

    Without that rule two rows that disagree would each time undo each other.
    """
    given = _given(handle)
    newer = {
        name: value
        for name, value in given.items()
        if known.values[name] is None or (not known.stated and known.values[name] != value)
    }
    return newer | _later_post(known, handle)


def _dated(known: KnownHandle, handle: CandidateHandle) -> dict[str, Any]:
    """Return what a reading of a named day changes: the account shows it unless a later one is known."""
    day = handle.read_on
    if day is None or day in known.days:
        return _later_post(known, handle)
    is_newest = all(day > other for other in known.days)
    shown = {
        name: value
        for name, value in _given(handle).items()
        if known.values[name] is None or (is_newest and known.values[name] != value)
    }
    return shown | _later_post(known, handle)


def _given(handle: CandidateHandle) -> dict[str, Any]:
    return {name: value for name in SNAPSHOT_FIGURES if (value := getattr(handle, name)) is not None}


def _later_post(known: KnownHandle, handle: CandidateHandle) -> dict[str, Any]:
    day, before = handle.last_post_on, known.values["last_post_on"]
    return {"last_post_on": day} if day is not None and (before is None or day > before) else {}


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
