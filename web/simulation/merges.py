"""Wire: colleagues who take two contacts for one person, and change their minds."""

from random import Random

from sqlalchemy import select

from crm.changes import undo_change
from crm.models import Contact, ContactMerge
from crm.survivors import find_survivor
from kit.tx import Tx
from sequences.merging.merge import KIND, merge_contacts
from sequences.merging.unmerge import reverse_merge
from sequences.models import Enrolment

ACTOR = "user:1"
_BOTH_RUN = 0.7


def merge_two(tx: Tx, rng: Random) -> bool:
    """Merge two contacts, sooner two who are in sequences."""
    everybody = list(tx.session.scalars(select(Contact.id).where(Contact.erased_at.is_(None)).order_by(Contact.id)))
    running = sorted(set(tx.session.scalars(select(Enrolment.contact_id))))
    some = running if rng.random() < _BOTH_RUN and len(running) > 1 else everybody
    survivor, absorbed = rng.sample(some, 2)
    merge_contacts(tx, survivor, absorbed, actor=ACTOR)
    return True


def take_back(tx: Tx, rng: Random) -> bool:
    """Take one merge back."""
    found = list(tx.session.scalars(select(ContactMerge.change_id).order_by(ContactMerge.absorbed_id)))
    changes = [number for number in found if number is not None]
    if not changes:
        return False
    undo_change(tx, rng.choice(changes), actor=ACTOR, reversers={KIND: reverse_merge})
    return True


def live_on(tx: Tx, contact_id: int) -> int:
    """Return who somebody is by now."""
    return find_survivor(tx, contact_id) or contact_id
