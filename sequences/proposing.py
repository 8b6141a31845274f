"""Use cases: the facts in a person's mail become proposals, kept with it; nothing is applied."""

from sqlalchemy import select

from crm.models import Contact, ContactAddress, Message
from crm.proposals import Draft, propose
from kit.tx import Tx
from mailer.parse.says import find_facts
from mailer.said import as_document, name_of
from mailer.types import MailKind, ParsedMail
from sequences.hours import contact_zone


def propose_facts(tx: Tx, message: Message, parsed: ParsedMail, ours: frozenset[str]) -> None:
    """Keep what a reply of somebody known states; who wants no more mail is asked nothing."""
    if parsed.kind is not MailKind.REPLY or message.contact_id is None or message.opt_out:
        return
    contact = tx.session.get_one(Contact, message.contact_id)
    known = ours | {message.sender, *(person.email for person in parsed.to)}
    if "@" in parsed.new_text or parsed.cc:
        own = select(ContactAddress.email).where(ContactAddress.contact_id == contact.id)
        known |= set(tx.session.scalars(own))
    facts = find_facts(
        parsed.new_text,
        kind=parsed.reply_kind,
        received_at=message.at,
        zone=contact_zone(contact),
        cc=parsed.cc,
        known=frozenset(known),
    )
    propose(
        tx,
        message,
        [
            Draft(kind=name_of(fact), data=as_document(fact), sentence=fact.sentence, confidence=fact.confidence)
            for fact in facts
        ],
    )
