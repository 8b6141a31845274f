"""Use cases: the facts in people's mails become proposals, kept with them; nothing is applied."""

from collections.abc import Sequence

from sqlalchemy import select

from crm.models import Contact, ContactAddress
from crm.proposals import Draft, propose
from crm.talks import split
from kit.tx import Tx
from mailer.parse.says import find_facts
from mailer.said import as_document, name_of
from mailer.types import MailKind
from sequences.course.hours import contact_zone
from sequences.reading.arrival import Arrival


def propose_facts(tx: Tx, arrivals: Sequence[Arrival], ours: frozenset[str]) -> None:
    """Keep what replies of people we know state; who wants no more mail is asked nothing."""
    heard = [(one, one.match.contact_id) for one in arrivals if _is_heard(one) and one.match.contact_id is not None]
    people = {contact_id for _, contact_id in heard}
    contacts = {
        contact.id: contact
        for part in split(people)
        for contact in tx.session.scalars(select(Contact).where(Contact.id.in_(part)))
    }
    own = _addresses(tx, people)
    for arrival, contact_id in heard:
        known = ours | own.get(contact_id, set()) | {str(arrival.row["sender"])}
        drafts = _drafts(arrival, contacts[contact_id], known | {person.email for person in arrival.parsed.to})
        propose(tx, arrival.message_id, contact_id, drafts)


def _is_heard(arrival: Arrival) -> bool:
    return arrival.parsed.kind is MailKind.REPLY and not arrival.row["opt_out"]


def _addresses(tx: Tx, people: set[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for part in split(people):
        query = select(ContactAddress.contact_id, ContactAddress.email).where(ContactAddress.contact_id.in_(part))
        for contact_id, email in tx.session.execute(query):
            found.setdefault(contact_id, set()).add(email)
    return found


def _drafts(arrival: Arrival, contact: Contact, known: frozenset[str]) -> list[Draft]:
    parsed = arrival.parsed
    facts = find_facts(
        parsed.new_text,
        kind=parsed.reply_kind,
        received_at=arrival.at,
        zone=contact_zone(contact),
        cc=parsed.cc,
        known=known,
    )
    return [
        Draft(kind=name_of(fact), data=as_document(fact), sentence=fact.sentence, confidence=fact.confidence)
        for fact in facts
    ]
