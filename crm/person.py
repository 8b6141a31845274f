"""Use cases: one person on a page: who, how reached, where they stand, whether we may write."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from crm.contacts import get_contact, list_addresses, list_tags
from crm.exchange import HUMAN, AnswerTimes, Exchange, count_weeks, measure_answers
from crm.models import Contact, ContactAddress, Handle, Message, Relationship, Stage, Suppression, Thread
from crm.people import decide_contact_turn, list_main_handles
from crm.turns import Turn
from kit.tx import Tx
from mailer.addresses import domain_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Everything the head and the facts of a person's page say. `threads` the newest first."""

    contact: Contact
    addresses: tuple[ContactAddress, ...]
    handles: tuple[Handle, ...]
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


def read_person(tx: Tx, contact_id: int, *, brand_id: int | None, weeks: int = 24) -> Person:
    """Return a person, or refuse when there is none. Nine queries."""
    contact = get_contact(tx, contact_id)
    addresses = list_addresses(tx, contact_id)
    threads = list(
        tx.session.scalars(select(Thread).where(Thread.contact_id == contact_id).order_by(Thread.last_at.desc()))
    )
    turn, waiting = decide_contact_turn(tx, threads)
    mails = _human_mail(tx, contact_id)
    return Person(
        contact=contact,
        addresses=tuple(addresses),
        handles=list_main_handles(tx, [contact_id]).get(contact_id, ()),
        tags=tuple(list_tags(tx, contact_id)),
        stages=tuple(tx.session.scalars(select(Stage).order_by(Stage.position))),
        relationship=tx.session.scalar(
            select(Relationship).where(Relationship.contact_id == contact_id, Relationship.brand_id == brand_id)
        ),
        threads=tuple(threads),
        turn=turn,
        waiting=waiting,
        exchange=count_weeks(mails, weeks=weeks, now=tx.now),
        answers=measure_answers(mails),
        last_reply_at=max((at for direction, at in mails if direction == "in"), default=None),
        suppressions=tuple(_suppressions(tx, addresses)),
    )


def _human_mail(tx: Tx, contact_id: int) -> list[tuple[str, datetime]]:
    rows = tx.session.execute(
        select(Message.direction, Message.at)
        .where(Message.contact_id == contact_id, Message.kind.in_(HUMAN))
        .order_by(Message.at, Message.id)
    )
    return [(direction, at) for direction, at in rows]


def _suppressions(tx: Tx, addresses: list[ContactAddress]) -> list[Suppression]:
    targets = {address.email for address in addresses} | {f"@{domain_of(address.email)}" for address in addresses}
    query = select(Suppression).where(Suppression.target.in_(targets), Suppression.lifted_at.is_(None))
    return list(tx.session.scalars(query.order_by(Suppression.since)))
