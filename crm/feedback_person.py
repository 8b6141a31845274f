"""Use cases: whose words a note is: a colleague says it, because what a stranger states at a form proves nothing."""

from sqlalchemy import func, select

from crm.changes import Undone, record_change
from crm.contacts import display_name, find_contact_by_email, get_contact
from crm.feedback import largest_account, record_said
from crm.models import Change, Contact, ContactAddress, Feedback, Theme, TimelineEntry
from crm.timeline import record_entry
from kit.errors import ConflictError, NotFoundError, say
from kit.tx import Tx

PERSON = "feedback.person"


def name_person(tx: Tx, note_id: int, contact_id: int, *, actor: str) -> Change:
    """Say whose words a note is; it stands on that person's timeline from then on."""
    note = tx.session.get(Feedback, note_id)
    if note is None:
        raise NotFoundError(say("There is no such note."))
    if note.contact_id is not None:
        raise ConflictError(say("It is known already whose words these are. Nothing was changed."))
    contact = get_contact(tx, contact_id)
    reach = note.reach
    note.contact_id = contact.id
    note.reach = largest_account(tx, contact.id) if reach is None else reach
    theme = tx.session.get(Theme, note.theme_id) if note.theme_id else None
    record_said(tx, note, theme.name if theme else "", actor=actor)
    tx.session.flush()
    entry = select(func.max(TimelineEntry.id)).where(
        TimelineEntry.contact_id == contact.id, TimelineEntry.kind == "feedback"
    )
    summary = say("A note is by %(name)s.", name=display_name(contact))
    data = {"note": note.id, "contact": contact.id, "reach": reach, "entry": tx.session.scalar(entry)}
    return record_change(tx, PERSON, actor=actor, summary=summary, data=data)


def find_stated(tx: Tx, notes: list[Feedback]) -> dict[int, Contact]:
    """Return by note the contact that has the address somebody stated; to be asked, never taken for true. One query."""
    stated = {note.said_email for note in notes if note.said_email and note.contact_id is None}
    if not stated:
        return {}
    rows = tx.session.execute(
        select(ContactAddress.email, Contact)
        .join(Contact, Contact.id == ContactAddress.contact_id)
        .where(ContactAddress.email.in_(stated), Contact.erased_at.is_(None))
    )
    found: dict[str, Contact] = {row[0]: row[1] for row in rows}
    return {note.id: found[note.said_email] for note in notes if note.contact_id is None and note.said_email in found}


def find_speaker(tx: Tx, email: str) -> int | None:
    """Return the contact of an address that a trusted source names."""
    contact = find_contact_by_email(tx, email) if email else None
    return contact.id if contact is not None and contact.erased_at is None else None


def reverse_person(tx: Tx, change: Change, actor: str) -> Undone:
    """Take it back: the note is a stranger's again."""
    note = tx.session.get(Feedback, change.data["note"])
    if note is None or note.contact_id != change.data["contact"]:
        return Undone(change=change, undone=0, left=1, why=say("Somebody changed it since."))
    words, entry = say("Not their words after all"), change.data["entry"]
    record_entry(tx, change.data["contact"], "edited", words, actor=actor, undoes_id=entry)
    note.contact_id, note.reach = None, change.data["reach"]
    return Undone(change=change, undone=1)
