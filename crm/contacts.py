"""Use cases: contacts, their addresses, handles and tags."""

from collections.abc import Collection, Iterable

from sqlalchemy import select

from crm.erased import erased_sentence, refuse_erased
from crm.folding import fold
from crm.models import Contact, ContactAddress, ContactTag, Handle
from crm.survivors import find_survivor
from crm.timeline import record_entry
from crm.twins import refresh_twins
from kit.errors import ConflictError, InvalidError, NotFoundError, say
from kit.tx import Tx
from mailer.addresses import normalise_email

__all__ = [
    "add_address",
    "create_contact",
    "display_name",
    "fold",
    "get_contact",
    "list_addresses",
    "list_handles",
    "lock_contact",
    "lock_contacts",
    "split_name",
]

LONGEST_NAME, LONGEST_PART = 300, 150
_BATCH = 1_000  # so many rows are locked by one statement


def create_contact(
    tx: Tx, *, name: str = "", emails: Iterable[str] = (), actor: str, source: str = "by hand", **facts: str | None
) -> Contact:
    """Add a person; the first address is the one we write to. `facts` are columns of Contact."""
    name = name.strip()[:LONGEST_NAME]
    first, last = split_name(name)
    contact = Contact(
        name=name,
        first_name=first,
        last_name=last,
        source=source,
        created_at=tx.now,
        **facts,
    )
    tx.session.add(contact)
    tx.session.flush()
    for email in emails:
        add_address(tx, contact, email, source=source)
    refresh_search_text(tx, contact)
    refresh_twins(tx, [contact.id])
    record_entry(tx, contact.id, "added", say("Added %(source)s", source=source), actor=actor)
    return contact


def split_name(name: str) -> tuple[str, str]:
    """Return what is taken for first and last name, as long as their columns are."""
    first, _, last = name.partition(" ")
    return first[:LONGEST_PART], last[:LONGEST_PART]


def add_address(tx: Tx, contact: Contact, email: str, *, source: str) -> ContactAddress:
    """Add an address; refused when it belongs to somebody else."""
    normal = normalise_email(email)
    if normal is None:
        raise InvalidError(say("%(email)r is not an email address.", email=email), field="email")
    taken = tx.session.scalar(select(ContactAddress).where(ContactAddress.email == normal))
    if taken:
        if taken.contact_id == contact.id:
            return taken
        raise ConflictError(
            say("%(normal)s already belongs to another contact.", normal=normal),
            field="email",
            contact_id=taken.contact_id,
        )
    refuse_erased(tx, emails=[normal])
    position = len(list_addresses(tx, contact.id))
    row = ContactAddress(contact_id=contact.id, email=normal, position=position, source=source, created_at=tx.now)
    tx.session.add(row)
    tx.session.flush()
    return row


def list_addresses(tx: Tx, contact_id: int) -> list[ContactAddress]:
    """Return a contact's addresses, the preferred one first, those no longer used last."""
    return list_addresses_of(tx, [contact_id])[contact_id]


def list_addresses_of(tx: Tx, contact_ids: Collection[int]) -> dict[int, list[ContactAddress]]:
    """Return the addresses of each of these people, in the same order; one query."""
    found: dict[int, list[ContactAddress]] = {number: [] for number in contact_ids}
    query = select(ContactAddress).where(ContactAddress.contact_id.in_(contact_ids))
    order = (ContactAddress.retired_at.is_not(None), ContactAddress.position, ContactAddress.id)
    for row in tx.session.scalars(query.order_by(*order)):
        found[row.contact_id].append(row)
    return found


def list_handles(tx: Tx, contact_id: int) -> list[Handle]:
    """Return a contact's handles, the main one first."""
    handles = tx.session.scalars(select(Handle).where(Handle.contact_id == contact_id))
    return sorted(handles, key=rank)


def rank(handle: Handle) -> tuple[bool, bool, float, int]:
    """Return what orders a person's accounts: those still used, the chosen main one, then the largest."""
    return handle.retired_at is not None, not handle.is_main, -(handle.followers or 0), handle.id


def list_tags(tx: Tx, contact_id: int) -> list[str]:
    """Return a contact's tags in order."""
    query = select(ContactTag.tag).where(ContactTag.contact_id == contact_id).order_by(ContactTag.tag)
    return list(tx.session.scalars(query))


def find_contact_by_email(tx: Tx, email: str) -> Contact | None:
    """Return whose address this is."""
    normal = normalise_email(email)
    if normal is None:
        return None
    return tx.session.scalar(
        select(Contact)
        .join(ContactAddress, ContactAddress.contact_id == Contact.id)
        .where(ContactAddress.email == normal)
    )


def get_contact_by_email(tx: Tx, email: str) -> Contact:
    """Return whose address this is, or refuse."""
    contact = find_contact_by_email(tx, email)
    if contact is None:
        refuse_erased(tx, emails=[normalise_email(email) or email])
        raise NotFoundError(say("There is no contact with the address %(email)s.", email=email))
    return contact


def get_contact(tx: Tx, contact_id: int) -> Contact:
    """Return a contact by its number, or refuse."""
    contact = tx.session.get(Contact, contact_id)
    if contact is None or contact.erased_at:
        other = tx.session.get(Contact, find_survivor(tx, contact_id) or 0)
        if other is not None and not other.erased_at:
            name = display_name(other)
            raise NotFoundError(say("This contact was merged into %(name)s. Take the merge back first.", name=name))
    if contact is None:
        raise NotFoundError(say("There is no such contact."))
    if contact.erased_at:
        raise NotFoundError(erased_sentence(), code="erased")
    return contact


def lock_contact(tx: Tx, contact_id: int) -> Contact:
    """Return a contact as it is now, or refuse; until this transaction ends nobody else changes it.

    Whoever changes a person reads it this way first: what two write at once would be lost for one of them.
    """
    tx.session.flush()
    # Rows that name the contact may still be added meanwhile.
    tx.session.get(Contact, contact_id, with_for_update={"key_share": True}, populate_existing=True)
    return get_contact(tx, contact_id)


def lock_contacts(tx: Tx, contact_ids: Iterable[int]) -> None:
    """Let nobody else decide about these people until this transaction ends.

    In the order of their numbers, so that two who want the same people wait for each other instead of for ever. The
    weaker kind of row lock: mail may still be filed for them. SQLite has one writer anyway.
    """
    if tx.session.get_bind().dialect.name == "sqlite":
        return
    wanted = sorted(set(contact_ids))
    for begin in range(0, len(wanted), _BATCH):
        batch = wanted[begin : begin + _BATCH]
        query = select(Contact.id).where(Contact.id.in_(batch)).order_by(Contact.id)
        tx.session.execute(query.with_for_update(key_share=True)).all()


def mark_address(tx: Tx, email: str, mailable: str) -> None:
    """Remember whether an address takes mail: ok, unknown or bad."""
    row = tx.session.scalar(select(ContactAddress).where(ContactAddress.email == email))
    if row:
        row.mailable = mailable


def display_name(contact: Contact) -> str:
    """Return what to call a contact when every name may be missing."""
    return contact.name or contact.first_name or f"Contact {contact.id}"


def refresh_search_text(tx: Tx, contact: Contact) -> None:
    """Bring the words that a contact is found by up to date."""
    tx.session.flush()
    words = [contact.name, contact.city, contact.topic]
    words += [address.email for address in list_addresses(tx, contact.id)]
    words += [handle.username for handle in list_handles(tx, contact.id)]
    words += list_tags(tx, contact.id)
    contact.search_text = fold(" ".join(word for word in words if word))
