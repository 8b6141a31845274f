"""Use cases: every first mail and every text that left, one row each, with what came of it: what days are made of.

The conditions are those of `outreach`, `texts` and `segments`; none of them hangs on the time a report covers, so a
row counts the same in every report that has its day.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, case, func, select

from crm.models import Contact, ContactField, Handle, Mailbox, Relationship, Stage
from kit.tx import Tx
from sequences.models import Send, Sequence
from sequences.reports.outreach import agreed_from, answers_of, first_mails
from sequences.reports.segments import band_of, largest_of
from sequences.reports.texts import ask_texts

BEGINNING, END = datetime(1970, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)


def list_first_mails(tx: Tx) -> Iterable[Any]:
    """Return person, instant, sequence, mailbox, place on earth, and the numbers of the funnel after written."""
    answers, agreed = answers_of(BEGINNING, END), agreed_from(tx)
    query = (
        select(
            Send.contact_id, Send.sent_at, Sequence.name, Mailbox.address, Contact.zone, Contact.country,
            *(
                case((condition, 1), else_=0)
                for condition in (
                    Send.bounced_at.is_not(None), answers.c.last_at >= Send.sent_at,
                    answers.c.good_at >= Send.sent_at, Stage.position >= (2**31 if agreed is None else agreed),
                )
            ),
        )
        .join(Sequence, Sequence.id == Send.sequence_id)
        .join(Mailbox, Mailbox.id == Send.mailbox_id)
        .join(Contact, Contact.id == Send.contact_id)
        .outerjoin(answers, answers.c.contact_id == Send.contact_id)
        .outerjoin(
            Relationship,
            and_(Relationship.contact_id == Send.contact_id, func.coalesce(Relationship.brand_id, 0) == Send.brand_id),
        )
        .outerjoin(Stage, Stage.id == Relationship.stage_id)
        .where(*first_mails(BEGINNING, END))
    )  # fmt: skip
    return tx.session.execute(query)


def list_text_mails(tx: Tx) -> Iterable[Any]:
    """Return instant, the text as sequence, version, step and variant, and whether it bounced and was answered."""
    return tx.session.execute(ask_texts(BEGINNING, END))


def find_accounts(tx: Tx) -> dict[int, tuple[str, int | None]]:
    """Return platform and size of the largest account of each person who was written to."""
    query = (
        select(Contact.id, Handle.platform, band_of())
        .join(Handle, Handle.id == largest_of(Contact.id))
        .where(Contact.id.in_(_written_to()))
    )
    return {person: (platform, band) for person, platform, band in tx.session.execute(query)}


def find_people(tx: Tx, conditions: Collection[Any]) -> frozenset[int]:
    """Return those who were written to and for whom all of this holds."""
    return frozenset(tx.session.scalars(select(Contact.id).where(*conditions, Contact.id.in_(_written_to()))))


def find_values(tx: Tx, fields: Collection[ContactField]) -> dict[int, list[str]]:
    """Return what each person who was written to has in some own fields, in their order."""
    if not fields:
        return {}
    values = [func.coalesce(Contact.fields[field.key].as_string(), "") for field in fields]
    query: Any = select(Contact.id, *values).where(Contact.id.in_(_written_to()))
    return {row[0]: list(row[1:]) for row in tx.session.execute(query)}


def _written_to() -> Any:
    return select(Send.contact_id).where(*first_mails(BEGINNING, END))
