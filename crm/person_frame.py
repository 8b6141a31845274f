"""Use cases: what a person's page needs besides: colleagues, own fields, what is kept of figures; in one query."""

from crm.bests import ask_bests_state, remember_bests_state
from crm.fields import remember_fields
from crm.models import ContactField, User
from crm.together import Together, as_objects, every
from kit.tx import Tx


def read_frame(tx: Tx) -> list[User]:
    """Return everybody who ever had an account, by name; own fields and the state of figures are remembered."""
    users, fields, state = Together(every(User), every(ContactField), ask_bests_state(tx.now)).ask(tx)
    remember_fields(tx, as_objects(ContactField, fields))
    remember_bests_state(tx, state[0] if state else None)
    return sorted(as_objects(User, users), key=lambda user: (user.name, user.id))
