"""Use cases: until when an automatic reply lets sequences wait."""

from datetime import UTC, date, datetime, time

from crm.models import Contact
from kit.tx import Tx
from sequences.course.hours import contact_zone, holiday_rule
from sequences.course.schedule import Wait, add_wait


def back_after(tx: Tx, contact_id: int, until: date) -> datetime:
    """Return one business day after the stated day, at nine on their clock: an inbox of two weeks comes first."""
    contact = tx.session.get_one(Contact, contact_id)
    zone = contact_zone(contact)
    begin = datetime.combine(until, time(9), tzinfo=zone).astimezone(UTC)
    return add_wait(begin, Wait(amount=1, unit="business days"), zone, holiday_rule(tx, contact.country))
