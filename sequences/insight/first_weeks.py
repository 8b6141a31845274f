"""Use cases: what is still to be set up in the first weeks; the list removes itself."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from crm.models import Contact, Mailbox, User
from kit.tx import Tx
from sequences.models import Sequence

_WEEKS = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstWeeks:
    """What there is already; `is_new` for the first 30 days, and as long as nothing can be sent."""

    mailboxes: bool
    people: bool
    sequences: bool
    colleagues: bool
    is_new: bool

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to say."""
        ready = self.mailboxes and self.people and self.sequences
        return ready and (self.colleagues or not self.is_new)


def read_first_weeks(tx: Tx) -> FirstWeeks:
    """Return what is set up, in one query."""
    row = tx.session.execute(
        select(
            select(Mailbox.id).limit(1).scalar_subquery(),
            select(Contact.id).where(Contact.erased_at.is_(None)).limit(1).scalar_subquery(),
            select(Sequence.id).limit(1).scalar_subquery(),
            select(func.count(User.id)).where(User.disabled_at.is_(None)).scalar_subquery(),
            select(func.min(User.created_at)).scalar_subquery(),
        )
    ).one()
    return FirstWeeks(
        mailboxes=row[0] is not None,
        people=row[1] is not None,
        sequences=row[2] is not None,
        colleagues=row[3] > 1,
        is_new=row[4] is None or row[4] > tx.now - _WEEKS,
    )
