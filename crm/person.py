"""Use cases: one person on a page: who, how reached, where they stand, whether we may write."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Select, and_, bindparam, select

from crm.account_book import AccountBook, read_accounts
from crm.contact_turns import ContactTurn, Due, decide_contact_turn, dues_question, dues_values, gather_dues
from crm.exchange import AnswerTimes, Exchange, count_weeks, measure_answers
from crm.history import History
from crm.models import Contact, ContactAddress, Handle, Relationship, Stage, Suppression, Thread
from crm.people_around import Tie, read_people_around
from crm.scoring import DEFAULTS
from crm.together import Together, as_objects, every
from crm.twin_list import TwinOf, read_twin, twin_columns
from kit.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Everything the head and the facts of a person's page say. `threads` the newest first.

    `addresses` are those in use, `old_addresses` those that were; `links` are who acts for them, and for whom they do.
    """

    contact: Contact
    addresses: tuple[ContactAddress, ...]
    old_addresses: tuple[ContactAddress, ...]
    book: AccountBook
    links: tuple[Tie, ...]
    tags: tuple[str, ...]
    stages: tuple[Stage, ...]
    relationship: Relationship | None
    threads: tuple[Thread, ...]
    turn: ContactTurn
    exchange: Exchange
    answers: AnswerTimes
    last_reply_at: datetime | None
    suppressions: tuple[Suppression, ...]
    twin: TwinOf | None
    merge_id: int | None

    @property
    def handles(self) -> tuple[Handle, ...]:
        """The accounts in use, the main one first."""
        return tuple(account.handle for account in self.book.used)

    @property
    def stage(self) -> Stage | None:
        """Where they stand."""
        at = self.relationship.stage_id if self.relationship else None
        return next((stage for stage in self.stages if stage.id == at), None)


def read_person(
    tx: Tx,
    contact_id: int,
    story: History,
    *,
    brand_id: int | None,
    weights: Mapping[str, int] = DEFAULTS,
    weeks: int = 24,
) -> Person:
    """Return a person, or refuse when there is none; the exchange is counted from the `story` already read."""
    around = read_people_around(tx, contact_id)
    mails = story.exchange
    stages, twin, merge_id = _stages_and_twin(tx, contact_id, brand_id)
    threads, dues = _threads_and_dues(tx, contact_id)
    return Person(
        contact=around.contact,
        addresses=tuple(one for one in around.addresses if one.retired_at is None),
        old_addresses=tuple(one for one in around.addresses if one.retired_at is not None),
        book=read_accounts(tx, contact_id, weights),
        links=around.ties,
        tags=around.tags,
        stages=tuple(stage for stage, _ in stages),
        relationship=next((found for _, found in stages if found), None),
        threads=tuple(threads),
        turn=decide_contact_turn(threads, dues, tx.now),
        exchange=count_weeks(mails, weeks=weeks, now=tx.now),
        answers=measure_answers(mails),
        last_reply_at=max((at for direction, at in mails if direction == "in"), default=None),
        twin=twin,
        merge_id=merge_id,
        suppressions=around.suppressions,
    )


def list_stages_around(tx: Tx, contact_id: int, brand_id: int | None) -> list[tuple[Stage, Relationship | None]]:
    """Return all stages in order; the one a person stands at carries the relationship."""
    return [(row[0], row[1]) for row in tx.session.execute(_stages_around(contact_id, brand_id))]


def _threads_and_dues(tx: Tx, contact_id: int) -> tuple[list[Thread], list[Due]]:
    """Return the conversations, the newest first, and what is due from us. One query."""
    threads, dues = _talks_and_dues().ask(tx, {"contact_id": contact_id, **dues_values([contact_id], tx.now)})
    found = sorted(as_objects(Thread, threads), key=lambda thread: thread.last_at, reverse=True)
    return found, gather_dues(dues)[contact_id]


@lru_cache(maxsize=1)
def _talks_and_dues() -> Together:
    return Together(every(Thread).where(Thread.contact_id == bindparam("contact_id")), dues_question())


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
