"""Use cases: one person on a page: who, how reached, where they stand, whether we may write."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, literal, or_, select

from crm.contacts import get_contact
from crm.exchange import AnswerTimes, Exchange, count_weeks, measure_answers
from crm.handles import list_accounts
from crm.history import History
from crm.models import Contact, ContactAddress, ContactTag, Handle, Relationship, Stage, Suppression, Thread
from crm.people import decide_contact_turn
from crm.turns import Turn
from kit.tx import Tx

_BREAK = "\x1f"  # stands in no tag: tags are words between blanks


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Everything the head and the facts of a person's page say. `threads` the newest first.

    `checked_at` is when figures of one of the accounts were last read.
    """

    contact: Contact
    addresses: tuple[ContactAddress, ...]
    handles: tuple[Handle, ...]
    checked_at: datetime | None
    tags: tuple[str, ...]
    stages: tuple[Stage, ...]
    relationship: Relationship | None
    threads: tuple[Thread, ...]
    turn: Turn
    waiting: Thread | None
    exchange: Exchange
    answers: AnswerTimes
    last_reply_at: datetime | None
    suppressions: tuple[Suppression, ...]

    @property
    def stage(self) -> Stage | None:
        """Where they stand."""
        at = self.relationship.stage_id if self.relationship else None
        return next((stage for stage in self.stages if stage.id == at), None)


def read_person(tx: Tx, contact_id: int, story: History, *, brand_id: int | None, weeks: int = 24) -> Person:
    """Return a person, or refuse when there is none; the exchange is counted from the `story` already read."""
    known, addresses, tags = _addresses(tx, contact_id)
    contact = get_contact(tx, contact_id) if known is None or known.erased_at else known
    mails = story.exchange
    stages = list_stages_around(tx, contact_id, brand_id)
    threads = list(
        tx.session.scalars(select(Thread).where(Thread.contact_id == contact_id).order_by(Thread.last_at.desc()))
    )
    turn, waiting = decide_contact_turn(tx, threads)
    accounts = list_accounts(tx, contact_id)
    return Person(
        contact=contact,
        addresses=tuple(dict.fromkeys(address for address, _ in addresses)),
        handles=tuple(handle for handle, _ in accounts),
        checked_at=max((at for _, at in accounts if at), default=None),
        tags=tags,
        stages=tuple(stage for stage, _ in stages),
        relationship=next((found for _, found in stages if found), None),
        threads=tuple(threads),
        turn=turn,
        waiting=waiting,
        exchange=count_weeks(mails, weeks=weeks, now=tx.now),
        answers=measure_answers(mails),
        last_reply_at=max((at for direction, at in mails if direction == "in"), default=None),
        suppressions=tuple(dict.fromkeys(found for _, found in addresses if found)),
    )


def _addresses(
    tx: Tx, contact_id: int
) -> tuple[Contact | None, list[tuple[ContactAddress, Suppression | None]], tuple[str, ...]]:
    """Return the contact; addresses, the preferred one first, each with what forbids it or its domain; and the tags."""
    domain = and_(Suppression.target.like("@%"), ContactAddress.email.like(literal("%") + Suppression.target))
    tags = select(func.aggregate_strings(ContactTag.tag, _BREAK)).where(ContactTag.contact_id == Contact.id)
    query = (
        select(Contact, ContactAddress, Suppression, tags.scalar_subquery())
        .outerjoin(ContactAddress, ContactAddress.contact_id == Contact.id)
        .outerjoin(
            Suppression, and_(Suppression.lifted_at.is_(None), or_(Suppression.target == ContactAddress.email, domain))
        )
        .where(Contact.id == contact_id)
        .order_by(ContactAddress.position, ContactAddress.id, Suppression.since)
    )
    rows = tx.session.execute(query).all()
    found = next((row[3] for row in rows if row[3]), "")
    tagged = tuple(sorted(found.split(_BREAK))) if found else ()
    return (rows[0][0] if rows else None), [(row[1], row[2]) for row in rows if row[1]], tagged


def list_stages_around(tx: Tx, contact_id: int, brand_id: int | None) -> list[tuple[Stage, Relationship | None]]:
    """Return all stages in order; the one a person stands at carries the relationship."""
    stands = and_(
        Relationship.stage_id == Stage.id, Relationship.contact_id == contact_id, Relationship.brand_id == brand_id
    )
    rows = tx.session.execute(select(Stage, Relationship).outerjoin(Relationship, stands).order_by(Stage.position))
    return [(stage, found) for stage, found in rows]
