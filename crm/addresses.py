"""Use cases: a person's email addresses, changed by hand: added, marked, preferred; each on the timeline."""

from crm.contacts import add_address, get_contact, list_addresses, refresh_search_text
from crm.models import ContactAddress
from crm.timeline import record_entry
from crm.twins import refresh_twins
from kit.errors import InvalidError, NotFoundError, say
from kit.tx import Tx

MARKS = ("ok", "unknown", "bad")


def add_by_hand(tx: Tx, contact_id: int, email: str, *, actor: str) -> ContactAddress:
    """Add an address to a person; refused when it belongs to somebody else."""
    contact = get_contact(tx, contact_id)
    row = add_address(tx, contact, email, source="by hand")
    refresh_search_text(tx, contact)
    refresh_twins(tx, [contact.id])
    _tell(tx, row, say("Added the address %(email)s", email=row.email), actor)
    return row


def mark_by_hand(tx: Tx, address_id: int, mailable: str, *, actor: str) -> ContactAddress:
    """Say whether an address takes mail: ok, unknown or bad."""
    row = _get(tx, address_id)
    if mailable not in MARKS:
        raise InvalidError(say("Choose one of: takes mail, not known, does not take mail."))
    if row.mailable != mailable:
        row.mailable = mailable
        words = {
            "ok": say("%(email)s takes mail", email=row.email),
            "unknown": say("Not known whether %(email)s takes mail", email=row.email),
            "bad": say("%(email)s does not take mail", email=row.email),
        }
        _tell(tx, row, words[mailable], actor)
    return row


def prefer(tx: Tx, address_id: int, *, actor: str) -> ContactAddress:
    """Write to this address from now on; the others stay behind it in their order."""
    row = _get(tx, address_id)
    others = [other for other in list_addresses(tx, row.contact_id) if other.id != row.id]
    for position, each in enumerate([row, *others]):
        each.position = position
    _tell(tx, row, say("Mail goes to %(email)s from now on", email=row.email), actor)
    return row


def _get(tx: Tx, address_id: int) -> ContactAddress:
    row = tx.session.get(ContactAddress, address_id)
    if row is None:
        raise NotFoundError(say("There is no such address."))
    return row


def _tell(tx: Tx, row: ContactAddress, summary: str, actor: str) -> None:
    record_entry(tx, row.contact_id, "address", str(summary), actor=actor, data={"address": row.id})
