"""Use cases: what is still to be set up in the first weeks, and what the last looks at mailboxes found wrong."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from crm.models import Contact, Mailbox, MailboxCheck, User
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """What is set up, and how many checks of the last look at each mailbox, by address, found something bad."""

    first_weeks: FirstWeeks
    bad: dict[str, int]


def read_upkeep(tx: Tx) -> Upkeep:
    """Return what is set up and what needs a look, in one query: a row for each mailbox, or one without any."""
    looks = aliased(MailboxCheck)
    newest = select(func.max(looks.id)).where(looks.mailbox_id == Mailbox.id).correlate(Mailbox).scalar_subquery()
    first = select(func.min(User.id).label("id"), func.min(User.created_at).label("at")).subquery()
    rows = tx.session.execute(
        select(
            Mailbox.address,
            MailboxCheck.findings,
            select(Contact.id).where(Contact.erased_at.is_(None)).limit(1).scalar_subquery(),
            select(Sequence.id).limit(1).scalar_subquery(),
            select(func.count(User.id)).where(User.disabled_at.is_(None)).scalar_subquery(),
            first.c.at,
        )
        .select_from(first)
        .outerjoin(Mailbox, Mailbox.id.is_not(None))
        .outerjoin(MailboxCheck, and_(MailboxCheck.mailbox_id == Mailbox.id, MailboxCheck.id == newest))
    ).all()
    _, _, person, sequence, colleagues, since = rows[0]
    bad = {row[0]: sum(one["state"] == "bad" for one in row[1] or ()) for row in rows if row[0]}
    first_weeks = FirstWeeks(
        mailboxes=bool(bad),
        people=person is not None,
        sequences=sequence is not None,
        colleagues=colleagues > 1,
        is_new=since is None or since > tx.now - _WEEKS,
    )
    return Upkeep(first_weeks=first_weeks, bad={address: count for address, count in bad.items() if count})
