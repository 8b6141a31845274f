"""Use cases: own fields of contacts as merge fields: what may be put in, and names nobody defined."""

import re
from collections.abc import Mapping

from crm.field_values import set_values
from crm.fields import check_value, known_fields, offered_fields
from crm.models import Contact
from kit.tx import Tx
from sequences.pitches.merge_fields import MergeField

CUSTOM = "contact.custom."
_USED = re.compile(r"contact\.custom\.([A-Za-z_][A-Za-z0-9_]*)")
_EXAMPLES = {
    "text": "words", "number": "26", "money": "450.00 EUR", "date": "2026-11-24", "url": "https://pans.example",
    "yes_no": "yes",
}  # fmt: skip


def list_own_fields(tx: Tx) -> dict[str, MergeField]:
    """Return the fields that are offered, as a pitch names them; days are written out by a filter."""
    return {
        f"{CUSTOM}{field.key}" + (" | date" if field.kind == "date" else ""): MergeField(
            field.label, field.choices[0] if field.choices else _EXAMPLES.get(field.kind, "")
        )
        for field in offered_fields(tx)
    }


def find_strange(tx: Tx, texts: list[str], known: Mapping[str, object]) -> list[str]:
    """Return the own fields that texts name and nobody defined; `known` is what a person has besides."""
    used = dict.fromkeys(name for text in texts for name in _USED.findall(text))
    return [name for name in used if name not in known_fields(tx) and name not in known] if used else []


def fill_own(tx: Tx, contact: Contact, path: str, text: str, *, actor: str) -> bool:
    """Keep what a review filled in, checked by kind; False for a name that no field has."""
    key = path.removeprefix(CUSTOM)
    field = known_fields(tx).get(key)
    if field is None or field.retired_at is not None:
        return False
    set_values(tx, contact.id, {key: check_value(field, text)}, actor=actor)
    return True
