"""Use cases: who is in a sequence, as a condition for lists of contacts."""

from sqlalchemy import ColumnElement, exists, false

from crm.models import Contact
from sequences.models import Enrolment

OPEN = ("active", "held")


def in_sequence(word: str) -> ColumnElement[bool] | None:
    """Return the condition for `7`, in that sequence now or before; `not-7`; `any`, in one now; `none`, in none now.

    None for no condition; a word that means nothing matches nobody.
    """
    if not word:
        return None
    inside = exists().where(Enrolment.contact_id == Contact.id)
    if word in {"any", "none"}:
        now_in = inside.where(Enrolment.state.in_(OPEN))
        return now_in if word == "any" else ~now_in
    number = word.removeprefix("not-")
    if not (number.isascii() and number.isdigit()):
        return false()
    of_it = inside.where(Enrolment.sequence_id == int(number[:9]))
    return ~of_it if word.startswith("not-") else of_it
