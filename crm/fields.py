"""Use cases: own fields of contacts: defining them, and their values, checked by kind. Merge fields read them too."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from sqlalchemy import func, select

from crm.changes import record_change
from crm.models import Contact, ContactField
from crm.models.field import FIELD_KINDS
from kit.errors import ConflictError, InvalidError, NotFoundError, say
from kit.tx import Tx

MOST_FIELDS, MOST_CHOICES = 100, 50
_LONGEST = 2000
_KEPT = "own_fields"
_MONEY = re.compile(r"(-?\d{1,12}(?:[.,]\d{1,2})?)\s*([A-Za-z]{3})")
_YES = {"yes": "yes", "true": "yes", "1": "yes", "on": "yes", "no": "no", "false": "no", "0": "no", "off": "no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue:
    """One own field and what a contact has in it; empty for nothing."""

    field: ContactField
    value: str


def list_fields(tx: Tx, *, retired: bool = False) -> list[ContactField]:
    """Return the own fields by label; with `retired`, those that are offered no more as well."""
    query = select(ContactField).order_by(func.lower(ContactField.label), ContactField.id).limit(2 * MOST_FIELDS)
    return list(tx.session.scalars(query if retired else query.where(ContactField.retired_at.is_(None))))


def known_fields(tx: Tx) -> dict[str, ContactField]:
    """Return the own fields by key, retired ones too, by label; read once for a transaction."""
    found: dict[str, ContactField] | None = tx.session.info.get(_KEPT)
    return remember_fields(tx, list_fields(tx, retired=True)) if found is None else found


def remember_fields(tx: Tx, fields: Sequence[ContactField]) -> dict[str, ContactField]:
    """Keep all the fields for `known_fields`, where somebody read them together with other things."""
    ordered = sorted(fields, key=lambda field: (field.label.casefold(), field.id))
    found = tx.session.info[_KEPT] = {field.key: field for field in ordered}
    return found


def create_field(tx: Tx, label: str, kind: str, *, choices: Sequence[str] = (), actor: str) -> ContactField:
    """Define a field. Its key is made from the label and never changes."""
    label = _label(label)
    if kind not in FIELD_KINDS:
        raise InvalidError(say("Choose what kind of field this is."), field="kind")
    options = _choices(choices) if kind == "choice" else []
    key = _key(label)
    if any(key == one.key or label.lower() == one.label.lower() for one in list_fields(tx, retired=True)):
        raise ConflictError(
            say("There is a field like %(label)s already, perhaps a retired one.", label=label), field="label"
        )
    if len(list_fields(tx)) >= MOST_FIELDS:
        raise InvalidError(say("There are %(num)s fields already; retire one first.", num=MOST_FIELDS))
    field = ContactField(key=key, label=label, kind=kind, choices=options, created_at=tx.now)
    tx.session.add(field)
    tx.session.flush()
    tx.session.info.pop(_KEPT, None)
    record_change(
        tx, "field_created", actor=actor, summary=say("Field added: %(name)s", name=label), data={"field_id": field.id}
    )
    return field


def rename_field(tx: Tx, field_id: int, label: str, *, choices: Sequence[str] = (), actor: str) -> ContactField:
    """Change how a field is called, and of a choice what may be chosen; values that are there stay."""
    field, label = get_field(tx, field_id), _label(label)
    if any(one.id != field_id and one.label.lower() == label.lower() for one in list_fields(tx, retired=True)):
        raise ConflictError(say("There is a field named %(label)s already.", label=label), field="label")
    before = {"label": field.label, "choices": field.choices}
    field.label = label
    if field.kind == "choice" and choices:
        field.choices = _choices(choices)
    data = {"field_id": field_id, "before": before}
    record_change(tx, "field_renamed", actor=actor, summary=say("Field changed: %(name)s", name=label), data=data)
    return field


def retire_field(tx: Tx, field_id: int, *, actor: str, back: bool = False) -> ContactField:
    """Offer a field no more, or again with `back`. Values stay with the contacts."""
    field = get_field(tx, field_id)
    field.retired_at = None if back else field.retired_at or tx.now
    shape = say("Field offered again: %(name)s") if back else say("Field retired: %(name)s")
    words = say(shape, name=field.label)
    record_change(tx, "field_retired", actor=actor, summary=words, data={"field_id": field_id, "back": back})
    return field


def get_field(tx: Tx, field_id: int) -> ContactField:
    """Return a field, or refuse."""
    field = tx.session.get(ContactField, field_id)
    if field is None:
        raise NotFoundError(say("There is no such field."))
    return field


def list_values(tx: Tx, contact_id: int) -> list[FieldValue]:
    """Return every field that is offered, with what a contact has in it. Two queries."""
    contact = _contact(tx, contact_id)
    return [FieldValue(field=field, value=read_value(contact.fields, field)) for field in offered_fields(tx)]


def offered_fields(tx: Tx) -> list[ContactField]:
    """Return the own fields that are offered, by label; read once for a transaction."""
    return [field for field in known_fields(tx).values() if field.retired_at is None]


def read_value(fields: Mapping[str, object], field: ContactField) -> str:
    """Return one value as text; empty for nothing."""
    value = fields.get(field.key)
    return "" if value is None else str(value)


def check_value(field: ContactField, text: str) -> str:
    """Return a value in the one form its kind is kept in, or refuse with how to write it."""
    text = text.strip()
    if not text:
        return ""
    if len(text) > _LONGEST:
        raise InvalidError(
            say("%(label)s is too long: %(num)s characters at most.", label=field.label, num=_LONGEST),
            field=f"own.{field.key}",
        )
    value = text if field.kind == "text" else _read(field, text)
    if value is None:
        raise InvalidError(_how(field, text), field=f"own.{field.key}")
    return value


def _read(field: ContactField, text: str) -> str | None:
    if field.kind == "choice":
        return text if text in field.choices else None
    return _READERS[field.kind](text)


def _how(field: ContactField, text: str) -> str:
    label = field.label
    if field.kind == "number":
        return say("%(label)s is a number such as 1200 or 8.5, not %(text)s.", label=label, text=text)
    if field.kind == "money":
        return say("%(label)s is an amount with its currency, such as 450 EUR, not %(text)s.", label=label, text=text)
    if field.kind == "date":
        return say("%(label)s is a day such as 2026-11-24, not %(text)s.", label=label, text=text)
    if field.kind == "url":
        return say("%(label)s is a web address such as https://pans.example, not %(text)s.", label=label, text=text)
    if field.kind == "yes_no":
        return say("%(label)s is yes or no, not %(text)s.", label=label, text=text)
    return say("%(label)s is one of: %(choices)s.", label=label, choices=", ".join(field.choices))


def _number(text: str) -> str | None:
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return f"{value.normalize():f}" if value.is_finite() and abs(value.adjusted()) < len("999999999999999") else None


def _money(text: str) -> str | None:
    found = _MONEY.fullmatch(text)
    return f"{Decimal(found[1].replace(',', '.')):.2f} {found[2].upper()}" if found else None


def _date(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _url(text: str) -> str | None:
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in {"http", "https"} and parts.hostname and " " not in text else None


def _yes_no(text: str) -> str | None:
    return _YES.get(text.lower())


_READERS: dict[str, Callable[[str], str | None]] = {
    "number": _number, "money": _money, "date": _date, "url": _url, "yes_no": _yes_no
}  # fmt: skip


def _label(label: str) -> str:
    label = " ".join(label.split())
    if not label or len(label) > 80:  # noqa: PLR2004 - the width of the column
        raise InvalidError(say("Give the field a name of at most 80 characters."), field="label")
    return label


def _key(label: str) -> str:
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60]
    if not key:
        raise InvalidError(say("The name needs at least one letter from a to z, for use in mails."), field="label")
    return key


def _choices(given: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(word for word in (" ".join(one.split()) for one in given) if word))
    if len(found) < 2 or len(found) > MOST_CHOICES:  # noqa: PLR2004 - one thing is no choice
        raise InvalidError(
            say("Give from 2 to %(num)s things to choose from, one a line.", num=MOST_CHOICES), field="choices"
        )
    return found


def _contact(tx: Tx, contact_id: int) -> Contact:
    contact = tx.session.get(Contact, contact_id)
    if contact is None or contact.erased_at is not None:
        raise NotFoundError(say("There is no such contact."))
    return contact
