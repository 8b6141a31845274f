"""Use cases: fields and saved texts for mail typed to one person: filled at once, gaps left in plain sight."""

from dataclasses import dataclass

from jinja2 import TemplateError

from crm.brands import list_products
from crm.contacts import list_handles
from crm.models import Brand, Contact, Mailbox
from kit.tx import Tx
from sequences.pitches.pitch_check import check_pitch
from sequences.pitches.pitch_sandbox import run_pitch
from sequences.pitches.pitch_value import Slots, format_value
from sequences.pitches.values import Values, describe_sender, person_values, signature_text

OPEN_GAP = "⟦"
_LONGEST = 300
_ROUNDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A saved text for one person; `gaps` are fields nobody knows, standing in the text as ⟦contact.city⟧."""

    text: str
    gaps: tuple[str, ...] = ()


def sender_values(mailbox: Mailbox, brand: Brand) -> Values:
    """Return the values a brand's signature may use where no pitch is."""
    return {
        "sender": describe_sender(mailbox, brand),
        "brand": {"name": brand.name, "postal_address": brand.postal_address},
    }


def values_for(tx: Tx, contact: Contact, brand: Brand, mailbox: Mailbox, *, email: str) -> Values:
    """Return every field's value for one person."""
    handles, products = list_handles(tx, contact.id), list_products(tx, brand.id)
    values = person_values(contact, brand, mailbox, email=email, handles=handles, products=products)
    if brand.signature:
        values["brand"]["signature"] = signature_text(brand, values)
    return values


def list_fields(values: Values) -> list[tuple[str, str]]:
    """Return the fields that have a value, with it: what the composer can put in."""
    own = [(f"contact.custom.{name}", value) for name, value in values.get("contact", {}).get("custom", {}).items()]
    plain = [(f"{root}.{name}", value) for root, fields in values.items() for name, value in fields.items()]
    flat = [
        (path, format_value(value))
        for path, value in (*plain, *own)
        if value not in (None, "")
        and not isinstance(value, dict)
        and path not in ("brand.signature", "contact.personal_line")
    ]
    return [(name, text) for name, text in flat if 0 < len(text) <= _LONGEST]


def fill_text(source: str, values: Values) -> Filled:
    """Fill a saved text for one person as Markdown that can still be edited."""
    if check_pitch(source):
        return Filled(text=source)
    known = {root: dict(fields) for root, fields in values.items()}
    gaps: list[str] = []
    for _ in range(_ROUNDS):
        slots = Slots()
        try:
            text = slots.fill(run_pitch(source, known, slots))
        except (TemplateError, TypeError, ValueError, ArithmeticError, RecursionError):
            return Filled(text=source, gaps=tuple(gaps))
        if not slots.gaps:
            return Filled(text=text.strip(), gaps=tuple(gaps))
        for path in slots.gaps:
            root, *names = path.split(".")
            home = known.setdefault(root, {})
            for name in names[:-1]:
                home = home.setdefault(name, {})
            home[names[-1]] = f"{OPEN_GAP}{path}⟧"
            gaps.append(path)
    return Filled(text=source, gaps=tuple(gaps))
