"""Use cases: a person's addresses and what forbids mail to them, with those who act for them. One query."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, literal, or_, select

from crm.contacts import get_contact
from crm.models import Contact, ContactAddress, ContactLink, ContactTag, Suppression
from kit.errors import NotFoundError, say
from kit.tx import Tx

_BREAK = "\x1f"  # stands in no tag: tags are words between blanks


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """Somebody tied to a person. `acts`: they act for the person; else the person acts for them."""

    link: ContactLink
    contact: Contact
    acts: bool
    email: str
    forbidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleAround:
    """Addresses in their order, those no longer used last; what forbids mail to the person; who is tied to them."""

    contact: Contact
    addresses: tuple[ContactAddress, ...]
    suppressions: tuple[Suppression, ...]
    ties: tuple[Tie, ...]
    tags: tuple[str, ...]


def read_people_around(tx: Tx, contact_id: int) -> PeopleAround:
    """Return a person, or refuse; addresses with the preferred one first, and what forbids each: itself, or its domain.

    Who acts for the person comes before those for whom the person acts.
    """
    tied = or_(
        and_(ContactLink.contact_id == contact_id, ContactLink.agent_id == Contact.id),
        and_(ContactLink.agent_id == contact_id, ContactLink.contact_id == Contact.id),
    )
    domain = and_(Suppression.target.like("@%"), ContactAddress.email.like(literal("%") + Suppression.target))
    people = (
        select(literal(contact_id).label("id"))
        .union_all(
            select(ContactLink.agent_id).where(ContactLink.contact_id == contact_id),
            select(ContactLink.contact_id).where(ContactLink.agent_id == contact_id),
        )
        .subquery()
    )
    tags = select(func.aggregate_strings(ContactTag.tag, _BREAK)).where(ContactTag.contact_id == contact_id)
    query = (
        select(Contact, ContactAddress, Suppression, ContactLink, tags.scalar_subquery())
        .join(people, people.c.id == Contact.id)
        .outerjoin(ContactAddress, ContactAddress.contact_id == Contact.id)
        .outerjoin(
            Suppression, and_(Suppression.lifted_at.is_(None), or_(Suppression.target == ContactAddress.email, domain))
        )
        .outerjoin(ContactLink, tied)
        .where(Contact.erased_at.is_(None))
        .order_by(
            ContactLink.id, ContactAddress.retired_at.is_not(None), ContactAddress.position, ContactAddress.id,
            Suppression.since,
        )
    )  # fmt: skip
    own: dict[ContactAddress, None] = {}
    forbidding: dict[Suppression, None] = {}
    ties: dict[int, Tie] = {}
    rows: list[tuple[Any, ...]] = [tuple(row) for row in tx.session.execute(query)]
    for contact, address, suppression, link, _ in rows:
        if contact.id == contact_id:
            own.update({address: None} if address else {})
            forbidding.update({suppression: None} if suppression else {})
        elif link is not None and link.id not in ties:
            email = address.email if address and address.retired_at is None else ""
            acts = link.contact_id == contact_id
            ties[link.id] = Tie(link=link, contact=contact, acts=acts, email=email, forbidden=suppression is not None)
    ordered = sorted(ties.values(), key=lambda tie: (not tie.acts, tie.link.id))
    person = next((row[0] for row in rows if row[0].id == contact_id), None)
    if person is None:
        # Refuses: it says whether there was nobody, or who they live on in.
        get_contact(tx, contact_id)
        raise NotFoundError(say("There is no such contact."))
    return PeopleAround(contact=person, addresses=tuple(own), suppressions=tuple(forbidding), ties=tuple(ordered),
                        tags=tuple(sorted(rows[0][4].split(_BREAK))) if rows[0][4] else ())  # fmt: skip
