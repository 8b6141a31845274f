"""Use cases: what stands beside a conversation: notes for its flow, the next action, what feedback may be about."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, String, cast, func, literal, or_, select

from crm.contact_turns import Due, dues_question, dues_values, gather_dues
from crm.models import Product, Task, Theme, TimelineEntry, User
from crm.notes import read_edited
from crm.together import Together, as_objects, every
from kit.tx import Tx

_NOTES, _THEMES = 40, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note, or a direct message written elsewhere, as the flow of a conversation shows it."""

    id: int
    at: datetime
    kind: str
    text: str
    who: str
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextAction:
    """The open task about a person that is due first, and who does it."""

    id: int
    title: str
    due_on: date | None
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is known beside the mail. Notes are in the order of time, products and themes in that of their names."""

    products: tuple[Product, ...] = ()
    themes: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    next_action: NextAction | None = None
    dues: tuple[Due, ...] = ()


def read_beside(tx: Tx, contact_id: int, brand_id: int | None) -> Beside:
    """Return what stands beside a person's conversation about a brand. One query."""
    sold = every(Product).where(Product.retired_at.is_(None))
    themes = select(Theme.name).where(Theme.merged_into_id.is_(None))
    if brand_id:
        sold = sold.where(Product.brand_id == brand_id)
        themes = themes.where(or_(Theme.brand_id == brand_id, Theme.brand_id.is_(None)))
    task = (
        select(Task.id, Task.title, Task.due_on, User.name)
        .outerjoin(User, User.id == Task.assignee_id)
        .where(Task.contact_id == contact_id, Task.done_at.is_(None))
        .order_by(Task.due_on.is_(None), Task.due_on, Task.id)
        .limit(1)
    )
    names = themes.order_by(func.lower(Theme.name), Theme.id).limit(_THEMES)
    asked = Together(sold, names, task, _ask_notes(contact_id, brand_id), dues_question())
    products, named, tasks, notes, dues = asked.ask(tx, dues_values([contact_id], tx.now))
    told = [
        Note(id=row[0], at=row[1], kind=row[2], text=row[3], who=row[4] or "", edited_at=read_edited(row[5]))
        for row in notes
    ]
    return Beside(
        products=tuple(sorted(as_objects(Product, products), key=lambda product: product.name)),
        themes=tuple(sorted((row[0] for row in named), key=str.lower)),
        notes=tuple(sorted(told, key=lambda note: (note.at, note.id))),
        next_action=next((NextAction(id=row[0], title=row[1], due_on=row[2], who=row[3] or "") for row in tasks), None),
        dues=tuple(gather_dues(dues)[contact_id]),
    )


def _ask_notes(contact_id: int, brand_id: int | None) -> Select[int, datetime, str, str, str, dict[str, Any]]:
    """Return the question for the newest notes of a person, whatever they are about but another brand."""
    entry = TimelineEntry
    query = (
        select(entry.id, entry.at, entry.kind, entry.summary, User.name, entry.data)
        .outerjoin(User, literal("user:") + cast(User.id, String) == entry.actor)
        .where(entry.contact_id == contact_id, entry.kind.in_(("note", "dm")))
    )
    if brand_id:
        query = query.where(or_(entry.brand_id == brand_id, entry.brand_id.is_(None)))
    return query.order_by(entry.at.desc(), entry.id.desc()).limit(_NOTES)
