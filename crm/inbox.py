"""Use cases: conversations by whose turn it is: what holds for each turn, in SQL, and how many there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, TextClause, and_, func, or_, select, text

from crm.models import Message, Thread
from crm.models.thread import OPEN_THREAD
from crm.together import Rows
from crm.turns import Turn, decide_turn
from crm.whose import is_thread_mine
from kit.errors import NotFoundError, say
from kit.tx import Tx
from mailer.said import ASKS_BELOW

TO_CHECK = "to_check"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadRow:
    """One conversation in a list, with its newest mail; `waits_since` on our turn: their first unanswered mail."""

    thread: Thread
    contact_id: int | None
    name: str
    message: Message | None
    turn: Turn
    language: str | None
    waits_since: datetime | None = None

    @property
    def label(self) -> str | None:
        """The kind to show: what a reply is taken for, else what the machine mail is."""
        if self.message is None or self.message.direction == "out":
            return None
        return self.message.reply_kind or (None if self.message.kind == "reply" else self.message.kind)

    @property
    def asks(self) -> bool:
        """Whether the machine is unsure of the label, and no person has said yet."""
        return self.message is not None and asks_for_a_look(self.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxCounts:
    """How many conversations there are by turn, in one mailbox or in all, of one brand or of all.

    `all` counts those that rest, too; it is counted where it is shown, and never by brand.
    """

    you: int = 0
    them: int = 0
    snoozed: int = 0
    all: int = 0
    mailboxes: Mapping[int, "InboxCounts"] = field(default_factory=dict)
    brands: Mapping[int | None, "InboxCounts"] = field(default_factory=dict)

    def of(self, mailbox_id: int | None, brand_id: int | None = None) -> "InboxCounts":
        """Return the counts of one mailbox and one brand; None means all of them."""
        of_brand = self if brand_id is None else self.brands.get(brand_id, InboxCounts())
        return of_brand if mailbox_id is None else of_brand.mailboxes.get(mailbox_id, InboxCounts())

    def shown(self, turn: str) -> int:
        """Return how many a choice shows; without one, those that anybody still owes something."""
        return {"you": self.you, "them": self.them, "snoozed": self.snoozed}.get(turn, self.you + self.them)


def asks_for_a_look(message: Message) -> bool:
    """Return whether what a reply says is a guess that a person should check."""
    sure = message.reply_confidence
    return sure is not None and sure < ASKS_BELOW and not message.reply_kind_by


def is_open() -> TextClause:
    """Return the condition that a conversation is anybody's turn or sleeps, as the index of these knows it."""
    return text(f"({OPEN_THREAD})")


def is_snoozed(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a conversation sleeps."""
    return and_(Thread.snoozed_until.is_not(None), Thread.snoozed_until > now)


def is_our_turn(now: datetime) -> ColumnElement[bool]:
    """Return the condition that we owe an answer: `crm.turns.decide_turn` in SQL."""
    return and_(
        Thread.last_in_at.is_not(None),
        or_(Thread.last_out_at.is_(None), Thread.last_in_at >= Thread.last_out_at),
        or_(Thread.done_at.is_(None), Thread.done_at < Thread.last_in_at),
        or_(Thread.snoozed_until.is_(None), Thread.snoozed_until <= now),
    )


def is_their_turn(now: datetime) -> ColumnElement[bool]:
    """Return the condition that we wrote last and wait."""
    return and_(
        Thread.last_out_at.is_not(None),
        or_(Thread.last_in_at.is_(None), Thread.last_in_at < Thread.last_out_at),
        or_(Thread.done_at.is_(None), Thread.done_at < Thread.last_out_at),
        or_(Thread.snoozed_until.is_(None), Thread.snoozed_until <= now),
    )


def thread_questions(
    now: datetime, *, mine_of: int | None = None, with_all: bool = False
) -> tuple[Select[*tuple[Any, ...]], ...]:
    """Return what is to be asked for the counts that the inbox and the navigation show.

    The turns are those of a colleague, if one is named. All conversations, of whomever, are counted for the inbox only:
    that takes the longer the more there are.
    """
    turns = (
        select(
            Thread.mailbox_id,
            Thread.brand_id,
            *(func.count().filter(fits) for fits in (is_our_turn(now), is_their_turn(now), is_snoozed(now))),
        )
        .select_from(Thread)
        .where(is_open())
        .group_by(Thread.mailbox_id, Thread.brand_id)
    )
    if mine_of is not None:
        turns = turns.where(is_thread_mine(mine_of, now))
    return (turns, select(Thread.mailbox_id, func.count()).group_by(Thread.mailbox_id)) if with_all else (turns,)


def read_counts(turns: Rows, boxes: Iterable[Sequence[Any]] = ()) -> InboxCounts:
    """Return the counts from the answers to `thread_questions`."""
    totals: dict[int, int] = {row[0]: row[1] for row in boxes}
    brands = {
        brand_id: _add_up([row for row in turns if row[1] == brand_id], {}) for brand_id in {row[1] for row in turns}
    }
    return replace(_add_up(turns, totals), brands=brands)


def _add_up(turns: Rows, totals: Mapping[int, int]) -> InboxCounts:
    """Return the counts of some rows of turns, by mailbox and together."""
    mailboxes: dict[int, InboxCounts] = {}
    for box in {*totals, *(row[0] for row in turns)}:
        you, them, snoozed = (sum(row[place] for row in turns if row[0] == box) for place in (2, 3, 4))
        mailboxes[box] = InboxCounts(you=you, them=them, snoozed=snoozed, all=totals.get(box, 0))
    every = mailboxes.values()
    return InboxCounts(
        you=sum(one.you for one in every),
        them=sum(one.them for one in every),
        snoozed=sum(one.snoozed for one in every),
        all=sum(one.all for one in every),
        mailboxes=mailboxes,
    )


def get_thread(tx: Tx, thread_id: int) -> Thread:
    """Return a conversation by its number, or refuse."""
    thread = tx.session.get(Thread, thread_id)
    if thread is None:
        raise NotFoundError(say("There is no such conversation."))
    return thread


def turn_of(thread: Thread, now: datetime) -> Turn:
    """Return whose move a conversation waits for."""
    return decide_turn(
        last_in_at=thread.last_in_at,
        last_out_at=thread.last_out_at,
        done_at=thread.done_at,
        snoozed_until=thread.snoozed_until,
        now=now,
    )
