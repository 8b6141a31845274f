"""Wire: own fields in forms: `own.pan_size` is what was typed, `seen.pan_size` what the form showed."""

from collections.abc import Iterable, Mapping

from crm.fields import FieldValue
from crm.models import ContactField

TYPED, SEEN = "own.", "seen."
_MOST = 200


def read_own(form: Mapping[str, str], prefix: str = TYPED) -> dict[str, str]:
    """Return what a form gives for own fields, by key."""
    found = {
        name.removeprefix(prefix): text.replace("\0", "") for name, text in form.items() if name.startswith(prefix)
    }
    return dict(list(found.items())[:_MOST])


def show_typed(fields: Iterable[ContactField], typed: Mapping[str, str]) -> list[FieldValue]:
    """Return the fields with what was typed into them, however wrong."""
    return [FieldValue(field=field, value=typed.get(field.key, "")) for field in fields]
