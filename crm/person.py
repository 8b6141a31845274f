"""Use cases: one person on a page: who, how reached, where they stand, whether we may write."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, literal, or_, select

from crm.contacts import get_contact, list_tags
from crm.exchange import AnswerTimes, Exchange, count_weeks, measure_answers
from crm.handles import list_accounts
from crm.history import History
from crm.models import Contact, ContactAddress, Handle, Relationship, Stage, Suppression, Thread
from crm.people import decide_contact_turn
from crm.turns import Turn
from crm.twin_list import TwinOf, read_twin, twin_columns
from kit.tx import Tx


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
    twin: TwinOf | None
    merge_id: int | None

    @property
    def stage(self) -> Stage | None:
        """Where they stand."""
        at = self.relationship.stage_id if self.relationship else None
        return next((stage for stage in self.stages if stage.id == at), None)


def read_person(tx: Tx, contact_id: int, story: History, *, brand_id: int | None, weeks: int = 24) -> Person:
    """Return a person, or refuse when there is none; the exchange is counted from the `story` already read."""
    addresses = _addresses(tx, contact_id)
    # Read with the addresses, if there are any.
    contact = get_contact(tx, contact_id)
    mails = story.exchange
    stages, twin, merge_id = _stages_and_twin(tx, contact_id, brand_id)
    threads = list(
        tx.session.scalars(select(Thread).where(Thread.contact_id == contact_id).order_by(Thread.last_at.desc()))
    )
    turn, waiting = decide_contact_turn(tx, threads)
    accounts = list_accounts(tx, contact_id)
    return Person(
        contact=contact,
        addresses=tuple(dict.fromkeys(address for address, _, _ in addresses)),
        handles=tuple(handle for handle, _ in accounts),
        checked_at=max((at for _, at in accounts if at), default=None),
        tags=tuple(list_tags(tx, contact_id)),
        stages=tuple(stage for stage, _ in stages),
        relationship=next((found for _, found in stages if found), None),
        threads=tuple(threads),
        turn=turn,
        waiting=waiting,
        exchange=count_weeks(mails, weeks=weeks, now=tx.now),
        answers=measure_answers(mails),
        last_reply_at=max((at for direction, at in mails if direction == "in"), default=None),
        twin=twin,
        merge_id=merge_id,
        suppressions=tuple(dict.fromkeys(found for _, found, _ in addresses if found)),
    )


def _addresses(tx: Tx, contact_id: int) -> list[tuple[ContactAddress, Suppression | None, Contact]]:
    """Return addresses, the preferred one first, each with what forbids it: itself, or its domain; and whose it is."""
    domain = and_(Suppression.target.like("@%"), ContactAddress.email.like(literal("%") + Suppression.target))
    query = (
        select(ContactAddress, Suppression, Contact)
        .join(Contact, Contact.id == ContactAddress.contact_id)
        .outerjoin(
            Suppression, and_(Suppression.lifted_at.is_(None), or_(Suppression.target == ContactAddress.email, domain))
        )
        .where(ContactAddress.contact_id == contact_id)
        .order_by(ContactAddress.position, ContactAddress.id, Suppression.since)
    )
    return [(address, found, contact) for address, found, contact in tx.session.execute(query)]


def list_stages_around(tx: Tx, contact_id: int, brand_id: int | None) -> list[tuple[Stage, Relationship | None]]:
    """Return all stages in order; the one a person stands at carries the relationship."""
    return [(row[0], row[1]) for row in tx.session.execute(_stages_around(contact_id, brand_id))]


def _stages_and_twin(
    tx: Tx, contact_id: int, brand_id: int | None
) -> tuple[list[tuple[Stage, Relationship | None]], TwinOf | None, int | None]:
    """Return the stages around a person; in the same query, who may be the same, and the newest merge into them."""
    rows = tx.session.execute(_stages_around(contact_id, brand_id).add_columns(*twin_columns(contact_id))).all()
    twin, merge_id = read_twin(rows[0][2:]) if rows else (None, None)
    return [(row[0], row[1]) for row in rows], twin, merge_id


def _stages_around(contact_id: int, brand_id: int | None) -> Select[Stage, Relationship]:
    stands = and_(
        Relationship.stage_id == Stage.id, Relationship.contact_id == contact_id, Relationship.brand_id == brand_id
    )
    return select(Stage, Relationship).outerjoin(Relationship, stands).order_by(Stage.position)
