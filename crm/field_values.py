"""Use cases: what people fill into own fields: checked by kind, on the timeline, with a way back."""

from collections.abc import Mapping

from crm.changes import Undone, record_change
from crm.contacts import display_name, lock_contact
from crm.fields import check_value, known_fields, read_value
from crm.models import Change, Contact, ContactField
from crm.timeline import record_entry
from kit.errors import ConflictError, InvalidError, NotFoundError, say
from kit.tx import Tx

KIND = "contact.fields"


def set_values(
    tx: Tx, contact_id: int, given: Mapping[str, str], *, actor: str, seen: Mapping[str, str] | None = None
) -> Change | None:
    """Keep values by key, an empty one to take it away; None when nothing is different.

    `seen` is what a form showed. Raises InvalidError for a value that its field cannot have, ConflictError when
    somebody changed it since the form was shown; then nothing is kept.
    """
    contact = lock_contact(tx, contact_id)
    wanted = {key: check_value(_offered(tx, key), text) for key, text in given.items()}
    now = {key: read_value(contact.fields, known_fields(tx)[key]) for key in wanted}
    changed = {key: [now[key], value] for key, value in wanted.items() if value != now[key]}
    if not changed:
        return None
    if any(seen[key] != now[key] for key in changed if seen is not None and key in seen):
        raise ConflictError(say("Somebody changed this person meanwhile. Nothing of yours was saved."))
    put_values(contact, {key: after for key, (_, after) in changed.items()})
    name, facts = display_name(contact), ", ".join(known_fields(tx)[key].label for key in changed)
    change = record_change(
        tx, KIND, actor=actor, summary=say("Changed %(name)s: %(facts)s", name=name, facts=facts),
        data={"contact": contact.id, "fields": changed},
    )  # fmt: skip
    for key, (before, after) in changed.items():
        _tell(tx, contact, known_fields(tx)[key], (before, after), change.id, actor)
    return change


def put_values(contact: Contact, values: Mapping[str, str]) -> None:
    """Put checked values where they lie, empty ones away; what else lies there stays."""
    # A new dict: changes inside the old one would not be seen.
    merged = {**contact.fields, **values}
    contact.fields = {key: value for key, value in merged.items() if value != "" or key not in values}


def reverse_values(tx: Tx, change: Change, actor: str) -> Undone:
    """Put back each value that nobody changed since; of a retired field too."""
    contact, fields = lock_contact(tx, change.data["contact"]), known_fields(tx)
    back = {
        key: before
        for key, (before, after) in change.data["fields"].items()
        if key in fields and read_value(contact.fields, fields[key]) == after
    }
    put_values(contact, back)
    for key, before in back.items():
        _tell(tx, contact, fields[key], (change.data["fields"][key][1], before), change.id, actor)
    left = len(change.data["fields"]) - len(back)
    why = say("Somebody changed it since.") if left else ""
    return Undone(change=change, undone=len(back), left=left, why=why)


def _offered(tx: Tx, key: str) -> ContactField:
    field = known_fields(tx).get(key)
    if field is None:
        raise NotFoundError(say("There is no such field."))
    if field.retired_at is not None:
        raise InvalidError(say("%(label)s is retired. Nothing was changed.", label=field.label))
    return field


def _tell(tx: Tx, contact: Contact, field: ContactField, pair: tuple[str, str], change_id: int, actor: str) -> None:
    before, after = pair
    words = f"{field.label}: {after}" if after else say("%(label)s emptied", label=field.label)
    data = {"field": field.key, "before": before, "after": after, "change": change_id}
    record_entry(tx, contact.id, "field", str(words), actor=actor, data=data)
