"""Use cases: what was last heard about a product, for Today."""

from dataclasses import dataclass

from sqlalchemy import func, select

from crm.models import Contact, Feedback
from kit.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The newest feedback, whose words it is, and how many notes wait for a theme."""

    note: Feedback
    contact: Contact | None
    new: int


def read_heard(tx: Tx) -> Heard | None:
    """Return what a person last said about a product, who, and how many notes are new. One query."""
    new = select(func.count(Feedback.id)).where(Feedback.theme_id.is_(None)).scalar_subquery()
    row = tx.session.execute(
        select(Feedback, Contact, new)
        .outerjoin(Contact, Contact.id == Feedback.contact_id)
        .order_by(Feedback.created_at.desc(), Feedback.id.desc())
        .limit(1)
    ).first()
    return Heard(note=row[0], contact=row[1], new=row[2]) if row else None
