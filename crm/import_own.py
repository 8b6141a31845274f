"""Pure: columns of a file that fill own fields: which ones, how their cells are read, and a field for a new column."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from crm.csv_files import Candidate, Rejected, parse_day, parse_money, parse_number
from crm.csv_files import Mapping as ColumnMapping
from crm.csv_files.draft import shown
from crm.csv_files.fields import IGNORE, OWN, fold
from crm.csv_files.numbers import is_blank
from crm.fields import check_value
from crm.models import ContactField
from kit.errors import InvalidError, say

Look = tuple[str, str]
_YES, _NO = {"y", "ja", "j", "oui", "si", "x", "✓"}, {"n", "nein", "non"}
_ENOUGH = 0.8


def with_own(mapping: ColumnMapping, fields: Mapping[str, ContactField]) -> ColumnMapping:
    """Return the mapping with columns that are called like an own field, and that nothing else is known for, as it."""
    names = {fold(name): key for key, field in fields.items() if not field.retired_at for name in (key, field.label)}
    columns, reasons = dict(mapping.columns), dict(mapping.reasons)
    for column, held in mapping.columns.items():
        key = names.get(fold(column)) if held == IGNORE else None
        if key and f"{OWN}{key}" not in columns.values():
            columns[column], reasons[column] = f"{OWN}{key}", f"named like the field {fields[key].label}"
    return replace(mapping, columns=columns, reasons=reasons)


def require_own(mapping: ColumnMapping, fields: Mapping[str, ContactField]) -> None:
    """Refuse a mapping to a field that nobody defined, or that is retired."""
    for held in mapping.columns.values():
        field = fields.get(held.removeprefix(OWN))
        if held.startswith(OWN) and (field is None or field.retired_at is not None):
            known = ", ".join(f"{OWN}{key}" for key, one in fields.items() if one.retired_at is None)
            raise InvalidError(
                say("There is no own field %(name)s to fill; there are: %(known)s.", name=held, known=known or "–"),
                code="unknown_field",
            )


def settle_own(row: Candidate | Rejected, fields: Mapping[str, ContactField]) -> Candidate | Rejected:
    """Return a row with its own fields in the form they are kept in; what cannot be read becomes a warning."""
    if isinstance(row, Rejected) or not row.own:
        return row
    kept, warnings = [], list(row.warnings)
    for key, text in row.own:
        field = fields.get(key)
        value = read_own(field, text) if field is not None else None
        if value:
            kept.append((key, value))
        else:
            warnings.append(
                say("%(name)s %(value)s could not be read.", name=field.label if field else key, value=shown(text))
            )
    return replace(row, own=tuple(kept), warnings=tuple(warnings))


def read_own(field: ContactField, text: str) -> str | None:
    """Return a cell in the form its field keeps, or None; figures and days may be written as files write them."""
    for way in (text, _as_kept(field, text)):
        try:
            if way:
                return check_value(field, way)
        except InvalidError:
            continue
    return None


def look_at_own(field: ContactField | None, values: Sequence[str]) -> Look:
    """Return a sentence about a column that fills an own field, and its tone."""
    filled = [value for value in values if not is_blank(value)]
    if not filled or field is None:
        return say("Empty"), "muted"
    unread = sum(1 for value in filled if read_own(field, value) is None)
    if unread:
        return say("%(count)s not recognised, left empty", count=unread), "warn"
    return say("%(count)s filled", count=len(filled)), "good"


def guess_kind(values: Sequence[str]) -> str:
    """Return which kind of field the values of a column would fill."""
    filled = [value for value in values if not is_blank(value)]
    for kind in ("yes_no", "number", "money", "date", "url"):
        field = ContactField(label="", kind=kind, choices=[])
        if filled and sum(read_own(field, value) is not None for value in filled) >= _ENOUGH * len(filled):
            return kind
    return "text"


def _as_kept(field: ContactField, text: str) -> str:
    if field.kind == "number":
        number = parse_number(text)
        return "" if number is None else repr(number)
    if field.kind == "money":
        amount, currency = parse_money(text) or (None, None)
        return f"{amount} {currency}" if amount is not None and currency else ""
    if field.kind == "date":
        day = parse_day(text)
        return day.isoformat() if day else ""
    if field.kind == "yes_no":
        word = text.strip().lower()
        return "yes" if word in _YES else "no" if word in _NO else ""
    if field.kind == "choice":
        return next((one for one in field.choices if one.casefold() == text.strip().casefold()), "")
    if field.kind == "url" and "." in text and ":" not in text:
        return f"https://{text.strip()}"
    return ""
