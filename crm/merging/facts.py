"""Pure: which of two values wins for each fact of two contacts: the chosen one, else the first that is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Text
from sqlalchemy.types import String

from crm.models import Contact

Side = Literal["survivor", "absorbed"]
# What is not chosen: numbers, dates and what follows from other facts.
_OWN = frozenset({"id", "fields", "created_at", "erased_at", "import_id", "source", "search_text"})
_WITH_NAME = frozenset({"first_name", "last_name"})
_FIELD = "field:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact of both; `wins` says whose it will be."""

    name: str
    survivor: Any
    absorbed: Any
    wins: Side

    @property
    def differs(self) -> bool:
        """Whether there is something to choose."""
        return bool(self.survivor) and bool(self.absorbed) and self.survivor != self.absorbed


def fact_columns() -> list[str]:
    """Return the columns of a contact that are chosen one by one."""
    return [column.name for column in Contact.__table__.columns if column.name not in _OWN | _WITH_NAME]


def weigh_facts(survivor: Contact, absorbed: Contact, choices: Mapping[str, str]) -> list[Fact]:
    """Return every fact of both with who wins; own fields are named field:<key>."""
    pairs = {name: (getattr(survivor, name), getattr(absorbed, name)) for name in fact_columns()}
    keys = dict.fromkeys([*(survivor.fields or {}), *(absorbed.fields or {})])
    pairs |= {f"{_FIELD}{key}": (survivor.fields.get(key), absorbed.fields.get(key)) for key in keys}
    return [
        Fact(name=name, survivor=ours, absorbed=theirs, wins=_choose(ours, theirs, choices.get(name)))
        for name, (ours, theirs) in pairs.items()
    ]


def apply_facts(survivor: Contact, absorbed: Contact, facts: list[Fact]) -> None:
    """Give the survivor what won; the first name goes with the name."""
    fields: dict[str, Any] = {}
    for fact in facts:
        value = fact.survivor if fact.wins == "survivor" else fact.absorbed
        if fact.name.startswith(_FIELD):
            if value is not None:
                fields[fact.name.removeprefix(_FIELD)] = value
            continue
        if fact.name == "name" and fact.wins == "absorbed":
            survivor.first_name, survivor.last_name = absorbed.first_name, absorbed.last_name
        setattr(survivor, fact.name, value)
    if fields != survivor.fields:
        survivor.fields = fields
    survivor.created_at = min(survivor.created_at, absorbed.created_at)


def empty_contact(contact: Contact) -> None:
    """Leave nothing of a contact in its row but its number: all of it lives on elsewhere."""
    for column in Contact.__table__.columns:
        if column.name in {"id", "created_at"}:
            continue
        if column.nullable:
            setattr(contact, column.name, None)
        elif isinstance(column.type, String | Text):
            setattr(contact, column.name, "")
    contact.fields = {}


def _choose(ours: Any, theirs: Any, chosen: str | None) -> Side:
    if chosen == "absorbed":
        return "absorbed"
    if chosen == "survivor":
        return "survivor"
    return "absorbed" if theirs and not ours else "survivor"
